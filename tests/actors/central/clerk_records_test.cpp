// What records say, also of a journal that had no room for them.
#include <gtest/gtest.h>

#include "tests/actors/central/clerk_desk.hpp"

namespace chargemill::central {
namespace {

TEST(Clerk, CountsWhatFindsNoRoomBeyondItsBoundAndKeepsTheOldest) {  // law 6
  Desk desk;
  desk.sink.room = desk.sink.taken.size();  // full, for longer than a journal may stand still
  constexpr std::size_t kTooMany = 100;
  constexpr std::size_t kTold = Clerk::kUnsentMin + kTooMany;
  for (std::size_t told = 0; told < kTold; told += 2) {
    ASSERT_EQ(desk.clerk.lost(), told - std::min(told, Clerk::kUnsentMin));
    desk.story.now += 1s;
    desk.story.tell(FaultReport{kPoint, Reason::ko_key});
    desk.story.tell(HealthyReport{kPoint});
    desk.carry();
  }
  EXPECT_EQ(desk.clerk.lost(), kTooMany);
  EXPECT_GT(desk.clerk.merged(), 0U) << "of the breaker the latest";
  EXPECT_EQ(desk.count<ToMonitor>(), 0U) << "none of it is on disk";
  EXPECT_TRUE(desk.clerk.is_busy());
  desk.sink.room = SIZE_MAX;
  desk.commit();
  EXPECT_EQ(desk.sink.count<archive::Fault>(), Clerk::kUnsentMin);
  SimTime last{};
  for (const auto& record : desk.sink.taken) {
    const auto* fault = std::get_if<archive::Fault>(&record);
    if (fault == nullptr) continue;
    EXPECT_GE(fault->at, last) << "in the order in which they happened";
    last = fault->at;
  }
  EXPECT_LT(last, desk.story.now) << "those that came last are missing";
  desk.commit();
  EXPECT_EQ(desk.count<ToMonitor>(), kTold) << "and nobody waits for them for ever";
  EXPECT_FALSE(desk.clerk.is_busy());
  EXPECT_EQ(desk.clerk.lost(), kTooMany) << "they stay counted";
}

/// How central thought of the point, as the row of a status has it.
void expect_row(const Desk& desk, SimTime at, bool is_faulty, runtime::BreakerMode breaker,
                int failures) {
  const auto row = desk.sink.last<archive::Health>();
  EXPECT_EQ(row.at, at);
  EXPECT_EQ(row.is_faulty, is_faulty);
  EXPECT_EQ(row.fault, is_faulty ? Reason::ko_key : Reason::none);
  EXPECT_EQ(row.breaker, breaker);
  EXPECT_EQ(int{row.failures}, failures);
}
/// So many starts have failed there lately.
void let_fail(Desk& desk, int starts) {
  auto& story = desk.story;
  for (int i = 0; i < starts; ++i)
    story.shard.points[0].breaker.record_failure(story.shard.settings.breaker, story.now);
}

TEST(Clerk, ARowOfHealthSaysHowCentralThoughtOfThePointAtThatStatus) {  // D-168
  using runtime::BreakerMode;
  Desk desk;
  auto& story = desk.story;
  const auto told = [&](Phase phase) {
    story.now += 1s;
    story.status(phase, Reason::state_report);
    desk.carry();
    return story.now;
  };
  expect_row(desk, told(Phase::activated), false, BreakerMode::closed, 0);
  let_fail(desk, 1);
  expect_row(desk, told(Phase::activated), false, BreakerMode::closed, 1);
  story.tell(FaultReport{kPoint, Reason::ko_key});
  expect_row(desk, told(Phase::stopped), true, BreakerMode::closed, 2);
  story.tell(HealthyReport{kPoint});
  expect_row(desk, told(Phase::activated), false, BreakerMode::closed, 0);
  let_fail(desk, 2);
  story.tell(FaultReport{kPoint, Reason::ko_key});
  expect_row(desk, told(Phase::stopped), true, BreakerMode::open, 3);
  EXPECT_EQ(desk.sink.last<archive::Health>().phase, Phase::stopped);
}

TEST(Clerk, ARowOfHealthThatHadToWaitSaysHowThingsStoodThen) {  // D-168
  Desk desk;
  auto& story = desk.story;
  const auto rows = desk.sink.count<archive::Health>();
  desk.sink.room = desk.sink.taken.size();
  story.status(Phase::activated, Reason::state_report);  // for which the next one stands
  let_fail(desk, 2);
  story.tell(FaultReport{kPoint, Reason::ko_key});
  story.now += 1s;
  const SimTime then = story.now;
  story.status(Phase::stopped, Reason::state_report);
  desk.carry();
  story.now += 1s;
  story.tell(HealthyReport{kPoint});
  story.order(OperatorAction::reset_breaker);
  desk.carry();
  ASSERT_FALSE(story.record().faulty);
  ASSERT_EQ(story.record().breaker.mode(), runtime::BreakerMode::closed);
  ASSERT_EQ(desk.sink.count<archive::Health>(), rows);
  desk.sink.room = SIZE_MAX;
  desk.commit();
  EXPECT_EQ(desk.sink.count<archive::Health>(), rows + 1);
  expect_row(desk, then, true, runtime::BreakerMode::open, 3);
  EXPECT_EQ(desk.sink.last<archive::Health>().phase, Phase::stopped);
}

}  // namespace
}  // namespace chargemill::central
