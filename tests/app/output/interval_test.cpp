#include "app/output/interval.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

TEST(Interval, HoldsWhatTheEarlierLookDoesNot) {
  runtime::LatencyHistogram before;
  before.record(1ms, 100);
  auto now = before;
  now.record(1ms, 1);
  now.record(8ms, 9);
  const auto fresh = recorded_since(before, now);
  EXPECT_EQ(fresh.count(), 10U);
  EXPECT_NEAR(static_cast<double>(fresh.quantile(0.5).count()), 8e6, 8e4);
}

TEST(Interval, OfTwoEqualLooksIsEmpty) {
  runtime::LatencyHistogram h;
  h.record(5ms, 3);
  EXPECT_EQ(recorded_since(h, h).count(), 0U);
  EXPECT_EQ(recorded_since({}, {}).count(), 0U);
}

TEST(Interval, SinceTheStartIsAll) {
  runtime::LatencyHistogram h;
  h.record(5ms, 3);
  EXPECT_EQ(recorded_since({}, h).count(), 3U);
}

}  // namespace
}  // namespace chargemill::app
