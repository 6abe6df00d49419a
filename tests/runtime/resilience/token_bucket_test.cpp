// So many a second and no more.
#include "runtime/resilience/token_bucket.hpp"

#include <gtest/gtest.h>

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

TEST(TokenBucket, GivesABurstAtOnceAndThenOneATokenTime) {
  TokenBucket bucket{10, 3};
  const Nanos now = 5s;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.try_take(now));
  EXPECT_FALSE(bucket.try_take(now));
  EXPECT_EQ(bucket.next(), now + 100ms);
  EXPECT_FALSE(bucket.try_take(now + 99ms));
  EXPECT_TRUE(bucket.try_take(now + 100ms));
  EXPECT_FALSE(bucket.try_take(now + 100ms));
}

TEST(TokenBucket, SavesNoMoreThanItsBurst) {
  TokenBucket bucket{10, 3};
  ASSERT_TRUE(bucket.try_take(0s));
  int taken = 0;
  while (bucket.try_take(1h)) ++taken;
  EXPECT_EQ(taken, 3);
}

TEST(TokenBucket, GivesExactlyItsRateInTheLongRun) {
  TokenBucket bucket{1'000, 1};
  int taken = 0;
  for (Nanos now = 0s; now < 10s; now += 250us) taken += bucket.try_take(now) ? 1 : 0;
  EXPECT_EQ(taken, 10'000);
}

}  // namespace
}  // namespace chargemill::runtime
