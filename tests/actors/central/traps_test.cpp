// Traps of the reference that central must not fall into again (section 19).
#include <gtest/gtest.h>

#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

TEST(ShardTraps, X14NeitherRegistrationNorHeartbeatNorRecoveryForcesActivated) {  // D-041, D-043
  Story s;
  s.bring_up();
  s.order(OperatorAction::stop);
  s.status(Phase::stopped, Reason::central_stopped);
  s.tell(Register{Price{400'000}, kPoint});
  s.tell(Heartbeat{kPoint});
  s.tell(FaultReport{kPoint, Reason::health_check_failed});
  s.tell(HealthyReport{kPoint});
  EXPECT_EQ(s.record().phase, Phase::stopped);
  EXPECT_EQ(display_state(s.record()), DisplayState::stopped);
  s.ask_charge(1);
  EXPECT_EQ(s.last_update().status, UpdateStatus::denied);
  EXPECT_EQ(s.last_update().phase, Phase::stopped);
}
TEST(ShardTraps, X14AStoppedEngineIsNotOffered) {  // D-048: nobody has told it to stop
  Story s;
  s.bring_up();
  s.status(Phase::stopped, Reason::state_report);
  EXPECT_TRUE(s.shard.zones[0].free.empty());
  s.tell(ZoneRequest{RequestId{1}, {}, {}, kAna, ZoneId{1}, 0});
  EXPECT_EQ(s.all<ZoneMiss>().size(), 1U);
  s.ask_charge(2);
  EXPECT_EQ(s.last_update().phase, Phase::stopped);
  EXPECT_EQ(s.totals().sessions_started, 0U);
}
TEST(ShardTraps, X14ARegistrationInASessionDoesNotTouchIt) {  // D-041
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.telemetry(session, kOneKwh);
  s.tell(Register{Price{300'000}, kPoint});
  EXPECT_EQ(s.record().phase, Phase::supplying);
  EXPECT_EQ(s.record().session, session);
  EXPECT_EQ(s.record().delivered, kOneKwh);
}

TEST(ShardTraps, X16ASessionWithoutTelemetryIsClosedAndBilledNothing) {  // D-060
  Story s;
  s.bring_up();
  const SessionId first = s.start(1);
  s.telemetry(first, kOneKwh);
  s.end(first, kOneKwh);
  s.status(Phase::activated, Reason::energy_target_reached, first);
  const auto revenue = s.totals().revenue_microeur;
  s.said.clear();
  const SessionId second = s.start(2, kBen);
  s.status(Phase::activated, Reason::state_report, second);
  ASSERT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_EQ(s.all<Ticket>()[0].session, second);
  EXPECT_EQ(s.all<Ticket>()[0].delivered, Energy{});
  EXPECT_EQ(s.all<Ticket>()[0].cost, Money{});
  EXPECT_EQ(s.totals().revenue_microeur, revenue);
  EXPECT_EQ(s.totals().sessions_active, 0U);
}
TEST(ShardTraps, X16LateTelemetryOfTheLastSessionIsNotBilledToTheNext) {  // D-060, D-065
  Story s;
  s.bring_up();
  const SessionId first = s.start(1);
  s.telemetry(first, Energy{1'000});
  s.status(Phase::activated, Reason::state_report, first);  // closed without its end
  const SessionId second = s.start(2, kBen);
  s.said.clear();
  s.telemetry(first, kOneKwh);  // overtaken
  EXPECT_TRUE(s.all<DriverUpdate>().empty()) << "no in_progress for anybody";
  EXPECT_EQ(s.record().delivered, Energy{});
  s.status(Phase::activated, Reason::state_report, second);
  ASSERT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_EQ(s.all<Ticket>()[0].driver, kBen);
  EXPECT_EQ(s.all<Ticket>()[0].delivered, Energy{});
}
TEST(ShardTraps, X01AnyStatusInASessionClosesItAndFreesThePoint) {  // D-058, D-059, D-062
  for (const Phase phase : {Phase::activated, Phase::stopped, Phase::fault, Phase::disconnected}) {
    Story s;
    s.bring_up();
    const SessionId session = s.start();
    s.said.clear();
    s.status(phase, Reason::state_report, session);
    EXPECT_EQ(s.records<archive::Health>().size(), 1U) << "one a status (D-168)";
    EXPECT_EQ(s.totals().sessions_active, 0U);
    EXPECT_EQ(s.last_update().status,
              phase == Phase::activated ? UpdateStatus::completed : UpdateStatus::failed);
    s.status(Phase::activated, Reason::state_report);
    s.ask_charge(2, kBen);
    EXPECT_EQ(s.last_update().status, UpdateStatus::accepted) << "not busy for ever";
  }
}
TEST(ShardTraps, X15StopResumeAndShutdownReachEachOrAllEngines) {  // D-076, D-077, D-080
  Story s(3);
  for (std::uint32_t p = 10; p < 13; ++p) s.bring_up(PointId{p});
  s.tell(OperatorOrder{PointId{}, OperatorAction::stop, true});
  EXPECT_EQ(s.commands<StopCp>().size(), 3U);
  s.tell(OperatorOrder{PointId{}, OperatorAction::resume, true});
  EXPECT_EQ(s.commands<ResumeCp>().size(), 3U);
  s.tell(OperatorOrder{PointId{11}, OperatorAction::shutdown, false});
  ASSERT_EQ(s.commands<Shutdown>().size(), 1U);
  EXPECT_EQ(s.all<ToPoint>().back().point, PointId{11});
}

TEST(ShardTraps, ALocalStartThatIsNotLetInIsAnswered) {  // D-106, X-18
  Story s;
  s.bring_up();
  static_cast<void>(s.start());
  s.tell(LocalStart{kOneKwh, kPoint, kBen});
  ASSERT_EQ(s.commands<StartDeclined>().size(), 1U);
  EXPECT_EQ(s.commands<StartDeclined>()[0].phase, Phase::supplying);
  EXPECT_EQ(s.totals().sessions_started, 1U);
}
TEST(ShardTraps, ALocalStartWithoutItsMonitorIsDeclined) {  // D-106, G2
  Story s;
  s.bring_up();
  s.pass(6s);
  s.tell(LocalStart{kOneKwh, kPoint, kBen});
  ASSERT_EQ(s.commands<StartDeclined>().size(), 1U);
  EXPECT_EQ(s.commands<StartDeclined>()[0].reason, Reason::not_available);
  EXPECT_EQ(s.commands<StartDeclined>()[0].phase, Phase::disconnected);
  EXPECT_TRUE(s.commands<StartSupply>().empty());
}

}  // namespace
}  // namespace chargemill::central
