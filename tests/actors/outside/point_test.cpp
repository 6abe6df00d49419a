// A charge point outside, as its shard sees it. No socket, no actor.
#include "actors/outside/point.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace chargemill::outside {
namespace {

using namespace std::chrono_literals;

constexpr SessionId kFirst{11};
constexpr DriverId kDriver{3};

StartSupply start(SessionId session, Energy target = {}, Nanos stay = {}) {
  return {session, RequestId{5}, target, stay, SimTime{}, kDriver, PayloadDefect::none};
}
SaidState state(Phase phase, Reason reason = Reason::none) {
  SaidState said{};
  said.status.phase = phase;
  said.status.reason = reason;
  return said;
}
SaidEnergy energy(SessionId session, std::int64_t mj, Money cost = {}) {
  return {session, Power{22'000}, Energy{mj}, cost, true};
}
SaidEnd end(SessionId session, std::int64_t mj) {
  SessionEnd e{};
  e.session = session;
  e.start = SimTime{1'000h};  // another clock
  e.end = SimTime{1'000h + 5s};
  e.delivered = Energy{mj};
  e.status = SessionStatus::completed;
  return {e};
}

/// One charge point, and what it said last.
struct Story {
  Effects tell(const Event& event, Nanos later = 1s) {
    now += later;
    return effects = step(point, event, now);
  }
  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& effect : effects) {
      if (const auto* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }
  template <class T>
  [[nodiscard]] std::size_t orders() const {
    std::size_t count = 0;
    for (const Order& order : all<Order>()) count += std::holds_alternative<T>(order) ? 1U : 0U;
    return count;
  }
  [[nodiscard]] bool has_note(NoteCode code) const {
    const auto notes = all<Note>();
    return notes.size() == 1 && notes.front().code == code;
  }
  void connect() {
    tell(Arrived{});
    tell(state(Phase::activated, Reason::engine_started));
  }

  State point = make_state(PointId{7});
  SimTime now{};
  Effects effects;
};

TEST(OutsidePoint, AStatusIsPassedOnWithItsSessionAndOurTime) {  // D-006, D-047
  Story s;
  s.connect();
  s.tell(start(kFirst));
  EXPECT_EQ(s.orders<StartSupply>(), 1U);
  s.tell(state(Phase::supplying, Reason::starting_supply));
  ASSERT_EQ(s.all<Status>().size(), 1U);
  EXPECT_EQ(s.all<Status>().front().session, kFirst);
  EXPECT_EQ(s.all<Status>().front().point, PointId{7});
  EXPECT_EQ(s.all<Status>().front().at, s.now) << "its clock is not ours";
  s.tell(state(Phase::activated));
  EXPECT_EQ(s.all<Status>().front().session, SessionId::none);
}
TEST(OutsidePoint, ARefusedStartNamesTheSessionThatItRefuses) {  // D-063
  Story s;
  s.connect();
  s.tell(start(kFirst));
  SaidState refused = state(Phase::activated, Reason::refused);
  refused.status.refused = Command::start_supply;
  s.tell(refused);
  EXPECT_EQ(s.all<Status>().front().session, kFirst);
}
TEST(OutsidePoint, AnOrderToNobodyIsLostAndCounted) {
  Story s;
  s.tell(StopCp{});
  EXPECT_TRUE(s.has_note(NoteCode::order_lost));
  s.tell(start(kFirst));
  s.connect();
  s.tell(energy(kFirst, 5));
  EXPECT_TRUE(s.has_note(NoteCode::stray_report)) << "it was never told to start that";
}
TEST(OutsidePoint, EnergyOfOtherSessionsIsNotHeard) {  // D-065
  Story s;
  s.connect();
  s.tell(energy(kFirst, 5));
  EXPECT_TRUE(s.has_note(NoteCode::stray_report));
  s.tell(end(kFirst, 5));
  EXPECT_TRUE(s.has_note(NoteCode::stray_report));
  EXPECT_EQ(s.point.accounts.told(), Energy{0});
}
TEST(OutsidePoint, EnergyNeverFallsAndWithoutItStaysAsItWas) {  // D-027
  Story s;
  s.connect();
  s.tell(start(kFirst));
  s.tell(energy(kFirst, 100));
  s.tell(energy(kFirst, 60));
  EXPECT_EQ(s.all<Telemetry>().front().delivered, Energy{100});
  s.tell(SaidEnergy{kFirst, Power{1}, Energy{0}, Money{}, false});
  EXPECT_EQ(s.all<Telemetry>().front().delivered, Energy{100});
}
TEST(OutsidePoint, TheEngineSaysWhatItCosts) {  // D-218, D-027
  Story s;
  s.connect();
  s.tell(start(kFirst));
  s.tell(energy(kFirst, 100, Money{7}));
  EXPECT_EQ(s.all<Telemetry>().front().cost, Money{7});
  s.tell(energy(kFirst, 60, Money{4}));
  EXPECT_EQ(s.all<Telemetry>().front().cost, Money{7}) << "it is older";
  s.tell(SaidEnergy{kFirst, Power{1}, Energy{}, Money{9}, false});
  EXPECT_EQ(s.all<Telemetry>().front().cost, Money{9}) << "without kwh the cost alone is new";
  EXPECT_EQ(s.all<Telemetry>().front().delivered, Energy{100});
  s.tell(energy(kFirst, 100, Money{-3}));
  EXPECT_EQ(s.all<Telemetry>().front().cost, Money{-3}) << "negative euros are accepted (D-019)";
  s.tell(end(kFirst, 110));
  s.tell(start(SessionId{12}));
  s.tell(SaidEnergy{SessionId{12}, Power{1}, Energy{}, Money{2}, false});
  EXPECT_EQ(s.all<Telemetry>().front().cost, Money{2}) << "a session has its own";
}
TEST(OutsidePoint, WhatIsNotConfirmedIsUnreported) {
  Story s;
  s.connect();
  s.tell(start(kFirst));
  s.tell(energy(kFirst, 100));
  EXPECT_EQ(s.point.accounts.unreported(), Energy{100});
  s.tell(ReportAck{s.point.last_seq});
  EXPECT_EQ(s.point.accounts.unreported(), Energy{0});
  s.tell(end(kFirst, 130));
  EXPECT_EQ(s.point.accounts.unreported(), Energy{30});
  s.tell(SessionEndAck{kFirst});
  EXPECT_EQ(s.point.accounts.unreported(), Energy{0});
  EXPECT_EQ(s.point.accounts.told(), Energy{130});
}
TEST(OutsidePoint, AnEndIsToldAgainUntilItIsConfirmed) {  // D-103
  Story s;
  s.connect();
  s.tell(start(kFirst));
  s.tell(LinkDown{});
  s.tell(end(kFirst, 130));
  EXPECT_TRUE(s.effects.empty()) << "central cannot hear it";
  s.tell(LinkUp{});
  ASSERT_EQ(s.all<SessionEnd>().size(), 1U);
  EXPECT_EQ(s.all<SessionEnd>().front().driver, kDriver);
  EXPECT_EQ(s.all<SessionEnd>().front().end - s.all<SessionEnd>().front().start, 5s)
      << "how long it took is believed";
  EXPECT_EQ(s.all<Status>().size(), 1U) << "and how it stands (D-047)";
  ASSERT_NE(due(s.point), kNever);
  s.tell(Tick{}, due(s.point) - s.now);
  EXPECT_EQ(s.all<SessionEnd>().size(), 1U);
  s.tell(SessionEndAck{kFirst});
  s.tell(Tick{}, 1h);
  EXPECT_TRUE(s.effects.empty());
  EXPECT_EQ(due(s.point), kNever);
}
TEST(OutsidePoint, ASessionLastedAsLongAsItsClockSaysButNoLongerThanTheRun) {
  const auto lasted = [](SimTime began, SimTime ended) {
    Story s;
    s.connect();
    s.tell(start(kFirst), 1h);
    SaidEnd said = end(kFirst, 1'000);
    said.end.start = began;
    said.end.end = ended;
    s.tell(said);
    const SessionEnd told = s.all<SessionEnd>().front();
    EXPECT_EQ(told.end, s.now);
    return told.end - told.start;
  };
  EXPECT_EQ(lasted(SimTime{1'000h}, SimTime{1'000h + 5s}), 5s);
  EXPECT_EQ(lasted(SimTime{5s}, SimTime{0s}), 0s) << "its clock went back";
  EXPECT_GT(lasted(SimTime{0s}, SimTime{1'000h}), 1h);
  EXPECT_LT(lasted(SimTime{0s}, SimTime{1'000h}), 2h);
  // Two times that 64 bits of nanoseconds hold, and what lies between them they do not.
  EXPECT_GT(lasted(SimTime{Nanos::min()}, SimTime{Nanos::max()}), 1h);
}
TEST(OutsidePoint, ALostConnectionIsToldOnceAndOrdersWaitForNobody) {
  Story s;
  s.connect();
  s.tell(Left{});
  EXPECT_EQ(s.all<Silent>().size(), 1U);
  s.tell(Left{});
  EXPECT_TRUE(s.effects.empty());
  s.tell(ResumeCp{});
  EXPECT_TRUE(s.has_note(NoteCode::order_lost));
}
TEST(OutsidePoint, ASessionGoesOnAfterAReconnection) {
  Story s;
  s.connect();
  s.tell(start(kFirst));
  s.tell(energy(kFirst, 100));
  s.tell(Left{});
  s.tell(Arrived{});
  s.tell(state(Phase::supplying, Reason::state_report));
  EXPECT_EQ(s.all<Status>().front().session, kFirst);
  s.tell(energy(kFirst, 150));
  EXPECT_EQ(s.all<Telemetry>().front().delivered, Energy{150});
}
TEST(OutsidePoint, ATargetAndAStayAreKeptFromHere) {  // no body has them (D-016)
  Story s;
  s.connect();
  s.tell(start(kFirst, Energy{200}));
  s.tell(energy(kFirst, 199));
  EXPECT_EQ(s.orders<StopSupply>(), 0U);
  s.tell(energy(kFirst, 200));
  EXPECT_EQ(s.orders<StopSupply>(), 1U);
  s.tell(energy(kFirst, 210));
  EXPECT_EQ(s.orders<StopSupply>(), 0U) << "it is told once";
  s.tell(end(kFirst, 210));
  s.tell(SessionEndAck{kFirst});
  s.tell(start(SessionId{12}, Energy{}, 10s));
  EXPECT_EQ(due(s.point), s.now + 10s);
  s.tell(Tick{}, 10s);
  EXPECT_EQ(s.orders<StopSupply>(), 1U);
}
TEST(OutsidePoint, CentralThatIsBehindGetsTheLatest) {
  Story s;
  s.connect();
  s.tell(start(kFirst));
  for (std::size_t i = 0; i < kUnansweredMax; ++i) s.tell(energy(kFirst, 10));
  s.tell(energy(kFirst, 500));
  EXPECT_TRUE(s.has_note(NoteCode::telemetry_merged));
  s.tell(ReportAck{s.point.last_seq});
  s.tell(SaidEnergy{kFirst, Power{1}, Energy{}, Money{}, false});
  EXPECT_EQ(s.all<Telemetry>().front().delivered, Energy{500});
}
TEST(OutsidePoint, WhateverIsSaidNothingIsBookedTwice) {
  // A shard that books what it hears, remembers four closed sessions, and forgets when it is down.
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random{seed};
    Story s;
    std::array<std::int64_t, 64> booked{};
    std::uint64_t session = 0;
    bool hears = true;
    for (int i = 0; i < 200; ++i) {
      const SessionId any{session - std::min<std::uint64_t>(session, random() % 6)};
      switch (random() % 9) {
        case 0:
          if (session + 1 < booked.size()) s.tell(start(SessionId{++session}));
          break;
        case 1:
          s.tell(Arrived{});
          break;
        case 2:
          s.tell(Left{});
          break;
        case 3:
          hears = !hears;
          s.tell(hears ? Event{LinkUp{}} : Event{LinkDown{}});
          break;
        case 4:
          s.tell(end(any, static_cast<std::int64_t>(random() % 1'000)));
          break;
        case 5:
          s.tell(state(static_cast<Phase>(random() % kPhases)));
          break;
        case 6:
          s.tell(Tick{}, 6s);
          break;
        default:
          s.tell(energy(any, static_cast<std::int64_t>(random() % 1'000)));
      }
      const auto said = s.effects;
      for (const auto& effect : said) {
        if (random() % 4 == 0) continue;  // it was down already, or not up yet
        if (const auto* t = std::get_if<Telemetry>(&effect)) {
          booked[index_of(t->session)] = t->delivered.mj;
          (void)step(s.point, ReportAck{t->seq}, s.now);
        }
        if (const auto* e = std::get_if<SessionEnd>(&effect)) {
          booked[index_of(e->session)] = e->delivered.mj;
          (void)step(s.point, SessionEndAck{e->session}, s.now);
        }
      }
    }
    s.tell(LinkUp{});
    for (const SessionEnd& e : s.all<SessionEnd>()) {
      booked[index_of(e.session)] = e.delivered.mj;
      (void)step(s.point, SessionEndAck{e.session}, s.now);
    }
    std::int64_t sum = 0;
    for (const std::int64_t one : booked) sum += one;
    EXPECT_EQ(s.point.accounts.told().mj, sum + s.point.accounts.unreported().mj);
  }
}

}  // namespace
}  // namespace chargemill::outside
