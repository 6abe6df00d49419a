// Do two samples come from the same distribution?
#pragma once

#include <vector>

namespace chargemill::app {

struct RankSum {
  double u = 0.0;  ///< pairs in which the first sample's value is the greater one; ties count half
  double p = 1.0;  ///< two-sided: so far from half of all pairs or further, by chance
};

/// The Mann-Whitney U test. Exact without ties while both samples have at most 25 values, else by
/// the normal approximation with correction for ties and continuity. Empty samples: p = 1.
/// Source: Mann and Whitney, Annals of Mathematical Statistics 18, 1947.
[[nodiscard]] RankSum rank_sum(const std::vector<double>& a, const std::vector<double>& b);

/// The middle value; the mean of the middle two; 0 of nothing.
[[nodiscard]] double median(std::vector<double> values);

}  // namespace chargemill::app
