// An error in the telemetry loop (D-104), and starts at the point that are declined (D-106).
#include <gtest/gtest.h>

#include "actors/texts.hpp"
#include "tests/actors/charge_point/story.hpp"

namespace chargemill::charge_point {
namespace {

void bring_up(Story& s) {
  s.tell(PowerOn{});
  s.forget();
}

TEST(MeterError, TheNextReportIsAFaultAndTheSessionFailsWithAllThatWasDelivered) {  // D-104
  Story s;
  bring_up(s);
  s.start(1);
  s.pass(2'500ms);
  s.tell(MeterFails{});
  EXPECT_EQ(s.point.phase, Phase::supplying);
  s.forget();
  s.pass(600ms);
  EXPECT_EQ(s.point.phase, Phase::fault);
  EXPECT_TRUE(s.all<Telemetry>().empty());
  ASSERT_EQ(s.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(s.all<SessionEnd>()[0].status, SessionStatus::failed);
  EXPECT_EQ(s.all<SessionEnd>()[0].reason, Reason::telemetry_error);
  EXPECT_EQ(s.all<SessionEnd>()[0].delivered, Power{22'000} * 3s);
  ASSERT_EQ(s.all<Status>().size(), 1U);
  EXPECT_EQ(status_text(s.all<Status>()[0]), "Telemetry error: the meter does not answer");
  EXPECT_LT(s.place<SessionEnd>(), s.place<Status>()) << "D-102";
  EXPECT_EQ(due(s.point), kNever);
}
TEST(MeterError, ASupplyThatStartsWithABrokenMeterFailsWithItsFirstReport) {  // D-104
  Story s;
  bring_up(s);
  s.tell(MeterFails{});
  EXPECT_EQ(s.point.phase, Phase::activated) << "nothing reads it";
  s.start(1);
  EXPECT_EQ(s.point.phase, Phase::fault);
  EXPECT_EQ(s.all<SessionEnd>().size(), 1U);
  EXPECT_TRUE(s.all<Telemetry>().empty());
}
TEST(MeterError, TheFaultIsClearedOnceEveryCauseIsGone) {  // D-039, D-105
  Story s;
  bring_up(s);
  s.tell(MeterFails{});
  s.start(1);
  s.pass(1ms);
  s.tell(KoKey{});
  s.tell(MeterWorks{});
  EXPECT_EQ(s.point.phase, Phase::fault) << "the KO key is still active";
  s.tell(OkKey{});
  EXPECT_EQ(s.point.phase, Phase::activated);
  s.start(2);
  s.pass(2s);
  EXPECT_EQ(s.point.phase, Phase::supplying);
}
TEST(MeterError, WaitsWhileCentralIsAway) {  // D-107: no report, no error
  Story s;
  bring_up(s);
  s.start(1);
  s.pass(1s);
  s.tell(LinkDown{});
  s.tell(MeterFails{});
  s.pass(10s);
  EXPECT_EQ(s.point.phase, Phase::supplying);
  s.tell(LinkUp{});
  s.pass(1s);
  EXPECT_EQ(s.point.phase, Phase::fault);
}
TEST(Hardware, ABrokenMeterOutlivesACrashAndAPowerCut) {  // D-104
  for (const bool crashes : {true, false}) {
    SCOPED_TRACE(crashes ? "crash" : "power cut");
    Story s;
    bring_up(s);
    s.tell(MeterFails{});
    s.tell(crashes ? Event{Crash{}} : Event{PowerOff{}});
    s.forget();
    s.tell(crashes ? Event{Restart{}} : Event{PowerOn{}});
    EXPECT_EQ(s.point.phase, Phase::fault) << "found when it starts";
    ASSERT_EQ(s.all<Status>().size(), 2U);
    EXPECT_EQ(s.all<Status>()[0].reason, Reason::engine_started);
    EXPECT_EQ(status_text(s.all<Status>()[1]), "Telemetry error: the meter does not answer");
    s.tell(MeterWorks{});
    EXPECT_EQ(s.point.phase, Phase::activated);
    s.start(1);
    s.pass(2s);
    EXPECT_EQ(s.point.phase, Phase::supplying);
  }
}
TEST(Hardware, TheKoKeyOutlivesACrashAndAPowerCut) {  // D-105, D-112
  for (const bool crashes : {true, false}) {
    SCOPED_TRACE(crashes ? "crash" : "power cut");
    Story s;
    bring_up(s);
    s.tell(KoKey{});
    s.tell(crashes ? Event{Crash{}} : Event{PowerOff{}});
    s.forget();
    s.tell(crashes ? Event{Restart{}} : Event{PowerOn{}});
    EXPECT_EQ(s.point.phase, Phase::fault);
    EXPECT_EQ(s.all<Status>().back().reason, Reason::ko_key);
    s.forget();
    s.tell(Ping{1});
    EXPECT_FALSE(s.all<Pong>().at(0).ok);
    s.tell(OkKey{});
    EXPECT_EQ(s.point.phase, Phase::activated);
  }
}
TEST(Hardware, KeysAndMeterAreAsTheyWerePutWhileTheEngineWasDown) {  // D-104, D-105
  Story s;
  s.tell(KoKey{});  // before it was ever switched on
  s.tell(MeterFails{});
  s.tell(PowerOn{});
  EXPECT_EQ(s.point.phase, Phase::fault);
  s.tell(PowerOff{});
  s.tell(OkKey{});
  s.tell(MeterWorks{});
  EXPECT_TRUE(s.all<Status>().back().phase == Phase::disconnected);
  s.tell(PowerOn{});
  EXPECT_EQ(s.point.phase, Phase::activated);
}

TEST(LocalStart, CentralsAnswerIsShownAndNothingChanges) {  // D-106
  Story s;
  bring_up(s);
  s.tell(StartDeclined{Reason::not_available, Phase::disconnected});
  ASSERT_EQ(s.notes(NoteCode::local_start_refused), 1U);
  EXPECT_EQ(s.all<Note>()[0].reason, Reason::not_available);
  EXPECT_EQ(s.all<Note>()[0].phase, Phase::disconnected);
  EXPECT_EQ(s.point.phase, Phase::activated);
}
TEST(LocalStart, ItsOwnRefusalsSayWhy) {  // D-106, D-036
  Story s(Power{22'000}, Price{300'000}, {}, true);
  bring_up(s);
  s.tell(StartHere{Energy{1}, DriverId{1}});
  EXPECT_EQ(s.all<Note>()[0].refusal, Refusal::not_plugged);
  s.tell(Plug{});
  s.tell(StopCp{Reason::none});
  s.forget();
  s.tell(StartHere{Energy{1}, DriverId{1}});
  EXPECT_EQ(s.all<Note>()[0].refusal, Refusal::invalid_transition);
  s.tell(LinkDown{});
  s.forget();
  s.tell(StartHere{Energy{1}, DriverId{1}});
  EXPECT_EQ(s.all<Note>()[0].refusal, Refusal::no_central);
  EXPECT_TRUE(s.all<chargemill::LocalStart>().empty());
}

}  // namespace
}  // namespace chargemill::charge_point
