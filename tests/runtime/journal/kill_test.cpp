// A child writes at full speed and says what is durable; it is killed at a random time; what it
// said must be there, whole, once and in order, and the next child goes on without a repair.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/runtime/journal/child/child.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal::test {
namespace {

/// A new directory after so many lives, so that looking at all of it stays quick.
constexpr unsigned kLivesADirectory = 10;

unsigned kills() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it
  const char* const count = std::getenv("CHARGEMILL_KILLS");
  return count == nullptr ? 200 : static_cast<unsigned>(std::strtoul(count, nullptr, 10));
}

/// Every third keeps only so much, some of them of what those before have left: more than one
/// segment goes at once then.
bool is_forgetful(unsigned life) { return life % 9 / 3 == 1; }

TEST(Kill, TakesNothingThatWasAcknowledged) {
  const Folder folder;
  std::uint64_t records = 0;
  unsigned held = 0;
  unsigned dropped = 0;
  Extent extent = Extent::all;
  for (unsigned life = 0; life < kills(); ++life) {
    SCOPED_TRACE(testing::Message() << "kill " << life);
    if (life % kLivesADirectory == 0) {
      folder.clear();
      extent = Extent::all;
    }
    if (is_forgetful(life)) extent = Extent::rest;
    std::mt19937 random{life};
    ChildOrders orders;
    orders.directory = folder.path();
    // Less than one segment: also on a slow machine some are dropped.
    if (is_forgetful(life)) orders.keep_bytes = kSmallSegment / 2;
    Child child{orders};
    // A third dies while it starts, the rest while they write.
    if (life % 3 != 0) child.listen_until_it_writes();
    ASSERT_FALSE(child.listen(std::chrono::microseconds{random() % 20'000}))
        << "ended by itself, exit code " << child.report().exit_code;
    child.kill();
    const Tally tally = tally_of(folder.path(), 2, extent);
    const auto left = list_segments(folder.path());
    if (left && !left->empty() && left->front().first > 1) ++dropped;
    for (std::size_t p = 0; p < 2; ++p) {
      if (extent == Extent::rest && tally.upto[p] == 0) continue;  // all of it was dropped
      ASSERT_GE(tally.upto[p], child.acknowledged()[p]);
      if (child.acknowledged()[p] > 0) ++held;
      records += tally.upto[p];
    }
    if (HasFailure()) return;
  }
  if (kills() >= 200) {
    EXPECT_GT(dropped, 0U) << "no segment was dropped on the way";
  }
  std::printf("%u kills, %u promises kept, %llu records looked at, %u times without the oldest\n",
              kills(), held, static_cast<unsigned long long>(records), dropped);
}

}  // namespace
}  // namespace chargemill::runtime::journal::test
