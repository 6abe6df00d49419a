#include "actors/charge_point/charge_point.hpp"

#include <gtest/gtest.h>

#include "actors/texts.hpp"
#include "tests/actors/charge_point/story.hpp"

namespace chargemill::charge_point {
namespace {

Settings limited(Nanos max_session) {
  Settings s;
  s.max_session = max_session;
  return s;
}

TEST(ChargePoint, SaysNothingBeforePowerOnButRefusesPings) {
  Story story;
  story.tell(StopCp{Reason::none});
  story.tell(Tick{});
  EXPECT_EQ(story.all<Status>().size(), 0U);
  story.tell(Ping{4});
  ASSERT_EQ(story.all<PingRefused>().size(), 1U);
  EXPECT_EQ(story.all<PingRefused>()[0].number, 4U);
  EXPECT_EQ(due(story.point), kNever);
}

TEST(ChargePoint, ConnectsAtPowerOnAndSaysSo) {  // D-089
  Story story;
  story.tell(PowerOn{});
  story.tell(PowerOn{});
  ASSERT_EQ(story.all<Status>().size(), 1U);
  EXPECT_EQ(story.all<Status>()[0].phase, Phase::activated);
  EXPECT_EQ(status_text(story.all<Status>()[0]), "Engine started");
}

TEST(ChargePoint, FlowAIsElevenTelemetriesThenTheEndThenTheStatus) {  // D-211, D-093, D-102, D-110
  Story story(Power{22'000}, Price{300'000}, limited(11s));
  story.tell(PowerOn{});
  story.forget();
  story.start(1);
  story.pass(12s);  // its own timer ends it, and waits for nobody (X-22, D-101)
  const auto telemetry = story.all<Telemetry>();
  ASSERT_EQ(telemetry.size(), 11U);
  for (std::size_t k = 0; k < telemetry.size(); ++k) {  // D-108: at start + k intervals, exactly
    EXPECT_EQ(telemetry[k].at, SimTime{} + k * 1s);
    EXPECT_EQ(telemetry[k].delivered.mj, static_cast<std::int64_t>(k) * 22'000'000);
  }
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  const SessionEnd end = story.all<SessionEnd>()[0];
  EXPECT_EQ(end.start, SimTime{});
  EXPECT_EQ(end.delivered.mj, 242'000'000);
  EXPECT_EQ(end.cost.microeur, 20'167);
  EXPECT_EQ(end.status, SessionStatus::completed);
  EXPECT_EQ(end.driver, DriverId{3});
  const auto statuses = story.all<Status>();
  ASSERT_EQ(statuses.size(), 2U);
  EXPECT_EQ(status_text(statuses[0], "driver-alice"), "Starting supply for driver driver-alice");
  EXPECT_EQ(status_text(statuses[1]), "Session time limit reached");
  EXPECT_EQ(statuses[1].phase, Phase::activated);
  EXPECT_EQ(statuses[1].session, SessionId{1});
  EXPECT_TRUE(std::holds_alternative<Status>(story.said.back()));
  EXPECT_EQ(story.place<SessionEnd>(), story.said.size() - 2);
}

TEST(ChargePoint, CheckValuesAfterElevenSeconds) {  // D-108, D-111
  struct Row {
    std::int64_t w, price, mj;
    double kwh, eur;
  };
  constexpr Row kRows[] = {{22'000, 300'000, 242'000'000, 0.0672222, 0.0201667},
                           {50'000, 350'000, 550'000'000, 0.1527778, 0.0534722},
                           {150'000, 400'000, 1'650'000'000, 0.4583333, 0.1833333},
                           {350'000, 450'000, 3'850'000'000, 1.0694444, 0.48125},
                           {11'000, 290'000, 121'000'000, 0.0336111, 0.0097472},
                           {7'200, 280'000, 79'200'000, 0.022, 0.00616}};
  for (const Row& row : kRows) {
    Story story(Power{row.w}, Price{row.price}, limited(11s));
    story.tell(PowerOn{});
    story.start(1);
    story.pass(11s);
    const auto ends = story.all<SessionEnd>();
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].delivered.mj, row.mj);
    EXPECT_NEAR(kilowatt_hours(ends[0].delivered), row.kwh, 5e-8);
    EXPECT_NEAR(euros(ends[0].delivered, Price{row.price}), row.eur, 5e-8);
    EXPECT_NEAR(euros(ends[0].cost), row.eur, 5e-7);
  }
}

TEST(ChargePoint, X23LateTicksNeitherUnderbillNorOverbill) {  // D-109
  Story story(Power{22'000}, Price{300'000}, limited(11s));
  story.tell(PowerOn{});
  story.start(1);
  story.forget();
  story.now += 4'700ms;  // four ticks were missed
  story.tell(Tick{});
  ASSERT_EQ(story.all<Telemetry>().size(), 1U);  // by skipping, not by a burst
  EXPECT_EQ(story.all<Telemetry>()[0].delivered.mj, 4 * 22'000'000);
  EXPECT_EQ(due(story.point), SimTime{} + 5s);  // no drift
  story.now += 60s;
  story.tell(Tick{});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].delivered.mj, 242'000'000);
  EXPECT_EQ(story.all<SessionEnd>()[0].end, SimTime{} + 11s);
}

TEST(ChargePoint, StopsExactlyAtTheEnergyTarget) {  // D-110
  Story story(Power{7'000});
  story.tell(PowerOn{});
  story.start(1, Energy{10'000'001});  // no whole number of nanoseconds
  story.pass(10s);
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].delivered.mj, 10'000'001);
  EXPECT_EQ(story.all<SessionEnd>()[0].reason, Reason::energy_target_reached);
  EXPECT_EQ(story.all<SessionEnd>()[0].status, SessionStatus::completed);
  EXPECT_EQ(story.point.phase, Phase::activated);
}

TEST(ChargePoint, TheFirstLimitEndsTheSession) {
  Story story(Power{22'000}, Price{300'000}, limited(11s));
  story.tell(PowerOn{});
  story.start(1, Energy{1'000'000'000'000}, 5s);
  story.pass(20s);
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].reason, Reason::stay_ended);
  EXPECT_EQ(story.all<SessionEnd>()[0].end, SimTime{} + 5s);
}

TEST(ChargePoint, LimitsFromOutsideBeyondReasonAreNoLimits) {
  Story story;
  story.tell(PowerOn{});
  story.start(1, Energy{INT64_MAX}, Nanos::max());
  EXPECT_EQ(story.point.meter.running.stop_at, kNever);
  story.tell(StopSupply{Reason::none});
  story.start(2, Energy{-5}, Nanos{-5});
  EXPECT_EQ(story.point.meter.running.stop_at, kNever);
}

TEST(ChargePoint, EachBadPayloadIsAnsweredAndChangesNothing) {  // D-092, X-18
  for (const auto defect : {PayloadDefect::is_null, PayloadDefect::is_empty,
                            PayloadDefect::not_an_object, PayloadDefect::no_driver}) {
    Story story;
    story.tell(PowerOn{});
    story.forget();
    StartSupply start = story.order(9);
    start.defect = defect;
    story.tell(start);
    ASSERT_EQ(story.all<Status>().size(), 1U);
    const Status status = story.all<Status>()[0];
    EXPECT_EQ(status_text(status), "Refused start_supply: invalid payload");
    EXPECT_EQ(status.phase, Phase::activated);
    EXPECT_EQ(status.session, SessionId{9});
    EXPECT_EQ(story.notes(NoteCode::invalid_payload), 1U);
    EXPECT_EQ(story.point.phase, Phase::activated);
  }
}

TEST(ChargePoint, AStartWithoutRequestAndSessionIsServed) {  // D-092: they may be missing
  Story story;
  story.tell(PowerOn{});
  story.start(0);
  EXPECT_EQ(story.point.phase, Phase::supplying);
  story.tell(StopSupply{Reason::none});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].session, SessionId::none);
  EXPECT_TRUE(story.point.meter.ends.empty());
}

TEST(ChargePoint, X18EveryIllegalCommandIsAnswered) {  // D-094
  Story story;
  story.tell(PowerOn{});
  story.forget();
  story.tell(StopSupply{Reason::none});
  story.tell(ResumeCp{});
  story.start(1);
  story.start(2);
  const auto statuses = story.all<Status>();
  ASSERT_EQ(statuses.size(), 4U);
  EXPECT_EQ(status_text(statuses[0]),
            "Refused stop_supply: Invalid transition: ACTIVATED + stop_supply");
  EXPECT_EQ(status_text(statuses[1]),
            "Refused resume_cp: Invalid transition: ACTIVATED + resume_cp");
  EXPECT_EQ(status_text(statuses[3]),
            "Refused start_supply: Invalid transition: SUPPLYING + start_supply");
  EXPECT_EQ(statuses[3].session, SessionId{2});
  EXPECT_EQ(story.point.meter.running.session, SessionId{1});
}

TEST(ChargePoint, StopSupplyCompletesAndStopCpFails) {  // D-096, D-097, D-099, X-20
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(1500ms);
  story.tell(StopSupply{Reason::operator_stop_supply});
  story.start(2);
  story.pass(1500ms);
  story.forget();
  story.tell(StopCp{Reason::health_check_failed});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].status, SessionStatus::failed);
  EXPECT_EQ(story.all<SessionEnd>()[0].delivered.mj, 33'000'000);
  EXPECT_LT(story.place<SessionEnd>(), story.place<Status>());
  EXPECT_EQ(status_text(story.all<Status>()[0]),
            "Central stopped CP (Health check failures exceeded threshold)");
  EXPECT_EQ(story.point.phase, Phase::stopped);
  EXPECT_FALSE(story.point.meter.active);
  EXPECT_EQ(due(story.point), kNever);  // no telemetry any more
}

TEST(ChargePoint, X21ResumeAndStartWithinAnIntervalLeaveOneStream) {  // D-101
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(300ms);
  story.tell(StopCp{Reason::none});
  story.tell(ResumeCp{});
  story.start(2);
  story.forget();
  story.pass(10s);
  const auto telemetry = story.all<Telemetry>();
  EXPECT_EQ(telemetry.size(), 10U);  // k = 1 .. 10
  for (const Telemetry& t : telemetry) EXPECT_EQ(t.session, SessionId{2});
  EXPECT_EQ(telemetry.back().delivered.mj, 220'000'000);
}

TEST(ChargePoint, X31AStartFromBeforeThisIncarnationIsDropped) {  // D-095
  Story story;
  story.now += 60s;
  const StartSupply old = story.order(1);
  story.now += 1ns;
  story.tell(PowerOn{});
  story.forget();
  story.tell(old);
  EXPECT_EQ(story.point.phase, Phase::activated);
  EXPECT_EQ(story.notes(NoteCode::phantom_start), 1U);
  EXPECT_TRUE(story.all<Status>().empty());
}

TEST(ChargePoint, AStartOlderThanTheStartTimeoutIsDropped) {  // D-095
  Story story;
  story.tell(PowerOn{});
  const StartSupply late = story.order(1);
  story.now += 10s + 1ns;
  story.tell(late);
  EXPECT_EQ(story.point.phase, Phase::activated);
  EXPECT_EQ(story.notes(NoteCode::phantom_start), 1U);
}

TEST(ChargePoint, X30ShutdownEndsTheSessionOnceAndASecondStopDoesNothing) {  // D-100
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(2s);
  story.forget();
  story.tell(Shutdown{});
  story.tell(Shutdown{});
  story.tell(PowerOff{});
  ASSERT_EQ(story.all<Status>().size(), 1U);
  EXPECT_EQ(status_text(story.all<Status>()[0]), "Engine shutting down");
  EXPECT_EQ(story.all<Status>()[0].phase, Phase::disconnected);
  EXPECT_EQ(story.all<SessionEnd>().size(), 1U);
  story.tell(Restart{});  // it did not fail, so nobody restarts it
  EXPECT_EQ(story.point.phase, Phase::disconnected);
  story.tell(PowerOn{});
  EXPECT_EQ(story.point.phase, Phase::activated);
}

TEST(ChargePoint, TheLastWordsOfAStoppedEngineWaitForTheirTurn) {  // D-100
  Story story;
  story.tell(PowerOn{});
  story.answers = false;
  story.tell(StopCp{Reason::none});
  story.tell(ResumeCp{});
  story.tell(Shutdown{});
  const auto pending = story.all<Status>().back();
  EXPECT_EQ(pending.phase, Phase::stopped);
  story.answers = true;
  story.tell(ReportAck{pending.seq});
  EXPECT_EQ(story.all<Status>().back().phase, Phase::disconnected);
  EXPECT_TRUE(story.point.outbox.empty());
}

TEST(ChargePoint, X06NoPongIsOkInFaultOrWhileTheKoKeyIsActive) {  // D-105, D-112
  Story story;
  story.tell(PowerOn{});
  story.tell(Ping{1});
  story.tell(KoKey{});
  story.tell(Ping{2});
  story.tell(OkKey{});
  story.tell(Ping{3});
  story.tell(StopCp{Reason::none});
  story.tell(Ping{4});
  const auto pongs = story.all<Pong>();
  ASSERT_EQ(pongs.size(), 4U);
  EXPECT_TRUE(pongs[0].ok);
  EXPECT_FALSE(pongs[1].ok);
  EXPECT_EQ(pongs[1].phase, Phase::fault);
  EXPECT_TRUE(pongs[2].ok);
  EXPECT_TRUE(pongs[3].ok);
  EXPECT_EQ(pongs[3].phase, Phase::stopped);
}

TEST(ChargePoint, TheKoKeyFailsTheRunningSession) {  // D-105
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(1s);
  story.tell(KoKey{});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].status, SessionStatus::failed);
  EXPECT_EQ(story.all<Status>().back().phase, Phase::fault);
}

TEST(ChargePoint, RefusesStartsWhileToldTo) {
  Story story;
  story.tell(PowerOn{});
  story.tell(RefuseStarts{story.now + 5s});
  story.start(1);
  EXPECT_EQ(story.all<Status>().back().refusal, Refusal::starts_refused);
  story.pass(5s);
  story.start(2);
  EXPECT_EQ(story.point.phase, Phase::supplying);
}

TEST(ChargePoint, AStartThatWaitsForThePlugSaysSo) {  // D-106
  Story story(Power{22'000}, Price{300'000}, {}, true);
  story.tell(PowerOn{});
  story.forget();
  story.start(1);
  ASSERT_EQ(story.all<Status>().size(), 1U);
  EXPECT_EQ(story.all<Status>()[0].session, SessionId{1});
  EXPECT_EQ(story.all<Status>()[0].phase, Phase::activated);
  EXPECT_EQ(story.all<Status>()[0].reason, Reason::vehicle_awaited);
}

TEST(ChargePoint, WithAManualPlugTheSupplyStartsAtThePlugAndEndsAtUnplug) {  // D-106
  Story story(Power{22'000}, Price{300'000}, {}, true);
  story.tell(PowerOn{});
  story.tell(StartHere{{}, DriverId{3}});
  EXPECT_EQ(story.notes(NoteCode::local_start_refused), 1U);
  story.start(1);
  EXPECT_EQ(story.point.phase, Phase::activated);
  story.pass(2s);
  story.tell(Plug{});
  EXPECT_EQ(story.point.phase, Phase::supplying);
  story.pass(3s);
  story.tell(Unplug{});
  ASSERT_EQ(story.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(story.all<SessionEnd>()[0].delivered.mj, 66'000'000);
  EXPECT_EQ(story.all<SessionEnd>()[0].status, SessionStatus::completed);
  story.start(2);
  story.pass(11s);
  story.tell(Plug{});  // central has given that start up (D-055)
  EXPECT_EQ(story.point.phase, Phase::activated);
}

TEST(ChargePoint, AStartAtThePointAsksCentralAndIsRefusedWithoutIt) {  // D-106
  Story story;
  story.tell(PowerOn{});
  story.tell(StartHere{Energy{5}, DriverId{8}});
  ASSERT_EQ(story.all<LocalStart>().size(), 1U);
  EXPECT_EQ(story.all<LocalStart>()[0].point, PointId{7});
  story.tell(LinkDown{});
  story.tell(StartHere{Energy{5}, DriverId{8}});
  EXPECT_EQ(story.all<LocalStart>().size(), 1U);
  EXPECT_EQ(story.notes(NoteCode::local_start_refused), 1U);
}

TEST(ChargePoint, EarlyAndEmptyTicksDoNothing) {
  Story story;
  story.tell(PowerOn{});
  story.start(1);
  story.pass(1s);
  story.forget();
  story.now += 999ms;
  story.tell(Tick{});
  EXPECT_TRUE(story.said.empty());
  EXPECT_EQ(due(story.point), SimTime{} + 2s);
}

}  // namespace
}  // namespace chargemill::charge_point
