// Makes a scenario that shows a mistake smaller, so that a person can see why.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "actors/network/scenario.hpp"

namespace chargemill::test {
namespace detail {

/// Takes `change` if the scenario still fails with it.
template <class Fails, class Change>
bool try_smaller(network::Scenario& scenario, const Fails& fails, const Change& change) {
  network::Scenario smaller = scenario;
  if (!change(smaller) || !fails(smaller)) return false;
  scenario = std::move(smaller);
  return true;
}

/// Drops members one by one; true: one at least was not needed.
template <class Fails, class Member>
bool drop_each(network::Scenario& scenario, const Fails& fails, const Member& member) {
  bool has_changed = false;
  for (std::size_t i = 0; i < std::invoke(member, scenario).size();) {
    const bool is_gone = try_smaller(scenario, fails, [&](network::Scenario& s) {
      auto& all = s.*member;
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    });
    has_changed |= is_gone;
    if (!is_gone) ++i;
  }
  return has_changed;
}

template <class Fails, class Number>
bool halve(network::Scenario& scenario, const Fails& fails, const Number& number,
           std::uint32_t least) {
  return try_smaller(scenario, fails, [&](network::Scenario& s) {
    if (number(s) / 2 < least) return false;
    number(s) /= 2;
    return true;
  });
}

inline bool halve_duration(network::Scenario& s) {
  const Nanos half = s.run.duration / 2;
  if (half < s.network.control_latency) return false;
  s.run.duration = half;
  s.run.warmup = std::min(s.run.warmup, half);
  return true;
}

/// Whether something is said of a charge point by its name: it must not go then.
inline bool names_points(const network::Scenario& s) {
  const auto has_lines = [](const network::DriverSpec& d) { return !d.requests.empty(); };
  const auto has_point = [](const network::FaultSpec& f) { return f.point.has_value(); };
  return !s.actions.empty() || !s.drivers.replay.empty() ||
         std::any_of(s.drivers.named.begin(), s.drivers.named.end(), has_lines) ||
         std::any_of(s.faults.begin(), s.faults.end(), has_point);
}

}  // namespace detail

/// The smallest scenario that is found by leaving out and halving, one thing at a time, and for
/// which `fails` still holds, as it must for `scenario`. Deterministic.
template <class Fails>
network::Scenario shrink(network::Scenario scenario, const Fails& fails) {
  using network::Scenario;
  const auto points = [](Scenario& s) -> std::uint32_t& { return s.network.charge_points; };
  const auto drivers = [](Scenario& s) -> std::uint32_t& { return s.drivers.count; };
  const auto shards = [](Scenario& s) -> std::uint32_t& { return s.central.shards; };
  for (bool has_changed = true; has_changed;) {
    has_changed = detail::drop_each(scenario, fails, &Scenario::faults);
    has_changed |= detail::drop_each(scenario, fails, &Scenario::actions);
    has_changed |= detail::drop_each(scenario, fails, &Scenario::stages);
    has_changed |= detail::try_smaller(scenario, fails, detail::halve_duration);
    if (!detail::names_points(scenario)) has_changed |= detail::halve(scenario, fails, points, 1);
    has_changed |= detail::halve(scenario, fails, drivers, 1);
    has_changed |= detail::halve(scenario, fails, shards, 1);
  }
  return scenario;
}

/// What is left of it, in one line.
inline std::string summary_of(const network::Scenario& s) {
  std::string text = std::to_string(s.network.charge_points + s.network.points.size()) +
                     " charge points, " + std::to_string(s.drivers.count + s.drivers.named.size()) +
                     " drivers, " + std::to_string(s.central.shards) + " shards, " +
                     std::to_string(s.run.duration.count()) + " ns, " +
                     std::to_string(s.actions.size()) + " actions, " +
                     std::to_string(s.stages.size()) + " stages, faults:";
  for (const auto& fault : s.faults) text += " " + std::to_string(static_cast<int>(fault.kind));
  return text;
}

}  // namespace chargemill::test
