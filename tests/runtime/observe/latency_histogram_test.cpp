#include "runtime/observe/latency_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/observe/histogram_recorder.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

constexpr double kQuantiles[] = {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0};

/// Durations from nanoseconds to days, as a seed likes them.
std::vector<std::int64_t> durations(std::uint64_t seed) {
  RandomStream random{seed, 0, Purpose::choice};
  const double scale = std::pow(10.0, static_cast<double>(1 + random.below(14)));
  std::vector<std::int64_t> values;
  for (std::uint64_t n = 1 + random.below(3'000); n > 0; --n)
    values.push_back(static_cast<std::int64_t>(random.exponential() * scale));
  return values;
}

/// The value below or at which the share q lies, by sorting.
std::int64_t exact(std::vector<std::int64_t> values, double q) {
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(q * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

TEST(LatencyHistogram, IsWithinAPercentOfSortedVectors) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto values = durations(seed);
    LatencyHistogram histogram;
    for (const auto value : values) histogram.record(Nanos{value});
    ASSERT_EQ(histogram.count(), values.size());
    EXPECT_EQ(histogram.max().count(), *std::max_element(values.begin(), values.end()));
    for (const double q : kQuantiles) {
      const auto expected = static_cast<double>(exact(values, q));
      const auto got = static_cast<double>(histogram.quantile(q).count());
      EXPECT_LE(std::abs(got - expected), expected * 0.01 + 0.5) << "q " << q;
      EXPECT_LE(got, static_cast<double>(histogram.max().count()));
    }
  }
}

TEST(LatencyHistogram, BucketsCoverEveryDurationOnceAndRise) {
  for (std::size_t bucket = 1; bucket < HistogramBuckets::kCount; ++bucket)
    ASSERT_EQ(HistogramBuckets::lowest(bucket), HistogramBuckets::highest(bucket - 1) + 1);
  RandomStream random{1, 0, Purpose::choice};
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t ns = random.bits() >> (13 + random.below(50));
    const auto bucket = HistogramBuckets::bucket(ns);
    ASSERT_LT(bucket, HistogramBuckets::kCount);
    ASSERT_LE(HistogramBuckets::lowest(bucket), ns);
    ASSERT_GE(HistogramBuckets::highest(bucket), ns);
  }
  EXPECT_EQ(HistogramBuckets::bucket(UINT64_MAX), HistogramBuckets::kCount - 1);
}

TEST(LatencyHistogram, MergingInAnyOrderEqualsRecordingAll) {
  LatencyHistogram a;
  LatencyHistogram b;
  LatencyHistogram c;
  LatencyHistogram all;
  LatencyHistogram* const parts[] = {&a, &b, &c};
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const auto value : durations(seed)) {
      parts[seed - 1]->record(Nanos{value});
      all.record(Nanos{value});
    }
  }
  LatencyHistogram left = a;
  left.merge(b);
  left.merge(c);
  LatencyHistogram right = c;
  right.merge(b);
  right.merge(a);
  for (const auto* merged : {&left, &right}) {
    EXPECT_EQ(merged->count(), all.count());
    EXPECT_EQ(merged->max(), all.max());
    for (const double q : kQuantiles) EXPECT_EQ(merged->quantile(q), all.quantile(q));
  }
  LatencyHistogram same = all;
  same.merge(LatencyHistogram{});
  EXPECT_EQ(same.count(), all.count());
}

TEST(LatencyHistogram, OfNothingIsZeroAndNegativeDurationsAreZero) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.99), Nanos{0});
  EXPECT_EQ(histogram.mean_ns(), 0.0);
  histogram.record(Nanos{-5});
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.max(), Nanos{0});
}

// One thread records, another looks: counts never fall, and nothing is missing at the end.
TEST(HistogramRecorderStress, ASnapshotNeverFallsAndTheLastIsExact) {
  const std::uint64_t records = test::stress_count(300'000);
  HistogramRecorder recorder;
  std::atomic<bool> done{false};
  std::thread writer{[&] {
    RandomStream random{9, 0, Purpose::choice};
    for (std::uint64_t i = 0; i < records; ++i)
      recorder.record(Nanos{static_cast<std::int64_t>(random.below(1'000'000))});
    done.store(true, std::memory_order_release);
  }};
  std::uint64_t seen = 0;
  while (!done.load(std::memory_order_acquire)) {
    const auto count = recorder.snapshot().count();
    ASSERT_GE(count, seen);
    seen = count;
  }
  writer.join();
  LatencyHistogram expected;
  RandomStream random{9, 0, Purpose::choice};
  for (std::uint64_t i = 0; i < records; ++i)
    expected.record(Nanos{static_cast<std::int64_t>(random.below(1'000'000))});
  const auto last = recorder.snapshot();
  EXPECT_EQ(last.count(), records);
  EXPECT_EQ(last.max(), expected.max());
  for (const double q : kQuantiles) EXPECT_EQ(last.quantile(q), expected.quantile(q));
}

}  // namespace
}  // namespace chargemill::runtime
