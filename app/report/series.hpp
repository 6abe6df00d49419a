// The time series of a run, read back and made small enough to draw.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace chargemill::app {

/// More points than pixels help nobody, and the page stays near a megabyte.
inline constexpr std::size_t kPointsMax = 2'880;

/// {"rows": rows of the file that can be used, "columns": {name: [numbers]}} of timeseries.csv; at
/// most `points_max` numbers a column. Rows are thinned by bucket: the first and the last stay, and
/// of each bucket between the one with the most charge points out of service, so that a short
/// outage in a long run remains to be seen. So does a short time in which a percentile of an
/// interval was high: where rows are left out it is the worst of theirs. Rows with a field missing
/// or not a finite number (the last one of a run that was killed) are left out. Requires points_max
/// >= 3.
[[nodiscard]] nlohmann::ordered_json thinned_series(std::string_view csv,
                                                    std::size_t points_max = kPointsMax);

}  // namespace chargemill::app
