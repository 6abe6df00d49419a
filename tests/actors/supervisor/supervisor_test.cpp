#include "actors/supervisor/supervisor.hpp"

#include <gtest/gtest.h>

namespace chargemill::supervisor {
namespace {

using std::chrono::seconds;

SimTime at(int s) { return SimTime{seconds{s}}; }

Effects fail(State& s, ActorKind kind, std::uint32_t index, SimTime now) {
  return step(s, ChildFailed{now, index, kind}, now);
}

TEST(Supervisor, RestartsAnEngineAfterTwoSecondsAndNotEarlier) {  // D-216
  State s = make_state();
  EXPECT_TRUE(fail(s, ActorKind::charge_point, 4, at(10)).empty());
  EXPECT_EQ(due(s), at(12));
  EXPECT_TRUE(step(s, Tick{}, at(11)).empty());
  const auto said = step(s, Tick{}, at(12));
  ASSERT_EQ(said.size(), 1U);
  const auto& restart = std::get<RestartChild>(said[0]);
  EXPECT_EQ(restart.kind, ActorKind::charge_point);
  EXPECT_EQ(restart.index, 4U);
  EXPECT_EQ(due(s), kNever);
}

TEST(Supervisor, DoublesTheDelayWithEachRestartWithinThePeriodUpToThirtySeconds) {
  State s = make_state();
  SimTime now = at(0);
  for (const int delay : {2, 4, 8, 16, 30}) {
    static_cast<void>(fail(s, ActorKind::charge_point, 1, now));
    EXPECT_EQ(due(s), now + seconds{delay});
    now = due(s);
    EXPECT_EQ(step(s, Tick{}, now).size(), 1U);
  }
}

TEST(Supervisor, GivesUpAfterFiveRestartsWithinAMinuteOfRunning) {  // law 6
  State s = make_state();
  SimTime now = at(0);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(fail(s, ActorKind::monitor, 2, now).empty());
    now = due(s);
    static_cast<void>(step(s, Tick{}, now));
    now += seconds{3};
  }
  const auto said = fail(s, ActorKind::monitor, 2, now);
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(std::get<GiveUp>(said[0]).index, 2U);
  EXPECT_EQ(due(s), kNever);
  EXPECT_EQ(s.totals.restarts, 5U);
  EXPECT_EQ(s.totals.given_up, 1U);
}

TEST(Supervisor, ForgetsFailuresOlderThanThePeriod) {
  State s = make_state();
  SimTime now = at(0);
  for (int i = 0; i < 50; ++i) {
    static_cast<void>(fail(s, ActorKind::charge_point, 2, now));
    EXPECT_EQ(due(s), now + seconds{2}) << "no back-off for a child that ran for long";
    now = due(s);
    static_cast<void>(step(s, Tick{}, now));
    now += seconds{100};
  }
  EXPECT_EQ(s.totals.given_up, 0U);
}

TEST(Supervisor, JudgesEachChildAlone) {
  State s = make_state();
  for (std::uint32_t i = 0; i < 100; ++i) {
    static_cast<void>(fail(s, ActorKind::charge_point, i, at(0)));
    static_cast<void>(fail(s, ActorKind::monitor, i, at(0)));
  }
  std::size_t restarted = 0;
  while (due(s) != kNever) restarted += step(s, Tick{}, at(2)).size();
  EXPECT_EQ(restarted, 200U) << "at most 64 a step, at once again if more";
  EXPECT_EQ(s.totals.given_up, 0U);
}

TEST(Supervisor, CountsAFailureToldTwiceOnce) {
  State s = make_state();
  static_cast<void>(fail(s, ActorKind::driver, 1, at(0)));
  static_cast<void>(fail(s, ActorKind::driver, 1, at(0)));
  EXPECT_EQ(s.totals.failures, 1U);
  EXPECT_EQ(step(s, Tick{}, at(1)).size(), 1U);
}

Effects keep_down(State& s, SimTime until, SimTime now) {
  return step(s, KeepDown{until, 1, ActorKind::charge_point}, now);
}

TEST(Supervisor, KeepsAnEngineDownAsLongAsItsHarmLastsWhicheverIsToldFirst) {
  State early = make_state();
  EXPECT_TRUE(keep_down(early, at(60), at(10)).empty());
  EXPECT_EQ(due(early), kNever) << "it has not failed yet";
  static_cast<void>(fail(early, ActorKind::charge_point, 1, at(10)));
  EXPECT_EQ(due(early), at(60));
  State late = make_state();
  static_cast<void>(fail(late, ActorKind::charge_point, 1, at(10)));
  EXPECT_TRUE(keep_down(late, at(60), at(11)).empty());
  EXPECT_EQ(due(late), at(60));
  EXPECT_TRUE(keep_down(late, at(30), at(12)).empty());
  EXPECT_EQ(due(late), at(60)) << "the longer of two";
  EXPECT_EQ(step(late, Tick{}, at(60)).size(), 1U);
  EXPECT_EQ(due(late), kNever);
}

TEST(Supervisor, AHarmShorterThanTheRestartOrLongOverDelaysNothing) {
  State s = make_state();
  static_cast<void>(keep_down(s, at(11), at(10)));
  static_cast<void>(fail(s, ActorKind::charge_point, 1, at(10)));
  EXPECT_EQ(due(s), at(12)) << "two seconds as ever (D-216)";
  static_cast<void>(step(s, Tick{}, at(12)));
  static_cast<void>(keep_down(s, at(50), at(20)));  // of a crash that found nobody
  static_cast<void>(fail(s, ActorKind::charge_point, 1, at(600)));
  EXPECT_EQ(due(s), at(602));
  EXPECT_TRUE(s.held.empty());
}

TEST(Supervisor, TimeKeptDownIsNoRunningTime) {  // law 6
  State s = make_state();
  SimTime now = at(0);
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(keep_down(s, now + seconds{300}, now));
    EXPECT_TRUE(fail(s, ActorKind::charge_point, 1, now).empty());
    EXPECT_EQ(due(s), now + seconds{300});
    now = due(s);
    static_cast<void>(step(s, Tick{}, now));
  }
  EXPECT_EQ(fail(s, ActorKind::charge_point, 1, now).size(), 1U)
      << "six failures, no second of running";
  EXPECT_EQ(s.totals.given_up, 1U);
}

TEST(Supervisor, RemembersOnlyWhatFailedLately) {  // law 6
  State s = make_state();
  for (int i = 0; i < 10'000; ++i) {
    static_cast<void>(fail(s, ActorKind::driver, static_cast<std::uint32_t>(i), at(i)));
    static_cast<void>(step(s, Tick{}, at(i)));
  }
  EXPECT_LT(s.children.size(), 200U);
}

}  // namespace
}  // namespace chargemill::supervisor
