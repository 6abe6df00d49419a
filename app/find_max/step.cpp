#include "app/find_max/step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/scenario/thresholds.hpp"

namespace chargemill::app {
namespace {

constexpr double kShedMax = 0.01;     // of the trips; a load that was not offered was not met
constexpr double kShedOfLeast = 100;  // fewer trips may shed one by chance
constexpr std::size_t kPatience = 4;  // loads

std::optional<StepFailure> crossed(const nlohmann::json& thresholds) {
  for (const auto& t : thresholds) {
    if (t.at("ok").get<bool>()) continue;
    StepFailure failure;
    failure.threshold = t.at("expr").get<std::string>();
    const auto& value = t.at("value");
    const auto parsed = parse_threshold(failure.threshold);
    const bool is_known = parsed && !value.is_null();
    failure.why =
        failure.threshold + (is_known ? fmt::format(", but is {:.4g}", value.get<double>())
                                      : std::string{", but nothing was measured"});
    failure.miss = is_known ? std::abs(value.get<double>() - parsed->limit)
                            : std::numeric_limits<double>::infinity();
    return failure;
  }
  return std::nullopt;
}

StepFailure other(std::string why) { return {std::move(why), {}, 0.0}; }

}  // namespace

std::optional<StepFailure> failure_of(const nlohmann::json& summary, const Measured& measured,
                                      LoadKind kind) {
  const auto& run = summary.at("run");
  if (!summary.at("conservation").at("ok").get<bool>()) return other("conservation is broken");
  if (run.at("invalid").get<bool>()) return other(run.at("invalid_reason").get<std::string>());
  if (kind == LoadKind::request_rate && measured.offered < kTripsToJudge)
    return other(
        fmt::format("{:.0f} trips are too few to judge: a longer --duration shows so "
                    "small a rate",
                    measured.offered));
  if (measured.shed > kShedMax * std::max(measured.offered, kShedOfLeast))
    return other(
        fmt::format("{:.0f} of {:.0f} trips were shed: no idle driver, raise "
                    "drivers.count",
                    measured.shed, measured.offered));
  return crossed(summary.at("thresholds"));
}

bool Patience::is_lost_with(const StepFailure& failure) {
  if (failure.threshold.empty() || failure.threshold != threshold_) misses_.clear();
  threshold_ = failure.threshold;
  misses_.push_back(failure.miss);
  return !threshold_.empty() && misses_.size() >= kPatience &&
         std::all_of(misses_.begin(), misses_.end(),
                     [this](double miss) { return miss >= misses_.front(); });
}

std::vector<std::string> leave_out_least_counts(std::vector<std::string>& thresholds) {
  const auto left =
      std::stable_partition(thresholds.begin(), thresholds.end(), [](const std::string& expr) {
        const auto parsed = parse_threshold(expr);
        return !parsed || !asks_for_a_least_count(*parsed);
      });
  std::vector<std::string> out(left, thresholds.end());
  thresholds.erase(left, thresholds.end());
  return out;
}

}  // namespace chargemill::app
