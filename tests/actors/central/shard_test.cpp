// Admission, sessions, tickets: D-041 to D-067, D-082, D-083, flows C, E, G.
#include "actors/central/shard.hpp"

#include <gtest/gtest.h>

#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

TEST(Shard, EveryPointIsDisconnectedUntilMonitorAndEngineAreHeard) {  // D-085, D-041
  Story s;
  EXPECT_EQ(display_state(s.record()), DisplayState::disconnected);
  s.tell(Register{Price{300'000}, kPoint});
  EXPECT_EQ(s.monitors_told<RegisterAck>(), 1U);
  EXPECT_EQ(display_state(s.record()), DisplayState::disconnected);
  s.status(Phase::activated, Reason::engine_started);
  EXPECT_EQ(display_state(s.record()), DisplayState::activated);
  EXPECT_EQ(s.commands<ReportAck>().size(), 1U);
}

TEST(Shard, KnowsOfANewPointNothingButWhatTheScenarioSays) {  // D-040, D-149
  Story s;
  const PointRecord& p = s.record();
  EXPECT_EQ(p.id, kPoint);
  EXPECT_EQ(p.phase, Phase::disconnected);
  EXPECT_FALSE(p.engine_known);
  EXPECT_FALSE(p.monitor_ok) << "DOWN";
  EXPECT_EQ(p.stage, Stage::none) << "no driver, no session, no request";
  EXPECT_FALSE(p.faulty);
  EXPECT_FALSE(p.operator_stopped);
  EXPECT_EQ(p.price.microeur_per_kwh, 300'000U);
  EXPECT_EQ(p.breaker.mode(), runtime::BreakerMode::closed);
  EXPECT_EQ(p.breaker.failures(), 0U);
  const runtime::BreakerLimits limits = ShardSettings{}.breaker;
  EXPECT_EQ(limits.failures_max, 3U);
  EXPECT_EQ(limits.cooldown, 30s);
  EXPECT_EQ(limits.probes, 2U);
}

// A central that follows another one knows of no free point before it is told.
TEST(Shard, TellsANewCentralWhatIsFree) {
  Story s{2};
  s.bring_up();
  s.said.clear();
  s.tell(TellFree{});
  ASSERT_EQ(s.said.size(), 1U);
  const auto* free = std::get_if<FreeCount>(&s.said.front());
  ASSERT_NE(free, nullptr);
  EXPECT_EQ(free->zone, ZoneId{1});
  EXPECT_EQ(free->free, 1U);
}

TEST(Shard, AHeartbeatOfAnUnregisteredPointIsAnswered404AndCreatesNothing) {  // D-043
  Story s;
  s.tell(Heartbeat{kPoint});
  s.tell(Heartbeat{PointId{99}});
  EXPECT_EQ(s.monitors_told<UnknownPoint>(), 2U);
  EXPECT_FALSE(s.record().monitor_ok);
}

TEST(Shard, ASilentMonitorIsNoticedWithinASecondAndTheSupplyGoesOn) {  // D-044, D-045, flow C
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  for (int i = 0; i < 5; ++i) {
    s.pass(1s);
    s.telemetry(session, Energy{i});
  }
  EXPECT_TRUE(s.record().monitor_ok);
  s.pass(1s);
  EXPECT_EQ(display_state(s.record()), DisplayState::disconnected);
  EXPECT_EQ(s.record().session, session);
  s.ask_charge(2, kBen);
  EXPECT_EQ(s.last_update().phase, Phase::disconnected);
  s.tell(Heartbeat{kPoint});
  EXPECT_EQ(display_state(s.record()), DisplayState::supplying);  // D-046
  s.end(session, kOneKwh);
  EXPECT_EQ(s.last_update().status, UpdateStatus::completed);
}

TEST(Shard, AnAcceptedRequestIsToldBeforeTheEngineIs) {  // D-053
  Story s;
  s.bring_up();
  s.ask_charge(1);
  ASSERT_GE(s.said.size(), 3U);
  EXPECT_TRUE(s.is_record<archive::SessionStart>(s.said[0]));
  const auto* update = std::get_if<DriverUpdate>(&s.said[1]);
  ASSERT_NE(update, nullptr);
  EXPECT_EQ(update->status, UpdateStatus::accepted);
  EXPECT_TRUE(std::holds_alternative<ToPoint>(s.said[2]));
  EXPECT_EQ(shard_of(s.record().session), ShardId{3});
}

TEST(Shard, OfSimultaneousRequestsExactlyOneWins) {  // D-050
  Story s;
  s.bring_up();
  for (std::uint64_t r = 1; r <= 5; ++r) s.ask_charge(r, DriverId{static_cast<std::uint32_t>(r)});
  EXPECT_EQ(s.totals().requests_accepted, 1U);
  EXPECT_EQ(s.totals().requests_denied, 4U);
  EXPECT_EQ(s.last_update().reason, Reason::reserved);  // D-052
}

TEST(Shard, ARepeatedRequestIsAnsweredWithItsPresentStatus) {  // D-054
  Story s;
  s.bring_up();
  const SessionId session = s.start(7);
  s.ask_charge(7);
  EXPECT_EQ(s.last_update().status, UpdateStatus::in_progress);
  s.end(session, kOneKwh);
  s.status(Phase::activated, Reason::energy_target_reached, session);
  s.ask_charge(7);
  EXPECT_EQ(s.last_update().status, UpdateStatus::completed);
  EXPECT_EQ(s.totals().sessions_started, 1U);
}

TEST(Shard, ADeniedRequestStaysDeniedForTheReasonThatItHadThen) {  // D-054, D-129
  Story s;
  s.bring_up();
  const SessionId session = s.start(7);
  s.ask_charge(8, kBen);
  ASSERT_EQ(s.last_update().status, UpdateStatus::denied);
  const DriverUpdate first = s.last_update();
  s.end(session, kOneKwh);
  s.status(Phase::activated, Reason::energy_target_reached, session);
  s.ask_charge(8, kBen);  // the point is free by now, but this request is decided
  EXPECT_EQ(s.last_update().status, UpdateStatus::denied);
  EXPECT_EQ(s.last_update().reason, first.reason);
  EXPECT_EQ(s.last_update().phase, first.phase);
  s.said.clear();
  s.tell(AskRequest{RequestId{8}, kBen, kPoint});
  EXPECT_EQ(s.last_update().status, UpdateStatus::denied) << "its driver missed the answer";
  EXPECT_EQ(s.last_update().reason, first.reason);
  EXPECT_EQ(s.totals().sessions_started, 1U);
  EXPECT_EQ(s.totals().requests_denied, 1U) << "denied once, said three times";
  s.tell(CentralDown{});
  s.tell(CentralUp{});
  s.said.clear();
  s.tell(AskRequest{RequestId{8}, kBen, kPoint});
  EXPECT_EQ(s.last_update().reason, Reason::central_restarted);
}

TEST(Shard, AnUnknownPointIsNotFound) {  // D-051, flow G
  Story s;
  s.ask_charge(1, kAna, PointId{99});
  EXPECT_EQ(s.last_update().status, UpdateStatus::denied);
  EXPECT_EQ(s.last_update().reason, Reason::point_not_found);
}

TEST(Shard, AStartThatIsNeitherBegunNorRefusedTimesOut) {  // D-055
  Story s;
  s.bring_up();
  s.ask_charge(1);
  s.pass(9'999ms, true);
  EXPECT_EQ(s.totals().sessions_active, 1U);
  s.pass(1ms, true);
  EXPECT_EQ(s.last_update().reason, Reason::start_timeout);
  EXPECT_EQ(s.commands<StopSupply>().size(), 1U);
  EXPECT_EQ(s.record().breaker.failures(), 1U);
}

TEST(Shard, ARefusedStartFailsAtOnce) {  // D-063
  Story s;
  s.bring_up();
  s.ask_charge(1);
  s.refuse_start(s.record().session);
  EXPECT_EQ(s.last_update().reason, Reason::refused_by_point);
  EXPECT_EQ(s.last_update().refusal, Refusal::starts_refused);  // D-063
  EXPECT_EQ(s.totals().sessions_failed, 1U);
  EXPECT_EQ(s.record().breaker.failures(), 1U);
}

TEST(Shard, TelemetryOfTheCurrentSessionReachesItsDriver) {  // D-064, flow A, X-02
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.telemetry(session, Energy{22'000'000});
  const DriverUpdate update = s.last_update();
  EXPECT_EQ(update.status, UpdateStatus::in_progress);
  EXPECT_EQ(update.power, Power{22'000});
  EXPECT_EQ(update.delivered, Energy{22'000'000});
  EXPECT_EQ(update.cost, Money{1'833});
}

TEST(Shard, FindsTheRequestOfATelemetryAtItsPointAndSearchesNoOther) {  // D-066
  Story s(9);
  for (std::uint32_t i = 0; i < 9; ++i) s.bring_up(PointId{index_of(kPoint) + i});
  const PointId in_the_middle{index_of(kPoint) + 4};
  s.ask_charge(1, kAna, in_the_middle);
  const SessionId session = s.record(4).session;
  // To whoever looked for the session among requests, the others would be it as well.
  for (std::uint32_t i = 0; i < 9; ++i) {
    if (i == 4) continue;
    PointRecord& other = s.shard.points[i];
    other.session = session;
    other.request = RequestId{100 + i};
    other.driver = kBen;
    other.stage = Stage::supplying;
  }
  s.said.clear();
  s.tell(Telemetry{session, s.now, Power{22'000}, kOneKwh, Money{}, in_the_middle, kAna, 2, true});
  ASSERT_EQ(s.all<DriverUpdate>().size(), 1U);
  EXPECT_EQ(s.last_update().request, RequestId{1});
  EXPECT_EQ(s.last_update().driver, kAna);
}

TEST(Shard,
     AnEndGivesTheTerminalUpdateThenTheTicketThenClearsThePoint) {  // D-059 to D-062, D-082, X-17
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.said.clear();
  s.end(session, Energy{242'000'000});
  ASSERT_EQ(s.all<DriverUpdate>().size(), 1U);
  ASSERT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_EQ(s.all<Ticket>()[0].cost, Money{20'167});
  EXPECT_EQ(s.record().session, SessionId::none);
  EXPECT_EQ(s.record().stage, Stage::none);  // so its energy and power are shown no more
  s.ask_charge(2, kBen);                     // until its status says so it still supplies
  EXPECT_EQ(s.last_update().phase, Phase::supplying);
  s.status(Phase::activated, Reason::energy_target_reached, session);
  s.ask_charge(3, kBen);
  EXPECT_EQ(s.last_update().status, UpdateStatus::accepted);
}

TEST(Shard, AStatusWithoutAnEndClosesWithTheLastTelemetry) {  // D-059, D-060
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.telemetry(session, kOneKwh);
  s.status(Phase::activated, Reason::state_report);
  EXPECT_EQ(s.last_update().status, UpdateStatus::completed);
  EXPECT_EQ(s.totals().revenue_microeur, 300'000);
  s.end(session, Energy{2 * kOneKwh.mj});  // corrects it
  EXPECT_EQ(s.totals().revenue_microeur, 600'000);
}

TEST(Shard, BillsWhatTheEngineReportsNotThePriceOfTheRegistration) {  // D-218, D-060, D-064
  Story s;
  s.bring_up();  // registered for 0.30 EUR/kWh
  const SessionId session = s.start();
  EXPECT_EQ(s.record().cost, Money{}) << "nothing is told yet";
  s.telemetry(session, kOneKwh, Money{450'000});
  EXPECT_EQ(s.last_update().cost, Money{450'000}) << "live";
  EXPECT_EQ(s.record().cost, Money{450'000}) << "on the panel";
  s.tell(Register{Price{900'000}, kPoint});
  EXPECT_EQ(s.record().cost, Money{450'000}) << "for the panel only";
  s.said.clear();
  s.status(Phase::activated, Reason::state_report);  // no end comes
  EXPECT_EQ(s.last_update().cost, Money{450'000});
  ASSERT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_EQ(s.all<Ticket>()[0].cost, Money{450'000});
  EXPECT_EQ(s.totals().revenue_microeur, 450'000);
  const SessionId next = s.start(2);
  EXPECT_EQ(s.record().cost, Money{}) << "of the current session only (D-062)";
  s.telemetry(next, kOneKwh, Money{-20'000});
  s.end(next, kOneKwh);
  EXPECT_EQ(s.totals().revenue_microeur, 750'000) << "the end says what is billed";
}

TEST(Shard, KeepsTheLargestPowerAndPriceThatAnybodyMayHave) {
  Story s;
  s.bring_up();
  s.tell(Register{Price{1'000'000'000}, kPoint});  // 1,000 EUR/kWh
  EXPECT_EQ(static_cast<Price>(s.record().price).microeur_per_kwh, 1'000'000'000);
  const SessionId session = s.start();
  s.tell(Telemetry{session, s.now, Power{10'000'000}, kOneKwh, Money{}, kPoint, kAna, 2, true});
  EXPECT_EQ(s.last_update().power, Power{10'000'000});
  EXPECT_EQ(SmallPower{Power{-1}}.w, 0U);
  EXPECT_EQ(SmallPrice{Price{std::int64_t{1} << 40}}.microeur_per_kwh, 0xFFFFFFFFU);
}

TEST(Shard, ASilentSessionFailsAndItsLateEndCorrectsItOnce) {  // D-067, D-075, D-007
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.telemetry(session, Energy{1'000});
  s.pass(10s, true);
  EXPECT_EQ(s.last_update().reason, Reason::no_telemetry);
  s.said.clear();
  s.end(session, Energy{5'000});
  s.end(session, Energy{5'000});
  ASSERT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_TRUE(s.all<Ticket>()[0].correction);
  EXPECT_EQ(s.all<Ticket>()[0].status, SessionStatus::failed);
  EXPECT_EQ(s.commands<SessionEndAck>().size(), 2U);
  EXPECT_EQ(s.totals().energy_booked_mj, 5'000);
  EXPECT_TRUE(s.all<DriverUpdate>().empty());
}

TEST(Shard, X08AnEngineThatLostItsStopIsToldAgain) {  // D-070, D-071: it hung when told
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.telemetry(session, Energy{1'000});
  s.tell(FaultReport{kPoint, Reason::health_check_failed});
  s.tell(HealthyReport{kPoint});
  s.said.clear();
  s.pass(4s, true);
  s.telemetry(session, Energy{2'000});  // may have been under way
  EXPECT_TRUE(s.commands<StopSupply>().empty());
  s.pass(1s, true);
  s.telemetry(session, Energy{3'000});
  s.telemetry(session, Energy{3'000});
  EXPECT_EQ(s.commands<StopSupply>().size(), 1U) << "told again, but not with each telemetry";
  s.pass(5s, true);
  s.telemetry(session, Energy{4'000});
  EXPECT_EQ(s.commands<StopSupply>().size(), 2U) << "until it obeys";
}

TEST(Shard, ALostResumeOrStopIsRepeated) {  // D-073, D-077, D-078
  Story s;
  s.bring_up();
  s.order(OperatorAction::stop);
  s.status(Phase::stopped, Reason::central_stopped);
  s.order(OperatorAction::resume);  // lost
  s.said.clear();
  s.pass(20s, true);
  EXPECT_FALSE(s.commands<ResumeCp>().empty());
  s.status(Phase::activated, Reason::central_resumed);
  s.order(OperatorAction::stop);  // lost
  s.said.clear();
  s.pass(20s, true);
  EXPECT_FALSE(s.commands<StopCp>().empty());
}

TEST(Shard, AnOrderIsNotRepeatedWhileItsAnswerMayBeUnderWay) {  // D-094: a second one is refused
  Story s;
  s.bring_up();
  s.pass(1s, true);
  s.order(OperatorAction::stop);
  s.said.clear();
  s.pass(4'500ms, true);
  EXPECT_TRUE(s.commands<StopCp>().empty());
  s.pass(10s, true);
  EXPECT_FALSE(s.commands<StopCp>().empty()) << "lost, it seems";
  EXPECT_LE(s.commands<StopCp>().size(), 2U);
}

TEST(Shard, TheAckOfATicketDoesNotConfirmItsCorrection) {  // D-083
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.pass(10s, true);  // silent: FAILED
  s.end(session, Energy{5'000});
  s.tell(TicketAck{session, kAna, false});  // of the first, crossing the correction
  s.said.clear();
  s.tell(DriverReturned{kAna});
  ASSERT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_TRUE(s.all<Ticket>()[0].correction);
  s.tell(TicketAck{session, kAna, true});
  s.said.clear();
  s.tell(DriverReturned{kAna});
  EXPECT_TRUE(s.all<Ticket>().empty());
}

TEST(Shard, ACancelledStartIsCompletedWithWhatWasDelivered) {  // D-125
  Story s;
  s.bring_up();
  s.ask_charge(1);
  s.tell(CancelRequest{RequestId{1}, kAna, kPoint});
  EXPECT_EQ(s.totals().sessions_completed, 1U);
  EXPECT_EQ(s.totals().sessions_failed, 0U);
}

TEST(Shard, EnergyOfAStrangersSessionIsBookedOnceAndBilledToNobody) {  // D-065
  Story s;
  s.bring_up();
  const SessionId stranger{12345};
  s.telemetry(stranger, Energy{1'000});
  s.end(stranger, Energy{3'000});
  s.end(stranger, Energy{3'000});
  EXPECT_EQ(s.totals().energy_booked_mj, 3'000);
  EXPECT_EQ(s.totals().energy_unassigned_mj, 3'000);
  EXPECT_EQ(s.totals().revenue_microeur, 0);
  EXPECT_EQ(s.totals().telemetry_unbilled, 1U);
  EXPECT_TRUE(s.all<Ticket>().empty());
}

}  // namespace
}  // namespace chargemill::central
