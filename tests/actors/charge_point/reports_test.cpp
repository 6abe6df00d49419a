// What a charge point reports, and of what it hears nothing.
#include <gtest/gtest.h>

#include <string>

#include "actors/texts.hpp"
#include "tests/actors/charge_point/story.hpp"

namespace chargemill::charge_point {
namespace {

TEST(Reports, EachTransitionIsReportedOnceWithItsReason) {  // D-090, D-093, D-098
  Story story;
  const struct {
    Event event;
    Phase phase;
    const char* reason;
  } steps[] = {
      {PowerOn{}, Phase::activated, "Engine started"},
      {story.order(1), Phase::supplying, "Starting supply for driver driver-alice"},
      {StopSupply{Reason::none}, Phase::activated, "Central requested stop"},
      {StopCp{Reason::none}, Phase::stopped, "Central stopped CP"},
      {ResumeCp{}, Phase::activated, "Central resumed CP"},
      {KoKey{}, Phase::fault, "KO key"},
      {OkKey{}, Phase::activated, "Fault cleared"},
      {MeterFails{}, Phase::activated, nullptr},  // found by the telemetry loop only (D-104)
      {story.order(2), Phase::fault, nullptr},
      {MeterWorks{}, Phase::activated, "Fault cleared"},
      {Shutdown{}, Phase::disconnected, "Engine shutting down"},
  };
  for (const auto& [event, phase, reason] : steps) {
    story.forget();
    story.tell(event);
    EXPECT_EQ(story.point.phase, phase);
    if (reason == nullptr) continue;
    SCOPED_TRACE(reason);
    const auto statuses = story.all<Status>();
    ASSERT_EQ(statuses.size(), 1U);
    EXPECT_EQ(statuses[0].phase, phase);
    EXPECT_EQ(status_text(statuses[0], "driver-alice"), reason);
  }
}

TEST(Reports, ARefusedCommandIsNoTransition) {  // D-034, D-094
  Story story;
  story.tell(PowerOn{});
  story.tell(StopCp{Reason::none});
  story.forget();
  story.tell(story.order(1));
  story.tell(StopSupply{Reason::none});
  story.tell(StopCp{Reason::none});
  ASSERT_EQ(story.all<Status>().size(), 3U);
  for (const Status& status : story.all<Status>()) {
    EXPECT_EQ(status.reason, Reason::refused);
    EXPECT_EQ(status.phase, Phase::stopped);
    EXPECT_NE(status_text(status).find(": Invalid transition: STOPPED + "), std::string::npos);
  }
  EXPECT_EQ(story.point.phase, Phase::stopped);
}

TEST(Reports, AFaultIsNotDetectedByAnEngineThatIsOff) {  // D-038
  Story story;
  story.tell(KoKey{});
  story.tell(MeterFails{});
  EXPECT_TRUE(story.said.empty());
  EXPECT_EQ(story.point.phase, Phase::disconnected);
}

TEST(Reports, WhatWasSentBeforeItsStartIsNotHeardAfterIt) {  // D-008, D-095
  Story story;
  story.tell(StopCp{Reason::none});
  story.tell(story.order(1));
  story.tell(StartHere{Energy{5}, DriverId{3}});
  story.now += 1s;
  story.tell(PowerOn{});
  story.pass(30s);
  ASSERT_EQ(story.all<Status>().size(), 1U);
  EXPECT_EQ(story.all<Status>()[0].reason, Reason::engine_started);
  EXPECT_TRUE(story.all<LocalStart>().empty());
  EXPECT_EQ(story.point.phase, Phase::activated);
}

}  // namespace
}  // namespace chargemill::charge_point
