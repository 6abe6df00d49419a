// A walk over the records of a key, by script: how many of its pages it has to wait for itself.
#include "runtime/journal/postings_ahead.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace chargemill::runtime::journal {
namespace {

/// Pages that the walk has asked the disk for. Each record is in one of its own.
long asked = 0;
long pages_asked() noexcept { return asked; }

/// A walk whose first PostingsAhead::kForeseen pages somebody else has asked for.
class Walk {
 public:
  explicit Walk(bool is_warm = false) : is_warm_(is_warm) {}

  /// Goes through so many records of a run, or of the rest of one, which has `more` behind them.
  void go(std::uint32_t records, std::uint32_t more = 0) {
    ahead_.enter_run();
    if (shown_ >= PostingsAhead::kForeseen) there_ = 0;
    for (; records > 0; --records, ++shown_) {
      if (const auto most = ahead_.wish(); most > 0) {
        there_ = std::min(most, records + more);
        all_asked_ += there_;
        asked += there_;
      }
      if (is_warm_) continue;
      if (there_ == 0) {
        ++waited_;
        ++asked;
      } else {
        --there_;
      }
    }
  }
  [[nodiscard]] std::uint32_t waited() const { return waited_; }
  [[nodiscard]] std::uint32_t shown() const { return shown_; }
  /// Ahead, by the walk itself.
  [[nodiscard]] std::uint32_t all_asked() const { return all_asked_; }

 private:
  bool is_warm_;
  PostingsAhead ahead_{pages_asked};
  std::uint32_t there_ = PostingsAhead::kForeseen;
  std::uint32_t shown_ = 0;
  std::uint32_t waited_ = 0;
  std::uint32_t all_asked_ = 0;
};

constexpr std::uint32_t kALook = 32;

TEST(PostingsAhead, WaitsForAFewPagesOnceAndForNoneFromThenOn) {
  Walk walk;
  walk.go(100'000);
  EXPECT_LE(walk.waited(), kALook);
}
TEST(PostingsAhead, GoesOnInTheNextTransactionWhereItWas) {
  Walk walk;
  for (int i = 0; i < 10; ++i) walk.go(4'096);
  EXPECT_LE(walk.waited(), kALook) << "where each began anew it was 160 a transaction";
}
TEST(PostingsAhead, GoesOnThroughManyShortRuns) {
  Walk walk;
  for (int i = 0; i < 300; ++i) walk.go(100);
  EXPECT_LE(walk.waited(), kALook);
}
TEST(PostingsAhead, AsksForNoMoreThanTwiceOfWhatIsNeededHoweverShortTheRuns) {
  for (const std::uint32_t run : {1U, 10U, 100U, 200U, 1'000U}) {
    SCOPED_TRACE(run);
    Walk walk;
    while (walk.shown() < 2'000) walk.go(run);
    EXPECT_GT(walk.all_asked(), 0U);
    EXPECT_LE(walk.all_asked(), walk.shown());
    const std::uint32_t before = walk.all_asked();
    walk.go(2, 100'000);  // and it ends at the second of many
    EXPECT_GT(walk.all_asked(), before);
    EXPECT_LE(walk.all_asked() - before, walk.shown());
  }
}
TEST(PostingsAhead, AsksForNothingWhereAllIsInMemory) {
  Walk walk{true};
  for (int i = 0; i < 10; ++i) walk.go(4'096);
  EXPECT_EQ(walk.all_asked(), 0U);
}

}  // namespace
}  // namespace chargemill::runtime::journal
