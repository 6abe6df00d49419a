// Networks of all sorts, one for each seed: small, but with everything that can happen in one.
#pragma once

#include "actors/network/scenario.hpp"
#include "actors/network/topology.hpp"
#include "runtime/base/random_stream.hpp"

namespace chargemill::test {

/// A scenario in which drivers of all kinds meet faults of all kinds, stages, restarts and replays.
inline network::Scenario any_scenario(std::uint64_t seed) {
  using namespace std::chrono_literals;
  RandomStream random{seed, 0, Purpose::choice};
  const auto between = [&](std::uint64_t least, std::uint64_t most) {
    return least + random.below(most - least + 1);
  };
  network::Scenario s;
  s.run.name = "seed " + std::to_string(seed);
  s.run.seed = seed;
  s.run.duration = std::chrono::seconds{between(40, 100)};
  s.network.charge_points = static_cast<std::uint32_t>(between(1, 60));
  s.network.zones = static_cast<std::uint32_t>(between(1, 5));
  s.network.control_latency = std::chrono::milliseconds{between(1, 4) * 50};
  s.network.health_interval = std::chrono::milliseconds{between(1, 3) * 500};
  if (random.below(2) == 0) s.network.max_session = std::chrono::seconds{between(5, 20)};
  s.central.shards = static_cast<std::uint32_t>(between(1, 7));
  s.central.breaker_failures = static_cast<std::uint16_t>(between(1, 3));
  s.central.breaker_cooldown = std::chrono::seconds{between(2, 20)};
  s.drivers.count = static_cast<std::uint32_t>(between(0, 40));
  s.drivers.sessions_per_cp_per_day = static_cast<double>(between(100, 3'000));
  s.drivers.initial_supplying = 0.1 * static_cast<double>(random.below(6));
  s.drivers.choose = random.below(2) == 0 ? network::Choice::named : network::Choice::any_in_zone;
  s.drivers.pause = std::chrono::seconds{between(1, 4)};
  for (std::uint64_t d = random.below(4); d > 0; --d) {
    network::DriverSpec driver;
    driver.id = "driver-" + std::to_string(d);
    driver.looks = random.below(2) == 0;
    if (random.below(2) == 0) driver.looks_power = Power{22'000};
    for (std::uint64_t line = between(1, 4); line > 0; --line) {
      char name[16];
      (void)std::snprintf(name, sizeof name, "CP-%06u",
                          static_cast<unsigned>(between(1, s.network.charge_points + 1)));
      driver.requests.emplace_back(name);
    }
    s.drivers.named.push_back(driver);
  }
  for (std::uint64_t r = random.below(20); r > 0; --r) {
    s.drivers.replay.push_back({SimTime{std::chrono::milliseconds{random.below(60'000)}},
                                std::chrono::seconds{between(5, 60)},
                                Energy{static_cast<std::int64_t>(between(1, 400)) * 1'000'000},
                                "station " + std::to_string(random.below(9))});
  }
  for (const auto kind : {network::FaultKind::engine_crash, network::FaultKind::engine_silent,
                          network::FaultKind::engine_ko, network::FaultKind::start_refused,
                          network::FaultKind::monitor_loss, network::FaultKind::central_restart,
                          network::FaultKind::partition, network::FaultKind::telemetry_error}) {
    if (random.below(3) == 0) continue;
    network::FaultSpec fault;
    fault.kind = kind;
    fault.duration = std::chrono::seconds{between(1, 15)};
    if (kind == network::FaultKind::central_restart || random.below(2) == 0) {
      fault.at = SimTime{std::chrono::milliseconds{between(1, 60'000)}};
    } else {
      fault.rate_per_cp_per_hour = static_cast<double>(between(5, 120));
    }
    s.faults.push_back(fault);
  }
  for (std::uint64_t a = random.below(20); a > 0; --a) {
    network::ActionSpec action;
    action.kind = static_cast<network::ActionKind>(random.below(11));
    action.at = SimTime{std::chrono::milliseconds{random.below(60'000)}};
    const bool is_of_a_driver =
        action.kind == network::ActionKind::leave || action.kind == network::ActionKind::come_back;
    const bool takes_all =
        action.kind == network::ActionKind::stop || action.kind == network::ActionKind::resume;
    if (is_of_a_driver) {
      if (s.drivers.named.empty()) continue;
      action.driver = s.drivers.named[random.below(s.drivers.named.size())].id;
    } else if (takes_all && random.below(2) == 0) {
      action.point = network::kAllPoints;
    } else {
      action.point = network::generated_point_name(
          static_cast<std::uint32_t>(random.below(s.network.charge_points)));
    }
    if (action.kind == network::ActionKind::start)
      action.energy_kwh = 0.01 * static_cast<double>(random.below(100));
    s.actions.push_back(action);
  }
  if (random.below(3) == 0) {
    s.stages.push_back(
        {SimTime{std::chrono::seconds{between(5, 20)}}, std::chrono::seconds{random.below(10)},
         network::StageTarget::connected_share, 0.1 * static_cast<double>(random.below(11))});
  }
  return s;
}

}  // namespace chargemill::test
