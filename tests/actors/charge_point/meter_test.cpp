// What a meter says of a session, while it lasts and at its end.
#include <gtest/gtest.h>

#include "tests/actors/charge_point/story.hpp"

namespace chargemill::charge_point {
namespace {

TEST(Meter, RoundsItsEnergyHalfToEvenAtTheEndAndTellsNoMoreOnTheWay) {  // D-108, D-111
  Settings settings;
  settings.telemetry_interval = 1s + Nanos{70};  // 7,200,000.504 mJ
  Story story(Power{7'200}, Price{280'000}, settings);
  story.tell(PowerOn{});
  story.start(1);
  story.pass(settings.telemetry_interval);
  EXPECT_EQ(story.all<Telemetry>().back().delivered.mj, 7'200'000);
  const Energy before = story.point.meter.total(story.now);
  story.tell(StopSupply{Reason::none});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  const SessionEnd end = story.all<SessionEnd>()[0];
  EXPECT_EQ(end.delivered.mj, 7'200'001);
  EXPECT_EQ(end.cost, cost_of(end.delivered, Price{280'000}));
  EXPECT_EQ(story.point.meter.total(story.now), end.delivered);
  EXPECT_LE(before, end.delivered) << "a meter never runs backwards";
}

}  // namespace
}  // namespace chargemill::charge_point
