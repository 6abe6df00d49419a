// Conservation can fail: each identity compares two sources, and says so when they part (law 5).
#include "actors/network/exact_count.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/central/story.hpp"

namespace chargemill::network {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> broken(const central::ShardState& shard) {
  Totals totals;
  add(totals, shard);
  return broken_identities(totals);
}

TEST(ExactCount, ASessionThatNoRecordHoldsBreaksTheIdentityOfSessions) {
  central::Story story(3);
  story.bring_up();
  static_cast<void>(story.start());
  EXPECT_THAT(broken(story.shard), IsEmpty());
  story.shard.points[0].stage = central::Stage::none;  // forgotten, and nothing counted
  EXPECT_THAT(broken(story.shard),
              ElementsAre("sessions started = 1, but completed + failed + active + lost = 0"));
}
TEST(ExactCount, ARecordWhoseSessionWasNeverCountedBreaksItToo) {
  central::Story story(3);
  story.shard.points[1].stage = central::Stage::supplying;
  EXPECT_THAT(broken(story.shard),
              ElementsAre("sessions started = 0, but completed + failed + active + lost = 1"));
}

TEST(ExactCount, WhatHasBeenSaidBeyondTheEndOfVirtualTimeHasBeenDelivered) {  // D-103
  using std::chrono::seconds;
  central::Story story;
  story.bring_up();
  const charge_point::Settings settings;
  auto point = charge_point::make_state(central::kPoint, Power{22'000}, Price{300'000}, settings);
  StartSupply start{};
  start.session = story.start();
  point.meter.begin(start, Nanos{0}, SimTime{});
  story.telemetry(start.session, Energy{50'000'000});
  const auto counted_at = [&](SimTime now) {
    Totals totals;
    add(totals, story.shard);
    add(totals, point, story.shard, now);
    EXPECT_THAT(broken_identities(totals), IsEmpty());
    return totals;
  };
  const Totals early = counted_at(SimTime{seconds{1}});  // 22 kJ
  EXPECT_EQ(early.energy_delivered_mj, 50'000'000);
  EXPECT_EQ(early.energy_unreported_mj, 0);
  const Totals later = counted_at(SimTime{seconds{3}});
  EXPECT_EQ(later.energy_delivered_mj, 66'000'000);
  EXPECT_EQ(later.energy_unreported_mj, 16'000'000);
}

/// A fleet whose replay has two trips, both for the one driver it believes to be idle.
struct TwoTrips {
  fleet::State fleet =
      fleet::make_state({}, fleet::Arrivals{}, nullptr, {{PointId{1}, ZoneId{0}, Power{22'000}}},
                        {DriverId{0}, DriverId{0}},
                        {{SimTime{}, Energy{1}, Nanos{1}, 0}, {SimTime{}, Energy{1}, Nanos{1}, 0}});
  driver::Plan plan;
  driver::State driver = driver::make_state(DriverId{0}, driver::Mode::fleet, plan);

  std::vector<std::string> broken() {
    Totals totals;
    add(totals, fleet);
    add(totals, driver);
    return broken_identities(totals);
  }
};

TEST(ExactCount, ATripThatItsDriverDroppedBreaksTheIdentityOfTrips) {
  TwoTrips both;
  static_cast<void>(step(both.fleet, PowerOn{}, SimTime{}));
  static_cast<void>(step(both.driver, PowerOn{}, SimTime{}));
  const auto trips = step(both.fleet, Tick{}, SimTime{});
  ASSERT_EQ(trips.size(), 2U);
  EXPECT_EQ(both.fleet.totals.done, 2U) << "the fleet itself sees nothing wrong";
  for (const auto& trip : trips)
    static_cast<void>(step(both.driver, std::get<fleet::Dispatch>(trip).trip, SimTime{}));
  EXPECT_THAT(both.broken(), ElementsAre("trips offered = 2, but done + shed = 1"));
}
TEST(ExactCount, ATripThatGotLostOnItsWayBreaksItToo) {
  TwoTrips both;
  static_cast<void>(step(both.fleet, PowerOn{}, SimTime{}));
  EXPECT_THAT(both.broken(), IsEmpty());
  static_cast<void>(step(both.fleet, Tick{}, SimTime{}));
  EXPECT_THAT(both.broken(), ElementsAre("trips offered = 2, but done + shed = 0"));
}

}  // namespace
}  // namespace chargemill::network
