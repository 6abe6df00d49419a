#include "runtime/observe/latency_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <thread>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/observe/histogram_recorder.hpp"
#include "tests/support/stress.hpp"
#include "tests/support/traces.hpp"

namespace chargemill::runtime {
namespace {

constexpr double kQuantiles[] = {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0};

/// Nanoseconds up to some power of ten of them: from none to days.
using Durations = std::vector<std::int64_t>;
rc::Gen<Durations> any_durations() {
  return rc::gen::mapcat(rc::gen::inRange(1, 15), [](int digits) {
    const double scale = std::pow(10.0, digits);
    return test::any_trace(
        6'000,
        [scale](RandomStream& random) {
          return static_cast<std::int64_t>(random.exponential() * scale);
        },
        [](std::int64_t ns) { return rc::shrink::towards(ns, std::int64_t{0}); });
  });
}
LatencyHistogram recorded(const Durations& durations) {
  LatencyHistogram histogram;
  for (const auto ns : durations) histogram.record(Nanos{ns});
  return histogram;
}

/// The value below or at which the share q lies.
double exact(const Durations& sorted, double q) {
  const double rank = std::ceil(q * static_cast<double>(sorted.size()));
  return static_cast<double>(sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1]);
}

TEST(LatencyHistogram, IsWithinAPercentOfSortedVectors) {
  test::check_cases(300, [] {
    auto durations = *any_durations().as("durations, ns");
    RC_PRE(!durations.empty());
    const LatencyHistogram histogram = recorded(durations);
    std::sort(durations.begin(), durations.end());
    RC_ASSERT(histogram.count() == durations.size());
    RC_ASSERT(histogram.max().count() == durations.back());
    for (const double q : kQuantiles) {
      const double expected = exact(durations, q);
      const Nanos got = histogram.quantile(q);
      RC_ASSERT(std::abs(static_cast<double>(got.count()) - expected) <= expected * 0.01 + 0.5);
      RC_ASSERT(got <= histogram.max());
    }
  });
}

TEST(LatencyHistogram, BucketsRiseWithoutAGap) {
  for (std::size_t bucket = 1; bucket < HistogramBuckets::kCount; ++bucket)
    ASSERT_EQ(HistogramBuckets::lowest(bucket), HistogramBuckets::highest(bucket - 1) + 1);
  EXPECT_EQ(HistogramBuckets::bucket(UINT64_MAX), HistogramBuckets::kCount - 1);
}

RC_GTEST_PROP(LatencyHistogram, EveryDurationLiesInItsBucket, ()) {
  const auto of_any_size = [](RandomStream& random) {
    const std::uint64_t bits = random.bits();
    return bits >> (13 + random.below(50));
  };
  const auto smaller = [](std::uint64_t ns) { return rc::shrink::towards(ns, std::uint64_t{0}); };
  for (const auto ns : *test::any_trace(4'000, of_any_size, smaller).as("durations, ns")) {
    const auto bucket = HistogramBuckets::bucket(ns);
    RC_ASSERT(bucket < HistogramBuckets::kCount);
    RC_ASSERT(HistogramBuckets::lowest(bucket) <= ns);
    RC_ASSERT(HistogramBuckets::highest(bucket) >= ns);
  }
}

RC_GTEST_PROP(LatencyHistogram, MergingInAnyOrderEqualsRecordingAll, ()) {
  const auto first = *any_durations();
  const auto second = *any_durations();
  const auto third = *any_durations();
  Durations everything = first;
  everything.insert(everything.end(), second.begin(), second.end());
  everything.insert(everything.end(), third.begin(), third.end());
  const LatencyHistogram all = recorded(everything);
  LatencyHistogram left = recorded(first);
  left.merge(recorded(second));
  left.merge(recorded(third));
  LatencyHistogram right = recorded(third);
  right.merge(recorded(second));
  right.merge(recorded(first));
  LatencyHistogram same = all;
  same.merge(LatencyHistogram{});
  for (const auto* merged : {&left, &right, &same}) {
    RC_ASSERT(merged->count() == all.count());
    RC_ASSERT(merged->max() == all.max());
    for (const double q : kQuantiles) RC_ASSERT(merged->quantile(q) == all.quantile(q));
  }
}

TEST(LatencyHistogram, OfNothingIsZeroAndNegativeDurationsAreZero) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.99), Nanos{0});
  EXPECT_EQ(histogram.mean_ns(), 0.0);
  histogram.record(Nanos{-5});
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.max(), Nanos{0});
}

/// What has been counted, and what is noted as the longest, put into a recorder as they are.
struct Kept {
  static constexpr bool kReads = true;
  std::map<std::uint32_t, std::uint64_t> used;
  std::int64_t max_ns = 0;
  bool holds = true;

  void operator()(std::map<std::uint32_t, std::uint64_t>& buckets, std::int64_t& longest) const {
    buckets = used;
    longest = max_ns;
  }
  void check(bool what) { holds = holds && what; }
  [[nodiscard]] bool is_sound() const { return holds; }
};

// A record is counted before it is noted as the longest. Of who looks in between no bucket lies
// above the longest: another node would believe nothing of such a histogram.
TEST(HistogramRecorder, WhoLooksWhileTheLongestIsRecordedSeesItAsTheLongest) {
  HistogramRecorder recorder;
  const auto bucket = static_cast<std::uint32_t>(HistogramBuckets::bucket(1'000'000));
  Kept kept{{{3, 7}, {bucket, 1}}, 3};
  recorder.fields(kept);
  ASSERT_TRUE(kept.holds);
  const LatencyHistogram seen = recorder.snapshot();
  EXPECT_EQ(seen.count(), 8U);
  EXPECT_EQ(seen.max().count(), static_cast<std::int64_t>(HistogramBuckets::lowest(bucket)));
  recorder.record(Nanos{1'000'000});
  EXPECT_EQ(recorder.snapshot().max(), Nanos{1'000'000});
  EXPECT_EQ(HistogramRecorder{}.snapshot().max(), Nanos{0});
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
    // release: all records come before; pairs with acquire in the loop below.
    done.store(true, std::memory_order_release);
  }};
  std::uint64_t seen = 0;
  while (!done.load(std::memory_order_acquire)) {  // acquire: as above
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
