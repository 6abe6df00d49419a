// What becomes of records when the journal has no room for long.
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

}  // namespace
}  // namespace chargemill::central
