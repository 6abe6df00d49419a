// What a shard counts for monitoring: zones, breakers, monitors, faults that come again (D-207,
// D-209).
#include "actors/central/watch.hpp"

#include <gtest/gtest.h>

#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

const FaultReport kFault{kPoint, Reason::health_check_failed};

/// A fault and its end.
void fail_once(Story& story) {
  story.tell(kFault);
  story.tell(HealthyReport{kPoint});
}
std::uint64_t breakers(const Story& story, runtime::BreakerMode mode) {
  return story.shard.watch.breakers[static_cast<std::size_t>(mode)];
}
std::uint64_t monitors(const Story& story, MonitorState state) {
  return story.shard.watch.monitors[static_cast<std::size_t>(state)];
}
const ZoneTotals& zone(const Story& story) { return story.shard.zones.front().totals; }

TEST(RecentFaults, ThreeFaultsWithinTenMinutesMakeAPointOneThatFailsAgainAndAgain) {  // D-209
  Story story;
  story.bring_up();
  for (const std::uint64_t expected : {0U, 0U, 1U, 1U}) {
    fail_once(story);
    EXPECT_EQ(story.shard.watch.repeated_faults, expected);
    story.pass(60s, true);
  }
}
TEST(RecentFaults, ThreeInMoreThanTenMinutesDoNot) {
  Story story;
  story.bring_up();
  for (int i = 0; i < 10; ++i) {
    fail_once(story);
    EXPECT_EQ(story.shard.watch.repeated_faults, 0U);
    story.pass(5min, true);
  }
}
TEST(RecentFaults, APointIsForgivenTenMinutesAfterTheThirdLastByTheClockAlone) {
  Story story;
  story.bring_up();
  for (int i = 0; i < 3; ++i) fail_once(story);
  story.pass(10min - 1ms);
  EXPECT_EQ(story.shard.watch.repeated_faults, 1U);
  story.pass(1ms);
  EXPECT_EQ(story.shard.watch.repeated_faults, 0U) << "nobody had to say anything";
}
TEST(RecentFaults, FaultsOfDifferentPointsDoNotAddUp) {
  Story story{3};
  for (std::uint32_t i = 0; i < 3; ++i) {
    const PointId point{index_of(kPoint) + i};
    story.bring_up(point);
    story.tell(FaultReport{point, Reason::health_check_failed});
  }
  EXPECT_EQ(story.shard.watch.repeated_faults, 0U);
}
TEST(RecentFaults, TheSameFaultToldAgainCountsOnce) {  // D-069
  Story story;
  story.bring_up();
  for (int i = 0; i < 5; ++i) story.tell(kFault);
  EXPECT_EQ(story.shard.watch.repeated_faults, 0U);
}
TEST(RecentFaults, KeepsNoMoreThanItsLimitAndForgetsTheOldestFirst) {
  RecentFaults faults{4};
  for (int i = 0; i < 3; ++i) faults.add(7, SimTime{1s});
  EXPECT_EQ(faults.repeated(), 1U);
  for (std::uint32_t other = 100; other < 110; ++other) {
    faults.add(other, SimTime{2s});
    faults.add(other, SimTime{2s});
    faults.add(other, SimTime{2s});
    EXPECT_EQ(faults.repeated(), 1U) << "the last one's";
  }
  faults.pass(SimTime{11min});
  EXPECT_EQ(faults.repeated(), 0U);
  EXPECT_EQ(faults.due(), kNever);
}
TEST(Watch, CountsPointsByTheStateOfTheirBreaker) {  // D-207
  Story story{2};
  story.bring_up();
  EXPECT_EQ(breakers(story, runtime::BreakerMode::closed), 2U);
  for (int i = 0; i < 3; ++i) fail_once(story);
  story.order(OperatorAction::reset_breaker);
  for (int i = 0; i < 2; ++i) fail_once(story);
  story.tell(kFault);
  story.status(Phase::activated, Reason::fault_cleared);
  const auto open = breakers(story, runtime::BreakerMode::open);
  const auto half_open = breakers(story, runtime::BreakerMode::half_open);
  EXPECT_EQ(breakers(story, runtime::BreakerMode::closed) + open + half_open, 2U);
  EXPECT_EQ(open, story.record().breaker.mode() == runtime::BreakerMode::open ? 1U : 0U);
  story.order(OperatorAction::reset_breaker);
  EXPECT_EQ(breakers(story, runtime::BreakerMode::closed), 2U);
}
TEST(Watch, AMonitorIsLostOnceItIsSilentForTooLong) {  // D-044
  Story story{2};
  EXPECT_EQ(monitors(story, MonitorState::unregistered), 2U);
  story.bring_up();
  EXPECT_EQ(monitors(story, MonitorState::alive), 1U);
  story.pass(6s);
  EXPECT_EQ(monitors(story, MonitorState::lost), 1U);
  EXPECT_EQ(monitors(story, MonitorState::unregistered), 1U);
  story.tell(Heartbeat{kPoint});
  EXPECT_EQ(monitors(story, MonitorState::alive), 1U);
}
TEST(Watch, CountsFaultsByTheirCause) {
  Story story{2};
  const PointId other{index_of(kPoint) + 1};
  story.bring_up();
  story.bring_up(other);
  fail_once(story);
  story.tell(FaultReport{other, Reason::none, true});
  const auto& watch = story.shard.watch;
  EXPECT_EQ(watch.notified, (std::array<std::uint64_t, kFaultCauses>{1, 1}));
  EXPECT_EQ(watch.raised, (std::array<std::uint64_t, kFaultCauses>{0, 1})) << "only who is outside";
  EXPECT_EQ(watch.recovered, (std::array<std::uint64_t, kFaultCauses>{1, 0}));
}
TEST(Watch, AZoneHasThePowerOfWhatSuppliesAndTheEnergyOfWhatWasBooked) {
  Story story;
  story.bring_up();
  const SessionId session = story.start();
  EXPECT_EQ(zone(story).power_w, 0) << "no telemetry yet";
  story.telemetry(session, kOneKwh);
  story.telemetry(session, kOneKwh + kOneKwh);
  EXPECT_EQ(zone(story).power_w, 22'000);
  EXPECT_EQ(zone(story).energy_booked_mj, 2 * kOneKwh.mj);
  EXPECT_EQ(zone(story).display[static_cast<std::size_t>(DisplayState::supplying)], 1U);
  story.end(session, kOneKwh + kOneKwh + kOneKwh);
  EXPECT_EQ(zone(story).power_w, 0);
  EXPECT_EQ(zone(story).energy_booked_mj, 3 * kOneKwh.mj);
  EXPECT_EQ(zone(story).sessions_started, 1U);
  EXPECT_EQ(zone(story).sessions_completed, 1U);
}

}  // namespace
}  // namespace chargemill::central
