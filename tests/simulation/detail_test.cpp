// What is counted by zone and by kind as things happen is what a walk over all points would find.
#include <gtest/gtest.h>

#include <map>

#include "actors/central/availability.hpp"
#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

/// By walking.
struct Found {
  explicit Found(const central::ShardState& shard) : zones(shard.zones.size()) {
    for (const auto& point : shard.points) {
      ++zones[point.zone_slot].display[static_cast<std::size_t>(central::display_state(point))];
      zones[point.zone_slot].power_w += point.power.w;
      ++watch.breakers[static_cast<std::size_t>(point.breaker.mode())];
      const auto monitor = point.monitor_ok   ? central::MonitorState::alive
                           : point.registered ? central::MonitorState::lost
                                              : central::MonitorState::unregistered;
      ++watch.monitors[static_cast<std::size_t>(monitor)];
    }
  }
  std::vector<central::ZoneTotals> zones;
  central::WatchTotals watch;
};

void expect_true(const central::ShardState& shard) {
  const Found found{shard};
  central::ZoneTotals sum;
  for (std::size_t z = 0; z < shard.zones.size(); ++z) {
    const auto& counted = shard.zones[z].totals;
    EXPECT_EQ(counted.display, found.zones[z].display);
    EXPECT_EQ(counted.power_w, found.zones[z].power_w);
    sum.sessions_started += counted.sessions_started;
    sum.sessions_completed += counted.sessions_completed;
    sum.sessions_failed += counted.sessions_failed;
    sum.energy_booked_mj += counted.energy_booked_mj;
  }
  EXPECT_EQ(sum.sessions_started, shard.totals.sessions_started);
  EXPECT_EQ(sum.sessions_completed, shard.totals.sessions_completed);
  EXPECT_EQ(sum.sessions_failed, shard.totals.sessions_failed);
  EXPECT_EQ(sum.energy_booked_mj, shard.totals.energy_booked_mj);
  EXPECT_EQ(shard.watch.breakers, found.watch.breakers);
  EXPECT_EQ(shard.watch.monitors, found.watch.monitors);
  EXPECT_EQ(shard.watch.raised[0] + shard.watch.raised[1], shard.totals.faults_raised);
  EXPECT_EQ(shard.watch.notified[0] + shard.watch.notified[1], shard.totals.faults_notified);
  EXPECT_EQ(shard.watch.recovered[0] + shard.watch.recovered[1], shard.totals.faults_recovered);
}

TEST(Detail, WhatIsCountedIsWhatAWalkOverAllPointsFinds) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    VirtualNetwork network{scenario, 1};
    for (SimTime t{}; t < network.end(); t += std::chrono::seconds{10}) {
      network.run_until(t);
      for (std::size_t s = 0; s < network.network().topology().shards.size(); ++s)
        expect_true(network.network().shard(ShardId{static_cast<std::uint16_t>(s)}).state());
    }
    (void)network.finish();
    if (testing::Test::HasFailure()) return;
  }
}
TEST(Detail, OfALiveNetworkHasEveryPointAndEveryActorOnce) {
  auto scenario = any_scenario(3);
  scenario.network.points.clear();
  scenario.network.charge_points = 50;
  scenario.network.zones = 7;
  VirtualNetwork network{scenario, 2};
  network.run_until(SimTime{std::chrono::seconds{20}});
  const auto detail = network.network().detail();
  std::uint64_t points = 0;
  for (const auto& zone : detail.zones) {
    for (const auto n : zone.display) points += n;
  }
  EXPECT_EQ(points, network.network().topology().points.size());
  std::uint64_t actors = 0;
  for (const auto n : detail.actors) actors += n;
  EXPECT_EQ(actors, network.network().look().totals.actors);
  EXPECT_LE(detail.zones.size(), 7U);
  network.drain();
}
TEST(Detail, RequestsForAnyPointOfAZoneAreCountedApart) {
  network::Scenario scenario;
  scenario.network.charge_points = 20;
  scenario.network.zones = 2;
  scenario.drivers.count = 20;
  scenario.drivers.sessions_per_cp_per_day = 2'000;
  scenario.drivers.choose = network::Choice::any_in_zone;
  scenario.run.duration = std::chrono::seconds{100};
  VirtualNetwork network{scenario, 1};
  const auto totals = network.finish();
  const auto detail = network.network().detail();
  EXPECT_GT(totals.requests_accepted, 0U);
  EXPECT_EQ(detail.any_accepted, totals.requests_accepted);
  EXPECT_EQ(detail.any_denied, totals.requests_denied);
  EXPECT_EQ(detail.any_timed_out, totals.requests_timed_out);
}
TEST(Detail, FaultsAreCountedByTheirKind) {
  for (std::size_t kind = 0; kind < director::kFaultKinds; ++kind) {
    network::Scenario scenario;
    scenario.network.charge_points = 10;
    scenario.central.shards = 1;
    scenario.run.duration = std::chrono::seconds{30};
    network::FaultSpec fault;
    fault.kind = static_cast<network::FaultKind>(kind);
    fault.at = SimTime{std::chrono::seconds{10}};
    fault.duration = std::chrono::seconds{5};
    scenario.faults.push_back(fault);
    VirtualNetwork network{scenario, 1};
    const auto totals = network.finish();
    const auto injected = network.network().detail().injected;
    EXPECT_GT(injected[kind], 0U) << kind;
    EXPECT_EQ(injected[kind], totals.faults_injected) << kind;
  }
}

}  // namespace
}  // namespace chargemill::test
