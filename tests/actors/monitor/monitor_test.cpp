#include "actors/monitor/monitor.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "tests/actors/monitor/story.hpp"

namespace chargemill::monitor {
namespace {

using namespace std::chrono_literals;

TEST(Monitor, AHealthyPointCostsOneTickAHeartbeatAndAPingEachInterval) {  // D-115, D-116
  Story story;
  story.tell(PowerOn{});
  story.forget();
  story.pass(9999ms);
  EXPECT_EQ(story.ticks, 10U);
  EXPECT_EQ(story.count<Ping>(), 10U);
  EXPECT_EQ(story.count<Heartbeat>(), 10U);
  EXPECT_EQ(story.said.size(), 20U);
}

TEST(Monitor, TheOffsetSpreadsTheFirstCheck) {
  Story story;
  story.monitor = make_state(PointId{7}, Price{1}, 1s, 370ms);
  story.tell(PowerOn{});
  story.pass(3s);
  EXPECT_EQ(story.times<Ping>()[0], SimTime{} + 370ms);
  EXPECT_EQ(story.times<Ping>()[2], SimTime{} + 2370ms);
}

TEST(Monitor, RegistersTenTimesWithGrowingDelaysThenByHeartbeat) {  // D-114, X-05
  Story story;
  story.central_answers = false;
  story.tell(PowerOn{});
  story.pass(120s);
  const auto tries = story.times<Register>();
  ASSERT_EQ(tries.size(), 10U);
  constexpr Millis kDelays[] = {2000ms, 3000ms, 4500ms, 6750ms, 10s, 10s, 10s, 10s, 10s};
  for (std::size_t i = 0; i + 1 < tries.size(); ++i) EXPECT_EQ(tries[i + 1] - tries[i], kDelays[i]);
  EXPECT_EQ(story.count<Ping>(), 121U);  // a missing central delays no check (D-115)
  EXPECT_GT(story.count<Heartbeat>(), 50U);
  story.central_answers = true;
  story.tell(UnknownPoint{});
  EXPECT_EQ(story.count<Register>(), 11U);  // at once
}

TEST(Monitor, X05AnUnknownPointRegistersAgainAtOnce) {  // D-043
  Story story;
  story.tell(PowerOn{});
  story.pass(10s);
  story.forget();
  story.tell(UnknownPoint{});
  EXPECT_EQ(story.count<Register>(), 1U);
}

TEST(Monitor, ThreeFailuresInARowAreOneFaultAndTheFirstSuccessOneRecovery) {  // D-117, D-118, X-03
  Story story;
  story.tell(PowerOn{});
  story.pass(500ms);
  story.engine = Engine::refuses;
  story.pass(60s);
  EXPECT_EQ(story.count<FaultReport>(), 1U);
  EXPECT_EQ(story.count<HealthyReport>(), 0U);
  story.engine = Engine::ok;
  story.pass(60s);
  EXPECT_EQ(story.count<HealthyReport>(), 1U);
  EXPECT_EQ(story.count<FaultReport>(), 1U);
}

TEST(Monitor, TwoFailuresAreForgivenByASuccess) {  // D-118
  Story story;
  story.tell(PowerOn{});
  story.pass(500ms);
  for (int i = 0; i < 10; ++i) {
    story.engine = Engine::refuses;
    story.pass(2s);
    story.engine = Engine::ok;
    story.pass(1s);
  }
  EXPECT_EQ(story.count<FaultReport>(), 0U);
}

TEST(Monitor, DetectionStaysWithinItsBounds) {  // D-119
  struct Bound {
    Engine engine;
    Nanos least, most;
  };
  for (const Bound& bound :
       {Bound{Engine::refuses, 2s, 3s}, Bound{Engine::silent, 5s, 6s}, Bound{Engine::ko, 2s, 3s}}) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      SCOPED_TRACE(testing::Message() << "seed " << seed);
      RandomStream random(seed, 0, Purpose::faults);
      Story story;
      story.tell(PowerOn{});
      story.pass(10s + Nanos{1 + static_cast<std::int64_t>(random.below(999'999'999))});
      const SimTime injected = story.now;
      story.engine = bound.engine;
      story.pass(15s);
      ASSERT_EQ(story.count<FaultReport>(), 1U);
      EXPECT_GE(story.times<FaultReport>()[0] - injected, bound.least);
      EXPECT_LE(story.times<FaultReport>()[0] - injected, bound.most);
    }
  }
}

TEST(Monitor, X25WhateverIsNotOkIsAFailure) {  // D-116
  Story story;
  story.tell(PowerOn{});
  story.pass(500ms);
  story.engine = Engine::ko;
  story.pass(1s);
  story.engine = Engine::silent;
  story.pass(2s);
  story.engine = Engine::refuses;
  story.pass(2s);
  // Asked at 1, 2 and 4 s, and one time-out between: were KO no failure, it would be 5 s.
  EXPECT_EQ(story.times<FaultReport>(), std::vector<SimTime>{SimTime{4s}});
}

TEST(Monitor, TheNextCheckComesOneIntervalAfterATimeOut) {  // D-116
  Story story;
  story.engine = Engine::silent;
  story.tell(PowerOn{});
  story.pass(5s);
  const auto pings = story.times<Ping>();
  ASSERT_EQ(pings.size(), 3U);
  EXPECT_EQ(pings[1] - pings[0], 2s);
  EXPECT_EQ(pings[2] - pings[1], 2s);
  EXPECT_EQ(story.count<Heartbeat>(), 6U);  // independent of the check (D-115)
}

std::vector<SimTime> seconds_of(const std::vector<int>& at) {
  std::vector<SimTime> times;
  times.reserve(at.size());
  for (const int s : at) times.emplace_back(std::chrono::seconds{s});
  return times;
}

TEST(Monitor, TheBeatFollowsTheChecksThatATimeOutHasMoved) {  // D-115, D-116
  Story story;
  story.monitor = make_state(PointId{7}, Price{1}, 10s, 0s);
  story.engine = Engine::silent;
  story.tell(PowerOn{});
  story.pass(5s);
  story.engine = Engine::ok;
  story.pass(45s);
  EXPECT_EQ(story.times<Ping>(), seconds_of({0, 11, 21, 31, 41}));
  EXPECT_EQ(story.times<Heartbeat>(), seconds_of({0, 10, 11, 21, 31, 41}))
      << "one comes early, none late";
  story.forget();
  story.pass(100s);
  EXPECT_EQ(story.ticks, 10U) << "check and beat share a timer again";
}

TEST(Monitor, AnAnswerThatTakesItsTimeMovesTheNextCheckAsMuch) {  // D-116
  Story story;
  story.tell(PowerOn{});
  story.pass(500ms);
  story.engine = Engine::silent;  // it answers, but not at once
  story.pass(500ms);
  ASSERT_EQ(story.times<Ping>().back(), SimTime{} + 1s);
  story.pass(900ms);
  story.engine = Engine::ok;
  story.tell(Pong{story.monitor.number, true, Phase::activated});
  story.pass(1100ms);
  const auto pings = story.times<Ping>();
  ASSERT_EQ(pings.size(), 3U);
  EXPECT_EQ(pings.back(), SimTime{} + 2900ms) << "one interval after the answer at 1.9 s";
  EXPECT_EQ(story.times<Heartbeat>().back(), SimTime{} + 2900ms);
}

TEST(Monitor, ATickThatComesLateMovesNoPhase) {
  for (const bool simulates : {false, true}) {
    Story story;
    story.tell(PowerOn{});
    story.pass(500ms);
    story.tell(SimulateFault{simulates});
    for (const Nanos late : {Nanos{400ms}, Nanos{900ms}, Nanos{2400ms}}) {
      story.now = due(story.monitor) + late;  // the machine was busy
      story.tell(Tick{});
      EXPECT_EQ((story.monitor.check_at - SimTime{}) % 1s, 0s) << "else all would have the same";
      EXPECT_EQ((story.monitor.beat_at - SimTime{}) % 1s, 0s);
      EXPECT_GE(story.monitor.check_at - story.now, 500ms) << "a machine that lags is spared";
    }
  }
}

TEST(Monitor, LateAndForeignAnswersAreIgnored) {
  Story story;
  story.engine = Engine::silent;
  story.tell(PowerOn{});
  story.pass(1500ms);
  const std::uint32_t number = story.monitor.number;
  EXPECT_EQ(story.monitor.failures, 1U);
  story.tell(Pong{number, true, Phase::activated});
  EXPECT_EQ(story.monitor.failures, 1U);
  story.pass(500ms);
  story.tell(Pong{number, true, Phase::activated});
  story.tell(PingRefused{number});
  EXPECT_EQ(story.monitor.failures, 1U);
  story.tell(Pong{number + 1, true, Phase::activated});
  EXPECT_EQ(story.monitor.failures, 0U);
}

TEST(Monitor, ReportsAreRepeatedEachIntervalUntilAnswered) {  // D-117, D-118
  Story story;
  story.tell(PowerOn{});
  story.pass(500ms);
  story.central_answers = false;
  story.engine = Engine::refuses;
  story.pass(5500ms);
  const auto reports = story.times<FaultReport>();
  ASSERT_EQ(reports.size(), 4U);  // at 3 s, 4 s, 5 s and 6 s
  EXPECT_EQ(reports[1] - reports[0], 1s);
  story.tell(FaultAck{});
  story.pass(10s);
  EXPECT_EQ(story.count<FaultReport>(), 4U);
  story.engine = Engine::ok;
  story.pass(3s);
  EXPECT_EQ(story.count<HealthyReport>(), 3U);
  story.tell(FaultAck{});  // an answer to something else
  story.pass(1s);
  EXPECT_EQ(story.count<HealthyReport>(), 4U);
  story.tell(HealthyAck{});
  story.pass(3s);
  EXPECT_EQ(story.count<HealthyReport>(), 4U);
}

TEST(Monitor, AnEpisodeThatCentralDidNotHearOfIsToldWithBothItsTimes) {  // D-117, D-118
  Story story;
  story.tell(PowerOn{});
  story.pass(500ms);
  story.central_answers = false;
  story.tell(LinkDown{});
  story.engine = Engine::refuses;
  story.pass(10s);
  story.engine = Engine::ok;
  story.pass(10s);
  story.forget();
  story.tell(LinkUp{});
  story.pass(2s);
  EXPECT_EQ(story.count<FaultReport>(), 3U) << "repeated until it is confirmed";
  EXPECT_EQ(story.count<HealthyReport>(), 0U) << "its end waits";
  for (const Effect& effect : story.said) {
    if (const auto* fault = std::get_if<FaultReport>(&effect)) {
      EXPECT_EQ(fault->at, SimTime{} + 3s) << "with the same content";
    }
  }
  story.central_answers = true;
  story.pass(1s);
  ASSERT_EQ(story.count<HealthyReport>(), 1U) << "at once after the beginning";
  for (const Effect& effect : story.said) {
    if (const auto* healthy = std::get_if<HealthyReport>(&effect)) {
      EXPECT_EQ(healthy->at, SimTime{} + 11s);
    }
  }
  story.pass(10s);
  EXPECT_EQ(story.count<HealthyReport>(), 1U);
  EXPECT_EQ(pending(story.monitor), Pending::none);
}

TEST(Monitor, MoreEpisodesThanItRemembersAreToldAsOneThatWentOn) {  // D-117, law 6
  Story story;
  story.tell(PowerOn{});
  story.tell(LinkDown{});
  for (int i = 0; i < 9; ++i) {
    story.engine = Engine::refuses;
    story.pass(5s);
    story.engine = Engine::ok;
    story.pass(5s);
  }
  story.forget();
  story.tell(LinkUp{});
  EXPECT_EQ(story.count<FaultReport>(), kReportsMax / 2);
  EXPECT_EQ(story.count<HealthyReport>(), kReportsMax / 2);
  const auto* end = std::get_if<HealthyReport>(&story.said.back());
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(end->at, SimTime{} + 86s) << "the latest of all";
}

TEST(Monitor, WithoutCentralItChecksOnAndTellsWhenCentralIsBack) {  // D-115, D-121
  Story story;
  story.tell(PowerOn{});
  story.tell(LinkDown{});
  story.forget();
  story.engine = Engine::refuses;
  story.pass(10s);
  EXPECT_EQ(story.count<Ping>(), 11U);
  EXPECT_EQ(story.count<Heartbeat>(), 0U);
  EXPECT_EQ(story.count<FaultReport>(), 0U);
  story.tell(LinkUp{});
  EXPECT_EQ(story.count<FaultReport>(), 1U);
  story.pass(10s);
  EXPECT_EQ(story.count<FaultReport>(), 1U);
}

TEST(Monitor, X27ASimulatedFaultIsReportedAtOnceAndItsEndAtTheNextGoodCheck) {  // D-120
  Story story;
  story.tell(PowerOn{});
  story.pass(1500ms);
  story.forget();
  story.tell(SimulateFault{true});
  EXPECT_EQ(story.count<FaultReport>(), 1U);
  story.pass(10s);
  EXPECT_EQ(story.count<Ping>(), 0U);
  EXPECT_EQ(story.count<Heartbeat>(), 10U);
  story.tell(SimulateFault{false});
  story.pass(1s);
  EXPECT_EQ(story.count<HealthyReport>(), 1U);
}

TEST(Monitor, AnEpisodeOutlivesTheMonitor) {
  for (const bool crash : {false, true}) {
    Story story;
    story.engine = Engine::refuses;
    story.tell(PowerOn{});
    story.pass(5s);
    ASSERT_EQ(story.count<FaultReport>(), 1U);
    if (crash) {
      story.tell(Crash{});
    } else {
      story.tell(PowerOff{});
    }
    EXPECT_EQ(due(story.monitor), kNever);
    story.engine = Engine::ok;
    story.pass(60s);
    EXPECT_EQ(story.count<HealthyReport>(), 0U);
    if (crash) {
      story.tell(Restart{});
    } else {
      story.tell(PowerOn{});
    }
    story.pass(2s);
    EXPECT_EQ(story.count<HealthyReport>(), 1U);
  }
}

TEST(Monitor, OnlyTheSupervisorRevivesACrashedMonitorThatIsStillSwitchedOn) {
  Story story;
  story.tell(PowerOn{});
  story.tell(Restart{});  // it has not failed: nothing to revive
  EXPECT_EQ(story.count<Register>(), 1U);
  story.tell(Crash{});
  story.tell(PowerOff{});
  story.tell(Restart{});
  EXPECT_EQ(story.monitor.life, Life::off);
}

}  // namespace
}  // namespace chargemill::monitor
