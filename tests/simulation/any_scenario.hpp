// Networks of all sorts, one for each seed: small, but with everything that can happen in one.
#pragma once

#include <algorithm>

#include "actors/network/scenario.hpp"
#include "actors/network/topology.hpp"
#include "runtime/base/random_stream.hpp"

namespace chargemill::test {

namespace any {

struct Dice {
  explicit Dice(std::uint64_t seed) : random{seed, 0, Purpose::choice} {}
  [[nodiscard]] std::uint64_t below(std::uint64_t end) { return random.below(end); }
  [[nodiscard]] std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + random.below(most - least + 1);
  }
  [[nodiscard]] bool one_in(std::uint64_t n) { return random.below(n) == 0; }
  RandomStream random;
};

inline void sizes(network::Scenario& s, Dice& dice) {
  using std::chrono::milliseconds, std::chrono::seconds;
  s.run.duration = seconds{dice.between(40, 100)};
  s.network.charge_points = static_cast<std::uint32_t>(dice.between(1, 60));
  s.network.zones = static_cast<std::uint32_t>(dice.between(1, 5));
  s.network.control_latency = milliseconds{dice.between(1, 4) * 50};
  s.network.health_interval = milliseconds{dice.between(1, 3) * 500};
  if (dice.one_in(2)) s.network.max_session = seconds{dice.between(5, 20)};
  s.central.shards = static_cast<std::uint32_t>(dice.between(1, 7));
  s.central.breaker_failures = static_cast<std::uint16_t>(dice.between(1, 3));
  s.central.breaker_cooldown = seconds{dice.between(2, 20)};
  s.drivers.count = static_cast<std::uint32_t>(dice.between(0, 40));
  s.drivers.sessions_per_cp_per_day = static_cast<double>(dice.between(100, 3'000));
  s.drivers.initial_supplying = 0.1 * static_cast<double>(dice.below(6));
  s.drivers.choose = dice.one_in(2) ? network::Choice::named : network::Choice::any_in_zone;
  s.drivers.pause = seconds{dice.between(1, 4)};
}

/// One of the charge points, or the one behind the last, which is not there.
inline std::string point_or_none(const network::Scenario& s, Dice& dice) {
  return network::generated_point_name(
      static_cast<std::uint32_t>(dice.below(s.network.charge_points + 1)));
}

inline void named_drivers(network::Scenario& s, Dice& dice) {
  for (std::uint64_t d = dice.below(4); d > 0; --d) {
    network::DriverSpec driver;
    driver.id = "driver-" + std::to_string(d);
    driver.looks = dice.one_in(2);
    if (dice.one_in(2)) driver.looks_power = Power{22'000};
    for (std::uint64_t line = dice.between(1, 4); line > 0; --line)
      driver.requests.push_back(point_or_none(s, dice));
    s.drivers.named.push_back(driver);
  }
}

inline void recorded_sessions(network::Scenario& s, Dice& dice) {
  for (std::uint64_t r = dice.below(20); r > 0; --r) {
    s.drivers.replay.push_back({SimTime{std::chrono::milliseconds{dice.below(60'000)}},
                                std::chrono::seconds{dice.between(5, 60)},
                                Energy{static_cast<std::int64_t>(dice.between(1, 400)) * 1'000'000},
                                "station " + std::to_string(dice.below(9))});
  }
}

inline void faults(network::Scenario& s, Dice& dice) {
  using network::FaultKind;
  for (const auto kind :
       {FaultKind::engine_crash, FaultKind::engine_silent, FaultKind::engine_ko,
        FaultKind::start_refused, FaultKind::monitor_loss, FaultKind::central_restart,
        FaultKind::partition, FaultKind::telemetry_error}) {
    if (dice.one_in(3)) continue;
    network::FaultSpec fault;
    fault.kind = kind;
    fault.duration = std::chrono::seconds{dice.between(1, 15)};
    if (kind == FaultKind::central_restart || dice.one_in(2))
      fault.at = SimTime{std::chrono::milliseconds{dice.between(1, 60'000)}};
    else
      fault.rate_per_cp_per_hour = static_cast<double>(dice.between(5, 120));
    s.faults.push_back(fault);
  }
}

inline void actions(network::Scenario& s, Dice& dice) {
  using network::ActionKind;
  for (std::uint64_t a = dice.below(20); a > 0; --a) {
    network::ActionSpec action;
    action.kind = static_cast<ActionKind>(dice.below(11));
    action.at = SimTime{std::chrono::milliseconds{dice.below(60'000)}};
    const bool takes_all = action.kind == ActionKind::stop || action.kind == ActionKind::resume;
    if (action.kind == ActionKind::leave || action.kind == ActionKind::come_back) {
      if (s.drivers.named.empty()) continue;
      action.driver = s.drivers.named[dice.below(s.drivers.named.size())].id;
    } else if (takes_all && dice.one_in(2)) {
      action.point = network::kAllPoints;
    } else {
      action.point = network::generated_point_name(
          static_cast<std::uint32_t>(dice.below(s.network.charge_points)));
    }
    if (action.kind == ActionKind::start)
      action.energy_kwh = 0.01 * static_cast<double>(dice.below(100));
    s.actions.push_back(action);
  }
}

inline void stages(network::Scenario& s, Dice& dice) {
  if (!dice.one_in(3)) return;
  s.stages.push_back({SimTime{std::chrono::seconds{dice.between(5, 20)}},
                      std::chrono::seconds{dice.below(10)}, network::StageTarget::connected_share,
                      0.1 * static_cast<double>(dice.below(11))});
}

/// Requests by rate: steps, ramps, and none at all for a while.
inline void request_rates(network::Scenario& s, Dice& dice) {
  if (!dice.one_in(3)) return;
  SimTime after{};
  for (std::uint64_t n = dice.between(1, 3); n > 0; --n) {
    after += std::chrono::seconds{dice.between(1, 20)};
    s.stages.push_back({after, std::chrono::seconds{dice.below(8)},
                        network::StageTarget::request_rate,
                        0.25 * static_cast<double>(dice.below(20))});
  }
}

/// Some faults befall one zone or one charge point.
inline void narrow_faults(network::Scenario& s, Dice& dice) {
  for (auto& fault : s.faults) {
    if (fault.kind == network::FaultKind::central_restart || !dice.one_in(3)) continue;
    if (dice.one_in(2)) {
      fault.zone = network::zone_name(ZoneId{static_cast<std::uint16_t>(
          dice.below(std::min(s.network.zones, s.network.charge_points)))});
    } else {
      fault.point = network::generated_point_name(
          static_cast<std::uint32_t>(dice.below(s.network.charge_points)));
    }
  }
}

/// The same charge points one by one, each of its own power, price, zone and kind of plug.
inline void listed_points(network::Scenario& s, Dice& dice) {
  if (!dice.one_in(3)) return;
  for (std::uint32_t p = 0; p < s.network.charge_points; ++p) {
    network::PointSpec spec;
    spec.id = network::generated_point_name(p);
    spec.zone = ZoneId{static_cast<std::uint16_t>(p % s.network.zones)};
    spec.power = Power{static_cast<std::int64_t>(dice.between(3, 300)) * 1'000};
    spec.price = Price{static_cast<std::int64_t>(dice.between(0, 900)) * 1'000};
    spec.manual_plug = dice.one_in(3);
    s.network.points.push_back(spec);
  }
  s.network.charge_points = 0;
}

/// What is seldom set: how day and time-outs are, and what drivers look for.
inline void habits(network::Scenario& s, Dice& dice) {
  using std::chrono::milliseconds, std::chrono::seconds;
  if (dice.one_in(3)) s.drivers.day_spread_k = 0.0;
  if (dice.one_in(3)) s.network.telemetry_interval = milliseconds{dice.between(1, 8) * 250};
  if (dice.one_in(3)) s.central.start_timeout = seconds{dice.between(1, 5)};
  if (dice.one_in(3)) s.central.monitor_timeout = seconds{dice.between(3, 9)};
  if (dice.one_in(3)) s.central.session_silence_timeout = seconds{dice.between(3, 12)};
  if (dice.one_in(3)) s.drivers.timeout = seconds{dice.between(5, 20)};
  for (auto& driver : s.drivers.named) {
    if (dice.one_in(2))
      driver.looks_zone = ZoneId{static_cast<std::uint16_t>(dice.below(s.network.zones))};
    if (dice.one_in(2)) driver.looks_price = Price{350'000};
    if (dice.one_in(2)) driver.pause = seconds{dice.between(1, 6)};
  }
}

}  // namespace any

/// A scenario in which drivers of all kinds meet faults of all kinds, stages, restarts and replays.
inline network::Scenario any_scenario(std::uint64_t seed) {
  any::Dice dice{seed};
  network::Scenario s;
  s.network.spare = s.drivers.spare = 0;  // in virtual time nobody joins
  s.run.name = "seed " + std::to_string(seed);
  s.run.seed = seed;
  any::sizes(s, dice);
  any::named_drivers(s, dice);
  any::recorded_sessions(s, dice);
  any::faults(s, dice);
  any::actions(s, dice);
  any::stages(s, dice);
  any::request_rates(s, dice);
  any::narrow_faults(s, dice);
  any::habits(s, dice);
  any::listed_points(s, dice);
  return s;
}

}  // namespace chargemill::test
