// Two sets of runs, figure by figure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace chargemill::app {

/// Fewer runs on either side cannot show a difference.
inline constexpr std::size_t kRunsToTell = 9;
/// A difference that chance would bring more often is none. See README.md.
inline constexpr double kSignificance = 0.01;

enum class Difference { better, worse, no_difference, too_few_runs };

struct FigureComparison {
  std::string name;
  std::string unit;
  double base = 0.0;   ///< median
  double fresh = 0.0;  ///< median of the new runs
  double p = 1.0;
  bool less_is_better = true;
  Difference verdict = Difference::no_difference;
};

struct Comparison {
  std::size_t base_runs = 0;
  std::size_t new_runs = 0;
  std::vector<std::string> warnings;  ///< what makes the two sets hard to compare
  std::vector<FigureComparison> figures;
};

/// Of summaries as summaries_in() gives them; figures that nobody measured are left out. Requires
/// at least one on each side.
[[nodiscard]] Comparison compare(const std::vector<nlohmann::json>& base,
                                 const std::vector<nlohmann::json>& fresh);

/// "faster", "slower" for times and rates, "less", "more" for the rest.
[[nodiscard]] std::string verdict_text(const FigureComparison& figure);
[[nodiscard]] std::string comparison_text(const Comparison& comparison);
[[nodiscard]] nlohmann::ordered_json comparison_json(const Comparison& comparison);

}  // namespace chargemill::app
