// What one step of a search says about its load.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/find_max/scaled.hpp"

namespace chargemill::app {

/// Fewer trips than these are no rate.
inline constexpr double kTripsToJudge = 10.0;

/// What was counted once the network had started, in model time.
struct Measured {
  double seconds = 0.0;
  double requests = 0.0;
  double offered = 0.0;  ///< trips
  double shed = 0.0;     ///< of them, those that found no idle driver

  [[nodiscard]] double rate() const { return seconds > 0.0 ? requests / seconds : 0.0; }
};

struct StepFailure {
  std::string why;        ///< in words
  std::string threshold;  ///< its expression; empty: it was something else
  double miss = 0.0;      ///< how far off the limit its value is; infinite: nothing was measured
};

/// Why a step does not count; nothing: it passes. Takes a summary with its thresholds.
[[nodiscard]] std::optional<StepFailure> failure_of(const nlohmann::json& summary,
                                                    const Measured& measured, LoadKind kind);

/// Sees when a smaller load will not help: four loads in a row, each smaller than the one before,
/// crossed the same threshold, and none came nearer to it than the first.
class Patience {
 public:
  /// Notes a failed step; true: it is at its end.
  bool is_lost_with(const StepFailure& failure);
  void reset() { misses_.clear(); }

 private:
  std::string threshold_;
  std::vector<double> misses_;
};

/// Takes away the thresholds that ask a counter to exceed something, for a step that is shorter
/// than the run: it cannot meet what a whole run meets. Returns them.
std::vector<std::string> leave_out_least_counts(std::vector<std::string>& thresholds);

}  // namespace chargemill::app
