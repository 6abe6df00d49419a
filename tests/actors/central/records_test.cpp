// What a shard has its journal keep of faults and of energy.
#include <gtest/gtest.h>

#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

const FaultReport kFault{kPoint, Reason::health_check_failed};

TEST(ShardRecords, EachFaultAndEachRecoveryIsOneEvent) {  // D-068, D-072, D-167
  Story s;
  s.bring_up();
  s.now = SimTime{7s};
  for (int i = 0; i < 3; ++i) s.tell(kFault);  // the monitor repeats it until it is confirmed
  s.now = SimTime{9s};
  for (int i = 0; i < 3; ++i) s.tell(HealthyReport{kPoint});
  const auto events = s.records<archive::Fault>();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].type, archive::EventType::fault);
  EXPECT_EQ(events[0].reason, Reason::health_check_failed);
  EXPECT_EQ(events[0].at, SimTime{7s});
  EXPECT_EQ(events[1].type, archive::EventType::recovery);
  EXPECT_EQ(events[1].reason, Reason::health_check_restored);
  EXPECT_EQ(events[1].at, SimTime{9s});
  for (const auto& event : events) EXPECT_EQ(event.point, kPoint);
}

TEST(ShardRecords, WhatIsToldLateHasTheTimeAtWhichItWasFound) {  // D-117, D-118, D-182
  Story s;
  s.bring_up();
  s.now = SimTime{60s};
  s.tell(FaultReport{kPoint, Reason::health_check_failed, false, SimTime{20s}});
  s.tell(HealthyReport{kPoint, SimTime{45s}});
  const auto events = s.records<archive::Fault>();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at, SimTime{20s});
  EXPECT_EQ(events[1].at, SimTime{45s});
  s.tell(FaultReport{kPoint, Reason::health_check_failed, false, SimTime{90s}});
  EXPECT_EQ(s.records<archive::Fault>().back().at, SimTime{60s}) << "of the future nobody knows";
}

TEST(ShardRecords, TheEnergyOfASessionIsKeptWhileItIsActiveAndNotAfterwards) {  // D-064, D-170
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.said.clear();
  s.telemetry(session, kOneKwh);
  auto kept = s.records<archive::Checkpoint>();
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].session, session);
  EXPECT_EQ(kept[0].delivered, kOneKwh);
  EXPECT_EQ(kept[0].cost, Money{300'000}) << "both are set";
  s.end(session, Energy{2 * kOneKwh.mj});
  s.said.clear();
  s.now += 60s;
  s.telemetry(session, Energy{3 * kOneKwh.mj});            // not active any more
  s.telemetry(SessionId{12'345}, Energy{3 * kOneKwh.mj});  // known to nobody
  EXPECT_TRUE(s.records<archive::Checkpoint>().empty()) << "nothing is written";
}

}  // namespace
}  // namespace chargemill::central
