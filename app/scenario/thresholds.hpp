// What a run must reach: `request_decision:p99 < 50ms`, `requests.denied_ratio < 0.2`.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace chargemill::app {

enum class Comparison { less, less_equal, greater, greater_equal, equal };

/// grammar: name operator number [unit]. A name is that of a latency with one of its figures
/// (`fault_detection:p99`, `journal.commit_ms:p99`) or a number of summary.json by its path
/// (`faults.raised`).
struct Threshold {
  std::string expr;  ///< as written
  std::string name;
  std::string pointer;  ///< /latency_ms/fault_detection/p99 into summary.json
  Comparison comparison = Comparison::less;
  double limit = 0.0;  ///< milliseconds for a time
};

struct ThresholdError {
  std::string text;
  std::string hint;  ///< may be empty
  std::string part;  ///< of the expression that is wrong; empty: all of it
};

struct ThresholdResult {
  std::string expr;
  double value = 0.0;
  bool ok = false;
  /// False: the summary lacks the number (`link.lost` without a central elsewhere), or nothing was
  /// measured (`node_transit` on one node); not ok.
  bool known = true;
};

[[nodiscard]] tl::expected<Threshold, ThresholdError> parse_threshold(std::string_view expr);

/// It wants a number that only grows with a run to reach something (`faults.raised > 100`): part of
/// the run cannot promise that.
[[nodiscard]] bool asks_for_a_least_count(const Threshold& threshold);

/// Some value that its number can have meets it: no count or time is below 0, no ratio above 1.
[[nodiscard]] bool can_hold(const Threshold& threshold);

/// All names that a threshold may have.
[[nodiscard]] const std::vector<std::string>& threshold_names();

/// Compares with the number in `summary` (contract, section 3).
[[nodiscard]] ThresholdResult evaluate(const Threshold& threshold, const nlohmann::json& summary);

/// All of a scenario, in order. Requires expressions that parse_threshold takes.
[[nodiscard]] std::vector<ThresholdResult> evaluate(const std::vector<std::string>& exprs,
                                                    const nlohmann::json& summary);

/// For summary.json: [{expr, value, ok}]; value is null where unknown.
[[nodiscard]] nlohmann::json to_json(const std::vector<ThresholdResult>& results);

}  // namespace chargemill::app
