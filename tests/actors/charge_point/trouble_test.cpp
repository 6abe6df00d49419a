// Charge points in trouble: crashes, hanging engines, a central that is slow or away.
#include <gtest/gtest.h>

#include "actors/charge_point/reports.hpp"
#include "actors/texts.hpp"
#include "tests/actors/charge_point/story.hpp"

namespace chargemill::charge_point {
namespace {

TEST(ChargePointInTrouble, TheMeterOutlivesACrash) {  // D-103, D-216
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(2500ms);
  story.forget();
  story.tell(Crash{});
  ASSERT_EQ(story.said.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Throw>(story.said[0]));
  EXPECT_EQ(story.point.life, Life::crashed);
  EXPECT_EQ(story.point.meter.total(story.now).mj, 55'000'000);
  EXPECT_EQ(story.point.meter.ends.at(0).delivered.mj, 55'000'000);  // 44 by telemetry
  story.pass(5s);
  EXPECT_EQ(story.point.meter.total(story.now).mj, 55'000'000);  // frozen at that instant
  story.forget();
  story.tell(Restart{});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  const SessionEnd end = story.all<SessionEnd>()[0];
  EXPECT_EQ(end.delivered.mj, 55'000'000);
  EXPECT_EQ(end.status, SessionStatus::failed);
  EXPECT_EQ(end.reason, Reason::engine_crashed);
  EXPECT_EQ(end.end, SimTime{} + 2500ms);
  EXPECT_LT(story.place<SessionEnd>(), story.place<Status>());
  EXPECT_EQ(story.all<Status>()[0].phase, Phase::activated);
  story.tell(Restart{});
  EXPECT_EQ(story.all<SessionEnd>().size(), 1U);  // reported once, and confirmed
  EXPECT_TRUE(story.point.meter.ends.empty());
}

TEST(ChargePointInTrouble, ACrashedEngineRefusesPingsAndLosesCommands) {  // D-119
  Story story;
  story.tell(PowerOn{});
  story.tell(Crash{});
  story.forget();
  story.tell(Ping{5});
  EXPECT_EQ(story.all<PingRefused>().size(), 1U);
  const StartSupply lost = story.order(1);
  story.tell(lost);
  EXPECT_EQ(story.notes(NoteCode::command_lost), 1U);
  story.now += 2s;
  story.tell(Restart{});
  story.tell(lost);  // and if it comes again it is a phantom
  EXPECT_EQ(story.point.phase, Phase::activated);
}

TEST(ChargePointInTrouble, AcknowledgementsReachTheMeterOfACrashedEngine) {  // D-103
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(1s);
  story.tell(PowerOff{});  // says its last words, and is off
  story.answers = false;
  story.tell(PowerOn{});
  story.start(2);
  story.pass(1s);
  story.tell(Crash{});
  ASSERT_EQ(story.point.meter.ends.size(), 1U);
  EXPECT_EQ(story.point.meter.ends[0].delivered.mj, 22'000'000);
  story.tell(SessionEndAck{SessionId{2}});
  EXPECT_TRUE(story.point.meter.ends.empty());
}

TEST(ChargePointInTrouble, ACrashedEngineThatIsSwitchedOffStaysOff) {
  Story story;
  story.tell(PowerOn{});
  story.tell(Crash{});
  story.tell(PowerOff{});
  story.tell(Restart{});
  EXPECT_EQ(story.point.life, Life::off);
  story.tell(PowerOn{});
  EXPECT_EQ(story.point.life, Life::on);
}

TEST(ChargePointInTrouble, AHangingEngineAnswersNothingAndThePowerFlowsOn) {
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(1500ms);
  story.forget();
  story.tell(Silence{story.now + 5s});
  story.tell(Ping{1});
  story.tell(StopSupply{Reason::none});
  EXPECT_TRUE(story.all<Pong>().empty());
  EXPECT_EQ(story.notes(NoteCode::command_lost), 1U);
  EXPECT_EQ(due(story.point), SimTime{} + 6500ms);
  story.pass(4999ms);
  EXPECT_TRUE(story.all<Telemetry>().empty());
  story.pass(1ms);
  ASSERT_EQ(story.all<Telemetry>().size(), 1U);  // D-109: the latest instant, no burst
  EXPECT_EQ(story.all<Telemetry>()[0].delivered.mj, 6 * 22'000'000);
  story.tell(Ping{2});
  EXPECT_EQ(story.all<Pong>().size(), 1U);
}

TEST(ChargePointInTrouble, ASessionThatEndsWhileTheEngineHangsEndsOnTimeAndIsToldLater) {
  Story story;
  story.tell(PowerOn{});
  story.start(1, Energy{22'000'000 * 3LL});
  story.tell(Silence{story.now + 20s});
  story.pass(19s);
  EXPECT_EQ(story.point.meter.total(story.now).mj, 66'000'000);
  EXPECT_TRUE(story.all<SessionEnd>().empty());
  story.pass(1s);
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].end, SimTime{} + 3s);
}

TEST(ChargePointInTrouble, KeysActWhileTheEngineHangsAndTheNewsWaits) {
  Story story;
  story.tell(PowerOn{});
  story.tell(Silence{story.now + 5s});
  story.forget();
  story.tell(KoKey{});
  story.tell(OkKey{});
  EXPECT_TRUE(story.said.empty());
  story.pass(5s);
  EXPECT_EQ(story.all<Status>().size(), 2U);
  EXPECT_EQ(story.point.phase, Phase::activated);
}

TEST(ChargePointInTrouble, WithoutCentralTheSupplyGoesOnToItsEndAndItsReportWaits) {  // D-107
  Story story;
  story.tell(PowerOn{});
  story.start(1, Energy{66'000'000});
  story.pass(1s);
  story.tell(LinkDown{});
  EXPECT_EQ(story.notes(NoteCode::central_lost), 1U);
  story.forget();
  story.pass(60s);
  EXPECT_EQ(story.said.size(), 1U);
  EXPECT_EQ(story.all<SessionTotals>().size(), 1U) << "on its own console (D-096)";
  EXPECT_EQ(story.point.phase, Phase::activated);
  EXPECT_EQ(story.point.meter.ends.at(0).delivered.mj, 66'000'000);
  story.start(2);
  EXPECT_EQ(story.point.phase, Phase::activated);  // no new supply starts: the order does not come
  EXPECT_EQ(story.notes(NoteCode::command_lost), 1U);
  story.forget();
  story.tell(LinkUp{});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].end, SimTime{} + 3s);
  EXPECT_LT(story.place<SessionEnd>(), story.place<Status>());
  const auto statuses = story.all<Status>();
  ASSERT_EQ(statuses.size(), 2U);  // the end, the state report (D-047)
  EXPECT_EQ(statuses[0].reason, Reason::energy_target_reached);
  EXPECT_EQ(status_text(statuses[1]), "State report");
  EXPECT_TRUE(story.point.meter.ends.empty());
}

TEST(ChargePointInTrouble, NoOrderGetsThroughACutLinkAndEachIsCounted) {  // D-107
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(1s);
  story.tell(LinkDown{});
  story.forget();
  story.tell(StopSupply{Reason::none});
  story.tell(StopCp{Reason::none});
  story.tell(ResumeCp{});
  story.tell(Shutdown{});
  EXPECT_EQ(story.notes(NoteCode::command_lost), 4U);
  EXPECT_EQ(story.point.phase, Phase::supplying);
  story.tell(Ping{1});
  EXPECT_EQ(story.all<Pong>().size(), 1U) << "its monitor stands beside it";
  story.tell(StartHere{});
  EXPECT_EQ(story.notes(NoteCode::local_start_refused), 1U) << "answered, not lost";
  story.tell(LinkUp{});
  story.tell(StopSupply{Reason::none});
  EXPECT_EQ(story.point.phase, Phase::activated);
}

TEST(ChargePointInTrouble, AReconnectionTellsTheRunningSession) {  // D-047, D-086
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.tell(LinkDown{});
  story.pass(4300ms);
  story.forget();
  story.tell(LinkUp{});
  ASSERT_EQ(story.all<Status>().size(), 1U);
  EXPECT_EQ(story.all<Status>()[0].session, SessionId{1});
  EXPECT_EQ(story.all<Status>()[0].phase, Phase::supplying);
  story.pass(700ms);
  ASSERT_EQ(story.all<Telemetry>().size(), 1U);
  EXPECT_EQ(story.all<Telemetry>()[0].delivered.mj, 110'000'000);
}

TEST(ChargePointInTrouble, LostAcknowledgementsDoNotWedgeIt) {
  Story story;
  story.tell(PowerOn{});
  story.answers = false;
  story.start(1);
  story.pass(1s);
  story.tell(StopSupply{Reason::none});
  story.tell(LinkDown{});
  story.forget();
  story.tell(LinkUp{});
  EXPECT_EQ(story.all<SessionEnd>().size(), 1U);
  story.answers = true;
  story.tell(ReportAck{story.all<Status>().back().seq});
  EXPECT_TRUE(story.point.outbox.empty());
  EXPECT_EQ(story.all<Status>().back().reason, Reason::state_report);
}

TEST(ChargePointInTrouble, TelemetryWithoutCreditIsMergedIntoTheNext) {  // D-109
  Story story;
  story.tell(PowerOn{});
  story.answers = false;
  story.start(1);
  const auto status = story.all<Status>().back();
  story.pass(3s);
  ASSERT_EQ(story.all<Telemetry>().size(), kTelemetryCredit);
  const auto last = story.all<Telemetry>().back();
  EXPECT_TRUE(last.wants_ack);
  EXPECT_FALSE(story.all<Telemetry>().front().wants_ack);
  story.pass(3s);
  EXPECT_EQ(story.all<Telemetry>().size(), kTelemetryCredit);
  EXPECT_EQ(story.notes(NoteCode::telemetry_merged), 3U);
  story.tell(ReportAck{status.seq});
  story.tell(ReportAck{last.seq});
  story.pass(1s);
  ASSERT_EQ(story.all<Telemetry>().size(), kTelemetryCredit + 1U);
  EXPECT_EQ(story.all<Telemetry>().back().delivered.mj, 154'000'000);  // nothing is lost
}

TEST(ChargePointInTrouble, OneTelemetryOfFourAsksForAnAcknowledgement) {  // D-109
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(11s);
  const auto sent = story.all<Telemetry>();
  ASSERT_EQ(sent.size(), 12U);
  for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(sent[i].wants_ack, i % 4 == 3) << i;
  EXPECT_EQ(story.notes(NoteCode::telemetry_merged), 0U);
}

TEST(ChargePointInTrouble, StatusesWaitInOrderForTheOneCredit) {  // D-006, D-102, X-19
  Story story;
  story.tell(PowerOn{});
  story.answers = false;
  story.start(1);
  story.pass(1s);
  story.tell(StopSupply{Reason::none});
  story.start(2);
  EXPECT_EQ(story.all<Status>().size(), 2U);  // the engine's start, and the first supply
  EXPECT_TRUE(story.all<SessionEnd>().empty());
  story.forget();
  story.tell(ReportAck{2});
  ASSERT_EQ(story.said.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<SessionEnd>(story.said[0]));
  EXPECT_EQ(story.all<Status>()[0].reason, Reason::central_requested_stop);
  story.forget();
  story.tell(ReportAck{story.point.status_seq});
  EXPECT_EQ(story.all<Status>()[0].session, SessionId{2});
}

TEST(ChargePointInTrouble, AnEndThatWasSentButNotConfirmedGoesAgainWithTheLink) {  // D-047, D-103
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(1s);
  story.answers = false;
  story.tell(StopSupply{Reason::none});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  story.tell(LinkDown{});
  story.tell(LinkUp{});
  ASSERT_EQ(story.all<SessionEnd>().size(), 2U);
  EXPECT_EQ(story.all<SessionEnd>()[1].delivered, story.all<SessionEnd>()[0].delivered);
}

TEST(ChargePointInTrouble, TelemetryNeverOvertakesTheStatusOfItsSession) {  // D-006
  Story story;
  story.tell(PowerOn{});
  story.answers = false;
  story.tell(StopCp{Reason::none});  // takes the credit; what follows waits
  story.tell(ResumeCp{});
  story.start(1);
  story.pass(2s);
  EXPECT_TRUE(story.all<Telemetry>().empty());
  story.answers = true;
  story.tell(ReportAck{story.point.status_seq});
  story.pass(1s);
  ASSERT_EQ(story.all<Telemetry>().size(), 1U);
  EXPECT_EQ(story.all<Telemetry>()[0].delivered.mj, 66'000'000);
}

TEST(ChargePointInTrouble, ALateAcknowledgementGivesCreditAndTouchesNoSession) {  // D-060, X-16
  Story story;
  story.tell(PowerOn{});
  story.answers = false;
  story.start(1);
  story.tell(ReportAck{story.point.status_seq});
  story.pass(3500ms);
  const Telemetry asked = story.all<Telemetry>().back();
  ASSERT_TRUE(asked.wants_ack);
  story.tell(StopSupply{Reason::none});
  story.tell(ReportAck{story.point.status_seq});
  story.start(2);
  story.tell(ReportAck{story.point.status_seq});
  story.pass(1s);
  EXPECT_EQ(story.all<Telemetry>().back().session, SessionId{1});  // no credit yet
  story.tell(ReportAck{asked.seq});
  story.pass(1s);
  const Telemetry last = story.all<Telemetry>().back();
  EXPECT_EQ(last.session, SessionId{2});
  EXPECT_EQ(last.delivered.mj, 44'000'000);
  ASSERT_EQ(story.point.meter.ends.size(), 1U);
  EXPECT_EQ(story.point.meter.ends[0].delivered.mj, 77'000'000);
}

TEST(ChargePointInTrouble, AFullOutboxDropsRefusalsFirstAndCountsThem) {
  Story story;
  story.answers = false;  // the first status keeps the credit
  story.tell(PowerOn{});
  for (int i = 0; i < 10; ++i) story.tell(ResumeCp{});
  EXPECT_EQ(story.point.outbox.size(), kOutboxMax);
  EXPECT_EQ(story.notes(NoteCode::report_dropped), 2U);
  story.tell(StopCp{Reason::none});
  EXPECT_EQ(story.point.outbox.back().phase, Phase::stopped);
  for (int i = 0; i < 20; ++i) {
    story.tell(ResumeCp{});
    story.tell(StopCp{Reason::none});
  }
  EXPECT_EQ(story.point.outbox.size(), kOutboxMax);
  for (const WaitingStatus& w : story.point.outbox) EXPECT_NE(w.reason, Reason::refused);
}

TEST(ChargePointInTrouble, StartsAreRefusedWhileTooManyEndsWait) {
  Story story;
  story.tell(PowerOn{});
  story.answers = false;
  for (std::uint64_t session = 1; session <= 5; ++session) {
    story.start(session);
    story.tell(StopSupply{Reason::none});
    while (story.point.status_seq != 0) story.tell(ReportAck{story.point.status_seq});
  }
  EXPECT_EQ(story.point.meter.ends.size(), Meter::kEndsMax);
  EXPECT_EQ(story.all<SessionEnd>().size(), 4U);
  std::size_t refused = 0;
  for (const Status& s : story.all<Status>()) refused += s.refusal == Refusal::starts_refused;
  EXPECT_EQ(refused, 1U);
}

TEST(ChargePointInTrouble, X16EachEndTellsItsOwnSession) {  // D-060
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(10s);
  story.tell(StopSupply{Reason::none});
  story.start(2);
  story.tell(StopSupply{Reason::none});  // before any telemetry but the first
  const auto ends = story.all<SessionEnd>();
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_EQ(ends[0].delivered.mj, 220'000'000);
  EXPECT_EQ(ends[1].session, SessionId{2});
  EXPECT_EQ(ends[1].delivered.mj, 0);
}

}  // namespace
}  // namespace chargemill::charge_point
