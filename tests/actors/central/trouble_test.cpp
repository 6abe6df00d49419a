// Faults, breakers, operators, restarts: D-068 to D-087, D-154, D-155, D-194, flows B, D, F.
#include <gtest/gtest.h>

#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

const FaultReport kFault{kPoint, Reason::health_check_failed};

TEST(ShardTrouble, AFaultEndsTheSessionTellsAllAndCountsOnce) {  // D-068 to D-071, flow B, X-04
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.telemetry(session, kOneKwh);
  s.tell(FaultInjected{s.now, kPoint});
  s.said.clear();
  s.tell(kFault);
  EXPECT_EQ(s.last_update().reason, Reason::interrupted_by_fault);
  EXPECT_EQ(s.last_update().detail, Reason::health_check_failed);
  EXPECT_EQ(s.commands<StopCp>().size(), 1U);
  EXPECT_EQ(s.all<Detected>().size(), 1U);
  EXPECT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_EQ(display_state(s.record()), DisplayState::broken);
  EXPECT_EQ(s.record().breaker.failures(), 1U);
  s.tell(kFault);  // D-069
  EXPECT_EQ(s.monitors_told<FaultAck>(), 2U);
  EXPECT_EQ(s.totals().faults_notified, 1U);
  EXPECT_EQ(s.totals().faults_raised, 0U) << "the monitor has counted that itself";
  EXPECT_EQ(s.record().breaker.failures(), 1U);
  s.ask_charge(2, kBen);
  EXPECT_EQ(s.last_update().phase, Phase::fault);
}

TEST(ShardTrouble, AFaultAfterTheEndOfAnInjectionThatNobodyFoundIsNotThatOnes) {  // law 7
  Story s;
  s.bring_up();
  s.tell(FaultInjected{s.now, kPoint});
  s.pass(2s, true);
  s.tell(FaultInjected{kNever, kPoint});  // its end
  s.pass(30s, true);
  s.tell(kFault);
  EXPECT_EQ(s.totals().faults_notified, 1U);
  EXPECT_TRUE(s.all<Detected>().empty());
}

TEST(ShardTrouble, AfterRecoveryThePointAcceptsDriversAgain) {  // D-072, D-073, D-075, X-08
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.tell(kFault);
  s.said.clear();
  s.end(session, kOneKwh, SessionStatus::failed, Reason::central_stopped);
  s.status(Phase::stopped, Reason::central_stopped, session);
  EXPECT_EQ(s.commands<ResumeCp>().size(), 1U);
  EXPECT_EQ(s.all<Ticket>().size(), 1U);
  s.status(Phase::activated, Reason::central_resumed);
  EXPECT_EQ(display_state(s.record()), DisplayState::broken);
  s.tell(HealthyReport{kPoint});
  EXPECT_EQ(s.monitors_told<HealthyAck>(), 1U);
  EXPECT_EQ(s.record().breaker.failures(), 0U);
  s.ask_charge(2, kBen);
  EXPECT_EQ(s.last_update().status, UpdateStatus::accepted);
  EXPECT_EQ(s.totals().energy_booked_mj, kOneKwh.mj);
}

TEST(ShardTrouble, RecoveryDoesNotForceActivated) {  // D-072, X-14
  Story s;
  s.tell(Register{Price{1}, kPoint});
  s.tell(kFault);
  s.tell(HealthyReport{kPoint});
  EXPECT_FALSE(s.record().engine_known);
  EXPECT_EQ(display_state(s.record()), DisplayState::disconnected);
}

TEST(ShardTrouble, AReportOfAPointThatNeverRegisteredIsA404AndCreatesNothing) {  // D-074, D-043
  Story s;
  s.status(Phase::activated, Reason::engine_started);
  s.tell(kFault);
  s.tell(HealthyReport{kPoint});
  EXPECT_EQ(s.monitors_told<UnknownPoint>(), 2U);
  EXPECT_EQ(s.monitors_told<FaultAck>() + s.monitors_told<HealthyAck>(), 0U);
  EXPECT_EQ(s.totals().unknown, 2U);
  EXPECT_EQ(s.totals().faults_notified, 0U);
  EXPECT_FALSE(s.record().monitor_ok);
  EXPECT_FALSE(s.record().faulty);
  EXPECT_TRUE(s.commands<StopCp>().empty());
  s.tell(Register{Price{300'000}, kPoint});  // as the 404 tells it to
  s.tell(kFault);
  EXPECT_TRUE(s.record().faulty);
}

TEST(ShardTrouble, WhoNeverPlugsInIsNoFailureOfThePoint) {  // D-036, D-106, D-154
  Story s;
  s.bring_up();
  for (std::uint64_t r = 1; r <= 4; ++r) {
    s.ask_charge(r);
    s.status(Phase::activated, Reason::vehicle_awaited, s.record().session);
    s.pass(10s, true);
    EXPECT_EQ(s.last_update().reason, Reason::start_timeout) << "the driver is told all the same";
  }
  EXPECT_EQ(s.record().breaker.failures(), 0U);
  EXPECT_EQ(s.totals().breaker_opened, 0U);
  s.ask_charge(5);  // this time the engine says nothing at all
  s.pass(10s, true);
  EXPECT_EQ(s.record().breaker.failures(), 1U);
}

TEST(ShardTrouble, NoSupplyBeginsOnceItsMonitorIsLost) {  // D-045, D-106, G2
  Story s;
  s.bring_up();
  s.ask_charge(1);
  const SessionId session = s.record().session;
  s.status(Phase::activated, Reason::vehicle_awaited, session);
  s.said.clear();
  s.pass(6s);
  EXPECT_EQ(s.last_update().status, UpdateStatus::failed);
  EXPECT_EQ(s.last_update().reason, Reason::interrupted_by_state);
  EXPECT_EQ(s.last_update().phase, Phase::disconnected);
  EXPECT_EQ(s.commands<StopSupply>().size(), 1U) << "the point does not wait either";
  EXPECT_EQ(s.record().breaker.failures(), 0U);
  EXPECT_EQ(s.totals().sessions_failed, 1U);
  EXPECT_EQ(s.totals().sessions_active, 0U);
  s.tell(Heartbeat{kPoint});
  EXPECT_NE(s.start(2), SessionId::none);
  s.said.clear();
  s.pass(6s);
  EXPECT_TRUE(s.commands<StopSupply>().empty()) << "a supply goes on";
  EXPECT_EQ(s.totals().sessions_active, 1U);
}

TEST(ShardTrouble, ThePlaceOfAnOutsideMonitorThatLeftIsNoBetter) {  // D-045, D-106, G2
  Story s;
  s.bring_up();
  s.ask_charge(1);
  s.status(Phase::activated, Reason::vehicle_awaited, s.record().session);
  s.tell(Parted{kPoint, false, true});
  EXPECT_EQ(s.last_update().status, UpdateStatus::failed);
  EXPECT_EQ(s.commands<StopSupply>().size(), 1U);
  s.tell(Heartbeat{kPoint});
  s.ask_charge(2);
  const SessionId session = s.record().session;
  s.tell(Parted{kPoint, false, true});
  EXPECT_EQ(s.totals().sessions_active, 1U) << "it may be supplying by now";
  s.status(Phase::activated, Reason::vehicle_awaited, session);
  EXPECT_EQ(s.totals().sessions_active, 0U) << "it was waiting";
  EXPECT_EQ(s.commands<StopSupply>().size(), 2U);
}

TEST(ShardTrouble, TheBreakersStatisticsTellItsFailuresAndTheLastOfThem) {  // D-158
  Story s;
  s.bring_up();
  EXPECT_FALSE(breaker_statistics(s.record()).last_failure);
  s.now = SimTime{7s};
  s.tell(kFault);
  s.now = SimTime{9'120ms};
  s.tell(HealthyReport{kPoint});
  EXPECT_EQ(breaker_statistics(s.record()).failures, 0U);
  EXPECT_EQ(breaker_statistics(s.record()).last_failure, SimTime{7s}) << "it outlives a success";
  for (std::uint64_t r = 1; r <= 3; ++r) {
    s.ask_charge(r);
    s.refuse_start(s.record().session);
  }
  const auto shown = breaker_statistics(s.record());
  EXPECT_EQ(shown.mode, runtime::BreakerMode::open);
  EXPECT_EQ(shown.failures, 3U);
  EXPECT_EQ(shown.last_failure, SimTime{9'120ms});
  EXPECT_EQ(shown.opened_at, SimTime{9'120ms});
}

TEST(ShardTrouble, AStopOfASupplyThatWasLostOnTheWayGoesAgain) {  // D-079
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.order(OperatorAction::stop_supply);
  for (int i = 0; i < 8; ++i) {  // the link was cut for a moment
    s.telemetry(session, Energy{i});
    s.pass(1s, true);
  }
  EXPECT_GE(s.commands<StopSupply>().size(), 2U);
  EXPECT_LE(s.commands<StopSupply>().size(), 4U) << "and not all the time";
}

TEST(ShardTrouble, AFailedSessionAndItsFaultAreOneIncident) {  // D-155
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.end(session, kOneKwh, SessionStatus::failed, Reason::ko_key);
  EXPECT_EQ(s.last_update().phase, Phase::fault);
  s.status(Phase::fault, Reason::ko_key, session);
  s.tell(kFault);
  EXPECT_EQ(s.record().breaker.failures(), 1U);
}

TEST(ShardTrouble, AnOpenBreakerDeniesRestsAndAdmitsExactlyTwoProbes) {  // D-049, D-151, X-11
  Story s;
  s.bring_up();
  for (std::uint64_t r = 1; r <= 3; ++r) {
    s.ask_charge(r);
    s.refuse_start(s.record().session);
  }
  EXPECT_EQ(s.totals().breaker_opened, 1U);
  s.ask_charge(4);
  EXPECT_EQ(s.last_update().reason, Reason::circuit_open);
  s.said.clear();
  s.pass(30s, true);
  ASSERT_FALSE(s.all<FreeCount>().empty());  // its time has made it available
  EXPECT_EQ(s.all<FreeCount>().back().free, 1U);
  for (std::uint64_t r = 5; r <= 6; ++r) {
    const SessionId session = s.start(r);
    // What it would say to more of them: an occupied point is not asked for another session.
    auto breaker = s.record().breaker;
    const auto& limits = s.shard.settings.breaker;
    for (std::uint64_t more = r + 1; more <= 6; ++more)
      EXPECT_TRUE(breaker.try_acquire(limits, s.now).has_value()) << "the second";
    EXPECT_FALSE(breaker.try_acquire(limits, s.now).has_value()) << "a third";
    EXPECT_EQ(s.totals().breaker_closed, 0U);
    s.end(session, kOneKwh);
    s.status(Phase::activated, Reason::energy_target_reached, session);
  }
  EXPECT_EQ(s.totals().breaker_half_opened, 1U);
  EXPECT_EQ(s.totals().breaker_closed, 1U);
}

TEST(ShardTrouble, AnOperatorsStopGivesTheProbeBack) {  // D-154, D-076
  Story s;
  s.bring_up();
  for (std::uint64_t r = 1; r <= 3; ++r) {
    s.ask_charge(r);
    s.refuse_start(s.record().session);
  }
  s.pass(30s, true);
  for (std::uint64_t r = 4; r <= 8; ++r) {
    const SessionId session = s.start(r);
    ASSERT_NE(session, SessionId::none) << r;
    s.order(OperatorAction::stop);
    s.end(session, kOneKwh, SessionStatus::failed, Reason::central_stopped);
    EXPECT_EQ(s.last_update().phase, Phase::stopped);
    s.status(Phase::stopped, Reason::central_stopped, session);
    EXPECT_EQ(display_state(s.record()), DisplayState::stopped);
    s.order(OperatorAction::resume);  // D-077
    s.status(Phase::activated, Reason::central_resumed);
  }
  EXPECT_EQ(s.totals().breaker_opened, 1U);
  s.order(OperatorAction::reset_breaker);  // D-157
  EXPECT_EQ(s.totals().breaker_closed, 1U);
}

TEST(ShardTrouble, AStoppedPointThatComesBackIsStoppedAgain) {  // D-078
  Story s;
  s.bring_up();
  s.order(OperatorAction::stop);
  s.tell(CentralDown{});
  s.tell(CentralUp{});
  s.said.clear();
  s.status(Phase::activated, Reason::engine_started);
  EXPECT_EQ(s.commands<StopCp>().size(), 1U);
  s.order(OperatorAction::stop_supply);
  s.order(OperatorAction::shutdown);
  EXPECT_EQ(s.commands<StopSupply>().size(), 1U);  // D-079
  EXPECT_EQ(s.commands<Shutdown>().size(), 1U);    // D-080
}

TEST(ShardTrouble, ASupplyOutlivesARestartOfCentral) {  // D-084 to D-087, flow D, X-12, X-13
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.tell(CentralDown{});
  s.telemetry(session, kOneKwh);
  EXPECT_EQ(s.totals().dropped, 1U);
  EXPECT_EQ(due(s.shard), kNever);
  s.now += 60s;
  s.tell(CentralUp{});
  EXPECT_EQ(display_state(s.record()), DisplayState::disconnected);
  s.tell(Heartbeat{kPoint});
  s.status(Phase::supplying, Reason::state_report, session);
  EXPECT_EQ(display_state(s.record()), DisplayState::supplying);
  s.ask_charge(2, kBen);
  EXPECT_EQ(s.last_update().status, UpdateStatus::denied);
  s.end(session, kOneKwh);
  EXPECT_EQ(s.last_update().status, UpdateStatus::completed);
  EXPECT_EQ(s.totals().sessions_active, 0U);
}

TEST(ShardTrouble, AfterARestartAnotherStateFailsTheSessionAndBlamesNobody) {  // D-086
  Story s;
  s.bring_up();
  static_cast<void>(s.start());
  s.tell(CentralDown{});
  s.tell(CentralUp{});
  s.status(Phase::activated, Reason::state_report);
  EXPECT_EQ(s.last_update().status, UpdateStatus::failed);
  EXPECT_EQ(s.record().breaker.failures(), 0U);
}

TEST(ShardTrouble, AfterARestartAnEndThatWasAnInterruptionBlamesNobody) {  // D-086
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.tell(CentralDown{});
  s.tell(CentralUp{});
  s.end(session, kOneKwh, SessionStatus::failed, Reason::engine_crashed);
  EXPECT_EQ(s.last_update().status, UpdateStatus::failed);
  EXPECT_EQ(s.record().breaker.failures(), 0U);
}

TEST(ShardTrouble, WhatWasAskedWhileCentralWasDownIsNotAnsweredLater) {  // D-008
  Story s;
  s.bring_up();
  s.tell(CentralDown{});
  s.ask_charge(1);
  s.order(OperatorAction::stop);
  s.tell(CentralUp{});
  s.tell(Heartbeat{kPoint});
  s.status(Phase::activated, Reason::state_report);
  s.pass(30s, true);
  EXPECT_TRUE(s.all<DriverUpdate>().empty());
  EXPECT_TRUE(s.commands<StopCp>().empty());
  EXPECT_EQ(s.totals().dropped, 2U) << "and counted";
  s.ask_charge(2);
  EXPECT_EQ(s.last_update().status, UpdateStatus::accepted);
}

TEST(ShardTrouble, AfterARestartSilenceEndsTheSession) {  // D-086, D-067
  Story s;
  s.bring_up();
  static_cast<void>(s.start());
  s.tell(CentralDown{});
  s.now += 60s;
  s.tell(CentralUp{});
  s.pass(10s);
  EXPECT_EQ(s.last_update().reason, Reason::no_telemetry);
}

TEST(ShardTrouble, DisplayFollowsTheTruthTable) {  // D-194
  const auto shown = [](bool monitor, bool faulty, bool known, bool stopped, Phase phase) {
    PointRecord p;
    p.monitor_ok = monitor;
    p.faulty = faulty;
    p.engine_known = known;
    p.operator_stopped = stopped;
    p.phase = phase;
    return display_state(p);
  };
  EXPECT_EQ(shown(false, true, true, true, Phase::supplying), DisplayState::disconnected);
  EXPECT_EQ(shown(true, true, false, true, Phase::activated), DisplayState::broken);
  EXPECT_EQ(shown(true, false, true, true, Phase::fault), DisplayState::broken);
  EXPECT_EQ(shown(true, false, true, false, Phase::disconnected), DisplayState::broken);
  EXPECT_EQ(shown(true, false, false, true, Phase::disconnected), DisplayState::disconnected);
  EXPECT_EQ(shown(true, false, true, true, Phase::supplying), DisplayState::stopped);
  EXPECT_EQ(shown(true, false, true, false, Phase::stopped), DisplayState::stopped);
  EXPECT_EQ(shown(true, false, true, false, Phase::supplying), DisplayState::supplying);
  EXPECT_EQ(shown(true, false, true, false, Phase::activated), DisplayState::activated);
}

TEST(ShardTrouble, ALateStartSessionIsClosedByStartTimeoutWhileTheEngineIsDown) {  // flow F
  Story s;
  s.bring_up();
  s.ask_charge(1);
  s.status(Phase::activated, Reason::engine_started);  // a start it never got
  EXPECT_EQ(s.totals().sessions_active, 1U);
  s.pass(10s, true);
  EXPECT_EQ(s.last_update().reason, Reason::start_timeout);
}

TEST(Cancels, OfWhatIsOverAreAnsweredWithHowItEnded) {  // D-054, D-125
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.end(session, kOneKwh);
  s.status(Phase::activated, Reason::energy_target_reached, session);
  s.said.clear();
  s.tell(CancelRequest{RequestId{1}, kAna, kPoint});
  ASSERT_EQ(s.all<DriverUpdate>().size(), 1U);
  EXPECT_EQ(s.last_update().request, RequestId{1});
  EXPECT_EQ(s.last_update().status, UpdateStatus::completed);
  s.said.clear();
  s.tell(CancelRequest{RequestId{1}, kBen, kPoint});
  EXPECT_TRUE(s.all<DriverUpdate>().empty()) << "another's request is nobody's business";
}

TEST(Cancels, OfWhatNeverCameKeepItOutShouldItStillCome) {  // D-061, D-125
  Story s;
  s.bring_up();
  s.tell(CancelRequest{RequestId{1}, kAna, kPoint});
  ASSERT_EQ(s.all<DriverUpdate>().size(), 1U) << "whoever repeats it until it is answered is done";
  EXPECT_EQ(s.last_update().status, UpdateStatus::denied);
  EXPECT_EQ(s.last_update().reason, Reason::driver_cancelled);
  s.ask_charge(1);
  EXPECT_EQ(s.last_update().status, UpdateStatus::denied);
  EXPECT_EQ(s.totals().sessions_started, 0U);
  s.ask_charge(2);
  EXPECT_EQ(s.totals().sessions_started, 1U);
}

}  // namespace
}  // namespace chargemill::central
