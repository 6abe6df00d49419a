// Makes a scenario that shows a mistake smaller, so that a person can see why.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "actors/network/scenario.hpp"
#include "actors/network/topology.hpp"

namespace chargemill::test {
namespace detail {

inline std::size_t points_of(const network::Scenario& s) {
  return s.network.points.empty() ? s.network.charge_points : s.network.points.size();
}

/// Whether it has the charge point of this name.
inline bool has_point(const network::Scenario& s, const std::string& name) {
  const auto& listed = s.network.points;
  if (!listed.empty())
    return std::any_of(listed.begin(), listed.end(), [&](const auto& p) { return p.id == name; });
  for (std::uint32_t p = 0; p < s.network.charge_points; ++p) {
    if (network::generated_point_name(p) == name) return true;
  }
  return false;
}

/// Whether it has charge points, and all whom faults and actions are about: others cannot be run.
inline bool can_run(const network::Scenario& s) {
  const auto has_driver = [&](const std::string& name) {
    const auto& all = s.drivers.named;
    return std::any_of(all.begin(), all.end(), [&](const auto& d) { return d.id == name; });
  };
  return points_of(s) > 0 &&
         std::all_of(s.faults.begin(), s.faults.end(),
                     [&](const auto& f) { return !f.point || has_point(s, *f.point); }) &&
         std::all_of(s.actions.begin(), s.actions.end(), [&](const auto& a) {
           const bool is_at_one = !a.point.empty() && a.point != network::kAllPoints;
           return (!is_at_one || has_point(s, a.point)) &&
                  (a.driver.empty() || has_driver(a.driver));
         });
}

/// Takes `change` if the scenario still fails with it.
template <class Fails, class Change>
bool try_smaller(network::Scenario& scenario, const Fails& fails, const Change& change) {
  network::Scenario smaller = scenario;
  if (!change(smaller) || !can_run(smaller) || !fails(smaller)) return false;
  scenario = std::move(smaller);
  return true;
}

/// Leaves out members of the list `all(scenario)`, first many at once, then one by one; true: one
/// at least was not needed.
template <class Fails, class All>
bool drop_from(network::Scenario& scenario, const Fails& fails, const All& all) {
  bool has_changed = false;
  for (std::size_t many = all(scenario).size(); many > 0; many /= 2) {
    for (std::size_t i = 0; i < all(scenario).size();) {
      const bool is_gone = try_smaller(scenario, fails, [&](network::Scenario& s) {
        auto& list = all(s);
        const auto from = list.begin() + static_cast<std::ptrdiff_t>(i);
        const std::size_t count = std::min(many, list.size() - i);
        list.erase(from, from + static_cast<std::ptrdiff_t>(count));
        return true;
      });
      has_changed |= is_gone;
      if (!is_gone) i += many;
    }
  }
  return has_changed;
}

template <class Fails, class Number>
bool halve(network::Scenario& scenario, const Fails& fails, const Number& number,
           std::uint32_t least) {
  return try_smaller(scenario, fails, [&](network::Scenario& s) {
    if (number(s) <= least) return false;
    number(s) = std::max(number(s) / 2, least);
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

}  // namespace detail

/// The smallest scenario that is found by leaving out and halving, one thing at a time, and for
/// which `fails` still holds, as it must for `scenario`. Deterministic.
template <class Fails>
network::Scenario shrink(network::Scenario scenario, const Fails& fails) {
  using network::Scenario;
  const auto drop = [&](const auto& all) { return detail::drop_from(scenario, fails, all); };
  const auto halve = [&](std::uint32_t least, const auto& number) {
    return detail::halve(scenario, fails, number, least);
  };
  for (bool has_changed = true; has_changed;) {
    has_changed = drop([](Scenario & s) -> auto& { return s.faults; });
    has_changed |= drop([](Scenario & s) -> auto& { return s.actions; });
    has_changed |= drop([](Scenario & s) -> auto& { return s.stages; });
    has_changed |= drop([](Scenario & s) -> auto& { return s.drivers.replay; });
    has_changed |= drop([](Scenario & s) -> auto& { return s.drivers.named; });
    has_changed |= drop([](Scenario & s) -> auto& { return s.network.points; });
    has_changed |= detail::try_smaller(scenario, fails, detail::halve_duration);
    has_changed |= halve(
        1, [](Scenario & s) -> auto& { return s.network.charge_points; });
    has_changed |= halve(
        0, [](Scenario & s) -> auto& { return s.drivers.count; });
    has_changed |= halve(
        1, [](Scenario & s) -> auto& { return s.central.shards; });
  }
  return scenario;
}

/// What is left of it, in one line.
inline std::string summary_of(const network::Scenario& s) {
  std::string text =
      "seed " + std::to_string(s.run.seed) + ": " + std::to_string(detail::points_of(s)) +
      " charge points, " + std::to_string(s.drivers.count + s.drivers.named.size()) + " drivers, " +
      std::to_string(s.drivers.replay.size()) + " recorded sessions, " +
      std::to_string(s.central.shards) + " shards, " + std::to_string(s.run.duration.count()) +
      " ns, " + std::to_string(s.actions.size()) + " actions, " + std::to_string(s.stages.size()) +
      " stages, faults:";
  for (const auto& fault : s.faults) text += " " + std::to_string(static_cast<int>(fault.kind));
  return text;
}

}  // namespace chargemill::test
