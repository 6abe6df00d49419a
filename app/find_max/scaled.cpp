#include "app/find_max/scaled.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

constexpr double kDaySeconds = 86'400.0;

/// When the stages ask for how much.
struct Peak {
  double rate = 0.0;
  SimTime at{};
};

/// The largest rate that stages reach before `end`: each changes it in a line, from `after` on.
Peak peak_before(const network::Scenario& scenario, SimTime end) {
  Peak peak;
  double before = 0.0;
  for (const auto& stage : scenario.stages) {
    if (stage.target != network::StageTarget::request_rate) continue;
    if (stage.after >= end) break;
    Peak reached{stage.value, stage.after + stage.ramp};
    if (reached.at > end) {
      const auto share = static_cast<double>((end - stage.after).count()) /
                         static_cast<double>(stage.ramp.count());
      reached = {before + (stage.value - before) * share, end};
    }
    if (reached.rate > peak.rate) peak = reached;
    before = stage.value;
  }
  return peak;
}

Peak peak_of_run(const network::Scenario& scenario) {
  return peak_before(scenario, SimTime{scenario.run.duration});
}

bool has_rate_stages(const network::Scenario& scenario) {
  return peak_before(scenario, kNever).rate > 0.0;
}

}  // namespace

Result<double> load_of(const network::Scenario& scenario, LoadKind kind) {
  const double points = scenario.network.charge_points;
  if (kind == LoadKind::charge_points) {
    if (scenario.network.charge_points == 0)
      return failure(ErrorKind::invalid_input,
                     "the scenario lists its charge points; only network.charge_points, a number, "
                     "can grow");
    return points;
  }
  if (const Peak peak = peak_of_run(scenario); peak.rate > 0.0) return peak.rate;
  if (has_rate_stages(scenario))
    return failure(ErrorKind::invalid_input, "the step has no load: " + later_load(scenario));
  const double all_points =
      points > 0.0 ? points : static_cast<double>(scenario.network.points.size());
  const double rate = scenario.drivers.sessions_per_cp_per_day * all_points / kDaySeconds;
  if (rate <= 0.0)
    return failure(ErrorKind::invalid_input,
                   "the scenario has no request rate: neither a stage with one nor "
                   "drivers.sessions_per_cp_per_day");
  return rate;
}

network::Scenario scaled(const network::Scenario& scenario, LoadKind kind, double load) {
  network::Scenario result = scenario;
  const double factor = load / *load_of(scenario, kind);
  if (kind == LoadKind::charge_points) {
    result.network.charge_points = static_cast<std::uint32_t>(std::max(1.0, std::round(load)));
    result.drivers.count = static_cast<std::uint32_t>(std::ceil(scenario.drivers.count * factor));
    return result;
  }
  if (has_rate_stages(scenario)) {
    for (auto& stage : result.stages) {
      if (stage.target == network::StageTarget::request_rate) stage.value *= factor;
    }
  } else {
    // A step sees an hour of the profile's day, whose mean is another one.
    result.stages.push_back({SimTime{}, Nanos{0}, network::StageTarget::request_rate, load});
  }
  result.drivers.count =
      static_cast<std::uint32_t>(std::ceil(scenario.drivers.count * std::max(1.0, factor)));
  return result;
}

std::string scaled_keys(const network::Scenario& scenario, LoadKind kind) {
  if (kind == LoadKind::charge_points) return "network.charge_points, drivers.count";
  if (has_rate_stages(scenario)) return "the request rates of all stages, drivers.count";
  return "a steady request rate instead of the profile's, drivers.count";
}

std::string later_load(const network::Scenario& scenario) {
  const Peak later = peak_before(scenario, kNever);
  if (!(later.rate > peak_of_run(scenario).rate)) return {};
  return fmt::format(
      "the stages reach {:g} requests/s at {}, and it ends at {}: a --duration above {} "
      "has them in it",
      later.rate, duration_text(later.at.time_since_epoch()), duration_text(scenario.run.duration),
      duration_text(later.at.time_since_epoch()));
}

std::vector<std::pair<std::string, std::string>> changed_keys(const network::Scenario& scaled,
                                                              LoadKind kind) {
  std::vector<std::pair<std::string, std::string>> changed{
      {"drivers.count", fmt::format("{}", scaled.drivers.count)}};
  if (kind == LoadKind::charge_points)
    changed.insert(changed.begin(),
                   {"network.charge_points", fmt::format("{}", scaled.network.charge_points)});
  return changed;
}

std::string added_stage(const network::Scenario& scenario, LoadKind kind, double load) {
  if (kind == LoadKind::charge_points || has_rate_stages(scenario)) return {};
  return fmt::format("[[stage]]\nafter = \"0s\"\ntarget = \"request_rate\"\nvalue = {}\n", load);
}

}  // namespace chargemill::app
