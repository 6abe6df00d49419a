// The queue between a producer and the writer: by script on one thread, then under load on two. The
// proof idea: records are numbered; the consumer sees every number once and in order, and is never
// left asleep while one waits.
#include "runtime/journal/appender_ring.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "runtime/base/wake_signal.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime::journal {
namespace {

using namespace std::chrono_literals;
using Push = AppenderRing::Push;

Record numbered(std::uint64_t n) {
  Record record;
  record.time = Micros{static_cast<std::int64_t>(n)};
  return record;
}
std::uint64_t number_at(const AppenderRing& ring, std::uint64_t n) {
  return static_cast<std::uint64_t>(time_of(ring.slot(n).record).count());
}

TEST(AppenderRing, HoldsItsCapacityAndRefusesMoreUntilRecordsAreReleased) {
  AppenderRing ring{4};
  for (std::uint64_t n = 0; n < 4; ++n) EXPECT_EQ(ring.try_push(numbered(n)), Push::done);
  EXPECT_EQ(ring.try_push(numbered(4)), Push::full);
  EXPECT_EQ(ring.pushed(), 4U);
  EXPECT_EQ(ring.depth(), 4U);
  for (std::uint64_t n = 0; n < 4; ++n) EXPECT_EQ(number_at(ring, n), n);
  EXPECT_EQ(ring.try_push(numbered(4)), Push::full) << "seen is not released";
  ring.release(1);
  EXPECT_EQ(ring.try_push(numbered(4)), Push::done);
  EXPECT_EQ(ring.try_push(numbered(5)), Push::full);
  EXPECT_EQ(number_at(ring, 4), 4U);
}
TEST(AppenderRing, TellsTheProducerOnceThatTheConsumerSleeps) {
  AppenderRing ring{4};
  EXPECT_TRUE(ring.try_sleep(0));
  EXPECT_EQ(ring.try_push(numbered(0)), Push::done_and_consumer_sleeps);
  EXPECT_EQ(ring.try_push(numbered(1)), Push::done);
  EXPECT_FALSE(ring.try_sleep(0)) << "there is something to do";
  EXPECT_TRUE(ring.try_sleep(2));
}
TEST(AppenderRing, LosesNothingAndLeavesNobodyAsleepUnderLoad) {
  const std::uint64_t records = test::stress_count(300'000);
  AppenderRing ring{64};
  WakeSignal signal;
  std::thread producer{[&] {
    for (std::uint64_t n = 0; n < records;) {
      const Push pushed = ring.try_push(numbered(n));
      if (pushed == Push::full) {
        std::this_thread::yield();
        continue;
      }
      ++n;
      if (pushed == Push::done_and_consumer_sleeps) signal.wake();
    }
  }};
  bool in_order = true;
  for (std::uint64_t seen = 0; seen < records;) {
    const std::uint64_t pushed = ring.pushed();
    if (pushed == seen) {
      // An hour: a lost wake-up hangs instead of hiding.
      if (ring.try_sleep(seen)) signal.sleep(1h);
      continue;
    }
    for (; seen < pushed; ++seen) in_order = in_order && number_at(ring, seen) == seen;
    ring.release(seen);
  }
  producer.join();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(ring.depth(), 0U);
}

}  // namespace
}  // namespace chargemill::runtime::journal
