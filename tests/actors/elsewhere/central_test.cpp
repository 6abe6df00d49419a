// Stands in place of central: what it carries, and the books it keeps.
#include "actors/elsewhere/central.hpp"

#include <gtest/gtest.h>

namespace chargemill::elsewhere {
namespace {

using namespace std::chrono_literals;

constexpr PointId kPoint{7};
constexpr DriverId kDriver{3};
constexpr SessionId kSession{9};

/// The stand-in for points 6 to 8, all of which reach central.
struct Story {
  Story() : state(make_state(PointId{6}, 3)) {
    for (std::uint32_t p = 6; p < 9; ++p) {
      (void)on(PointReach{PointId{p}, true});
      (void)on(Answered{Heartbeat{PointId{p}}, Answer::taken});
    }
  }
  const Effects& on(const Event& event, SimTime now = SimTime{1s}) {
    effects.clear();
    step(state, event, now, effects);
    return effects;
  }
  /// The one effect of `event`, which must be a T.
  template <class T>
  T one(const Event& event, SimTime now = SimTime{1s}) {
    on(event, now);
    EXPECT_EQ(effects.size(), 1U);
    return effects.empty() ? T{} : std::get<T>(effects.front());
  }
  void supply() {
    Status status{};
    status.point = kPoint;
    status.phase = Phase::supplying;
    status.session = kSession;
    (void)on(status);
  }
  static Telemetry telemetry(std::int64_t mj) {
    Telemetry t{};
    t.point = kPoint;
    t.session = kSession;
    t.delivered = Energy{mj};
    t.seq = 4;
    t.wants_ack = true;
    return t;
  }
  static SessionEnd end(std::int64_t mj) {
    SessionEnd e{};
    e.point = kPoint;
    e.session = kSession;
    e.delivered = Energy{mj};
    e.cost = Money{250};
    e.status = SessionStatus::completed;
    return e;
  }
  [[nodiscard]] std::uint64_t shown(DisplayState s) const {
    return state.totals.display[static_cast<std::size_t>(s)];
  }

  State state;
  Effects effects;
};

TEST(Elsewhere, WhatIsSaidGoesToCentralAndItsAnswerIsTheCredit) {  // D-006
  Story story;
  Status status{};
  status.point = kPoint;
  status.seq = 12;
  EXPECT_EQ(std::get<Status>(story.one<Said>(status)).seq, 12U);
  const auto answer = story.one<ToPoint>(Answered{status, Answer::taken});
  EXPECT_EQ(answer.point, kPoint);
  EXPECT_EQ(std::get<ReportAck>(answer.message).seq, 12U);
  (void)story.one<ToPoint>(Answered{status, Answer::declined});
  EXPECT_EQ(story.state.totals.unknown, 1U) << "counted, and the engine goes on";
}
TEST(Elsewhere, EnergyIsBookedWhenCentralHasTakenItAndNotBefore) {  // law 5
  Story story;
  story.supply();
  (void)story.on(Story::telemetry(500));
  EXPECT_EQ(booked(story.state, kPoint, kSession), Energy{});
  (void)story.on(Answered{Story::telemetry(500), Answer::taken});
  EXPECT_EQ(booked(story.state, kPoint, kSession), Energy{500});
  (void)story.on(Answered{Story::telemetry(400), Answer::taken});
  EXPECT_EQ(booked(story.state, kPoint, kSession), Energy{500}) << "cumulative: less is older";
  (void)story.on(Answered{Story::telemetry(900), Answer::declined});
  EXPECT_EQ(booked(story.state, kPoint, kSession), Energy{500});
  (void)story.on(Story::end(800));
  EXPECT_EQ(story.state.totals.sessions_completed, 1U);
  EXPECT_EQ(story.state.totals.revenue_microeur, 0) << "not confirmed yet";
  const auto confirmed = story.one<ToPoint>(Answered{Story::end(800), Answer::taken});
  EXPECT_EQ(std::get<SessionEndAck>(confirmed.message).session, kSession);
  EXPECT_EQ(story.state.totals.energy_booked_mj, 800);
  EXPECT_EQ(story.state.totals.revenue_microeur, 250);
  (void)story.on(Answered{Story::end(800), Answer::taken});
  EXPECT_EQ(story.state.totals.revenue_microeur, 250) << "once";
}
TEST(Elsewhere, AnEndThatIsSaidAgainIsCountedOnce) {  // D-103
  Story story;
  story.supply();
  (void)story.on(Story::end(800));
  (void)story.on(Story::end(800));
  EXPECT_EQ(story.effects.size(), 1U) << "but said again it is";
  EXPECT_EQ(story.state.totals.sessions_started, 1U);
  EXPECT_EQ(story.state.totals.sessions_completed, 1U);
  EXPECT_EQ(story.state.totals.sessions_active, 0U);
}
// A central that has lost its memory numbers its sessions from the first again.
TEST(Elsewhere, AnIdThatCentralGivesAgainIsAnotherSession) {
  Story story;
  story.supply();
  (void)story.on(Story::end(800));
  (void)story.on(Answered{Story::end(800), Answer::taken});
  (void)story.on(Story::end(800));
  EXPECT_EQ(story.state.totals.sessions_started, 1U) << "an end said again begins nothing";
  story.supply();
  story.supply();
  EXPECT_EQ(story.state.totals.sessions_started, 2U);
  EXPECT_EQ(story.state.totals.sessions_active, 1U);
  EXPECT_EQ(booked(story.state, kPoint, kSession), Energy{});
  (void)story.on(Answered{Story::telemetry(300), Answer::taken});
  EXPECT_EQ(booked(story.state, kPoint, kSession), Energy{300});
  (void)story.on(Story::end(500));
  (void)story.on(Answered{Story::end(500), Answer::taken});
  EXPECT_EQ(story.state.totals.sessions_completed, 2U);
  EXPECT_EQ(story.state.totals.energy_booked_mj, 1'300);
}
TEST(Elsewhere, AnEndThatCentralNeverTakesIsBookedToNobodyAndForgotten) {
  Story story;
  story.supply();
  (void)story.on(Story::end(800));
  (void)story.one<ToPoint>(Answered{Story::end(800), Answer::declined});
  EXPECT_EQ(story.state.totals.energy_booked_mj, 800);
  EXPECT_EQ(story.state.totals.energy_unassigned_mj, 800);
  EXPECT_EQ(story.state.totals.revenue_microeur, 0);
}
TEST(Elsewhere, AStartIsWhatItsDriverWantedAndAsOldAsItIsHere) {  // D-095
  Story story;
  ChargeRequest request{};
  request.driver = kDriver;
  request.point = kPoint;
  request.target = Energy{77};
  request.stay = 5min;
  (void)story.on(request);
  StartSupply start{};
  start.driver = kDriver;
  start.session = kSession;
  start.issued = SimTime{1'000h};
  const auto ordered = story.one<ToPoint>(Ordered{kPoint, start}, SimTime{42s});
  const auto& told = std::get<StartSupply>(ordered.message);
  EXPECT_EQ(told.target, Energy{77});
  EXPECT_EQ(told.stay, 5min);
  EXPECT_EQ(told.issued, SimTime{42s});
  DriverUpdate over{};
  over.driver = kDriver;
  over.status = UpdateStatus::completed;
  (void)story.one<ToDriver>(over);
  EXPECT_TRUE(story.state.wishes.empty());
  const auto foreign = story.one<ToPoint>(Ordered{kPoint, start});
  EXPECT_EQ(std::get<StartSupply>(foreign.message).target, Energy{}) << "another's driver";
}
TEST(Elsewhere, OrdersForPointsThatAreNotHereAreIgnored) {  // D-091
  Story story;
  EXPECT_TRUE(story.on(Ordered{PointId{99}, StopCp{}}).empty());
  EXPECT_TRUE(story.on(Ordered{PointId{5}, StartSupply{}}).empty());
  EXPECT_TRUE(story.on(PointReach{kUnknownPoint, true}).empty());
}
TEST(Elsewhere, ARequestThatIsDeclinedAtTheDoorIsDenied) {
  Story story;
  ChargeRequest request{};
  request.driver = kDriver;
  request.request = RequestId{5};
  (void)story.on(request);
  const auto told = story.one<ToDriver>(Answered{request, Answer::declined});
  const auto& update = std::get<DriverUpdate>(told.message);
  EXPECT_EQ(update.status, UpdateStatus::denied);
  EXPECT_EQ(update.request, RequestId{5});
  ZoneRequest anywhere{};
  anywhere.driver = kDriver;
  EXPECT_EQ(std::get<DriverUpdate>(story.one<ToDriver>(anywhere).message).reason,
            Reason::no_free_point);
}
TEST(Elsewhere, CentralIsNotifiedOfAFaultWhenItHasTakenIt) {  // D-117
  Story story;
  Status known{};
  known.point = kPoint;
  known.phase = Phase::activated;
  (void)story.on(known);
  EXPECT_EQ(story.shown(DisplayState::activated), 1U);
  (void)story.on(FaultInjected{SimTime{3s}, kPoint});
  const FaultReport fault{kPoint, Reason::health_check_failed};
  (void)story.one<Said>(fault);
  EXPECT_TRUE(story.on(Answered{fault, Answer::declined}).empty()) << "the monitor repeats it";
  (void)story.on(Answered{fault, Answer::taken});
  ASSERT_EQ(story.effects.size(), 2U);
  EXPECT_EQ(std::get<Detected>(story.effects[1]).injected, SimTime{3s});
  EXPECT_EQ(story.shown(DisplayState::broken), 1U);
  (void)story.on(Answered{fault, Answer::taken});
  EXPECT_EQ(story.state.totals.faults_raised, 0U) << "the monitor has counted that itself";
  EXPECT_EQ(story.state.totals.faults_notified, 1U);
  (void)story.on(Answered{HealthyReport{kPoint}, Answer::taken});
  EXPECT_EQ(story.state.totals.faults_recovered, 1U);
  EXPECT_EQ(story.shown(DisplayState::activated), 1U);
}
TEST(Elsewhere, WhatADriverRepeatsIsAnsweredInItsOwnWords) {  // D-083, D-125
  Story story;
  const TicketAck confirmed{SessionId{7}, kDriver, false};
  const auto settled =
      std::get<TicketSettled>(story.one<ToDriver>(Answered{confirmed, Answer::taken}).message);
  EXPECT_EQ(settled.session, SessionId{7});
  EXPECT_EQ(settled.driver, kDriver);
  const CancelRequest given_up{RequestId{5}, kDriver, kPoint};
  EXPECT_TRUE(story.on(Answered{given_up, Answer::taken}).empty()) << "its end is told anyway";
  const auto update =
      std::get<DriverUpdate>(story.one<ToDriver>(Answered{given_up, Answer::declined}).message);
  EXPECT_EQ(update.request, RequestId{5});
  EXPECT_EQ(update.status, UpdateStatus::denied) << "nobody there knows of it any more";
}
TEST(Elsewhere, AMonitorThatCentralDoesNotKnowRegisters) {  // D-043
  Story story;
  EXPECT_TRUE(story.on(Answered{Heartbeat{kPoint}, Answer::taken}).empty());
  const auto told = story.one<ToMonitor>(Answered{Heartbeat{kPoint}, Answer::unknown_point});
  EXPECT_TRUE(std::holds_alternative<UnknownPoint>(told.message));
  const Register asked{Price{300'000}, kPoint};
  EXPECT_TRUE(std::holds_alternative<RegisterAck>(
      story.one<ToMonitor>(Answered{asked, Answer::taken}).message));
  EXPECT_TRUE(story.on(Answered{asked, Answer::declined}).empty()) << "it tries again (D-114)";
}
TEST(Elsewhere, ALostLinkIsALostCentralForAllWhoSpeakOnIt) {  // D-107, D-131
  Story story;
  Status known{};
  known.point = kPoint;
  known.phase = Phase::activated;
  (void)story.on(known);
  EXPECT_EQ(story.on(PointReach{kPoint, false}).size(), 2U) << "the engine and its monitor";
  EXPECT_EQ(story.shown(DisplayState::disconnected), 3U) << "the others have said nothing";
  EXPECT_TRUE(story.on(PointReach{kPoint, false}).empty());
  EXPECT_TRUE(
      std::holds_alternative<LinkUp>(story.one<ToMonitor>(PointReach{kPoint, true}).message));
  EXPECT_EQ(story.shown(DisplayState::activated), 0U) << "central knows nothing of it yet";
  const Register asked{Price{}, kPoint};
  ASSERT_EQ(story.on(Answered{asked, Answer::taken}).size(), 2U);
  EXPECT_TRUE(std::holds_alternative<LinkUp>(std::get<ToPoint>(story.effects[1]).message));
  EXPECT_EQ(story.shown(DisplayState::activated), 1U);
  EXPECT_TRUE(
      std::holds_alternative<LinkDown>(story.one<ToDriver>(DriverReach{kDriver, false}).message));
}

}  // namespace
}  // namespace chargemill::elsewhere
