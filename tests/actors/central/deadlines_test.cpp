// The calendar of a shard's deadlines against a sorted set.
#include "actors/central/deadlines.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <utility>

namespace chargemill::central {
namespace {

using namespace std::chrono_literals;

TEST(Deadlines, AreTakenByTimeAndEqualTimesByIndex) {
  Deadlines deadlines;
  EXPECT_EQ(deadlines.next(), kNever);
  deadlines.file(SimTime{2s}, 1);
  deadlines.file(SimTime{1s}, 7);
  deadlines.file(SimTime{1s}, 3);
  EXPECT_EQ(deadlines.next(), SimTime{1s});
  EXPECT_EQ(deadlines.take().index, 3U);
  EXPECT_EQ(deadlines.take().index, 7U);
  EXPECT_EQ(deadlines.take().at, SimTime{2s});
  EXPECT_EQ(deadlines.next(), kNever);
}

TEST(Deadlines, KnowWhatLiesBeyondTheirCalendar) {
  Deadlines deadlines;
  deadlines.file(SimTime{24h}, 1);
  deadlines.file(SimTime{25h}, 2);
  deadlines.file(SimTime{30s}, 3);
  for (const std::uint32_t expected : {3U, 1U, 2U}) EXPECT_EQ(deadlines.take().index, expected);
}

TEST(Deadlines, TakeWhatIsFiledForThePastAtOnce) {
  Deadlines deadlines;
  deadlines.file(SimTime{100s}, 1);
  EXPECT_EQ(deadlines.take().index, 1U);
  deadlines.file(SimTime{101s}, 2);
  deadlines.file(SimTime{5s}, 3);
  EXPECT_EQ(deadlines.take().index, 3U);
  EXPECT_EQ(deadlines.take().index, 2U);
}

TEST(Deadlines, AgreeWithASortedSetWhateverIsFiledWhen) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Deadlines deadlines;
    std::multiset<std::pair<SimTime, std::uint32_t>> model;
    SimTime now{};
    const std::uint64_t farthest_ms = std::uint64_t{1} << (8 + random() % 16);
    for (int i = 0; i < 2'000; ++i) {
      if (random() % 2 == 0) {
        const SimTime at = now + Millis{static_cast<std::int64_t>(random() % farthest_ms)};
        const auto index = static_cast<std::uint32_t>(random() % 50);
        deadlines.file(at, index);
        model.emplace(at, index);
      } else if (!model.empty()) {
        const auto entry = deadlines.take();
        ASSERT_EQ(std::make_pair(entry.at, entry.index), *model.begin());
        model.erase(model.begin());
        now = std::max(now, entry.at);
      }
      ASSERT_EQ(deadlines.size(), model.size());
      ASSERT_EQ(deadlines.next(), model.empty() ? kNever : model.begin()->first);
    }
    deadlines.clear();
    EXPECT_EQ(deadlines.next(), kNever);
  }
}

}  // namespace
}  // namespace chargemill::central
