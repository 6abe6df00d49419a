#include "runtime/observe/slowest_recorder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/support/allocation_count.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

struct About {
  std::uint64_t what = 0;
  std::uint64_t again = 0;
};
using Recorder = SlowestRecorder<About>;

SimTime at(Nanos time) { return SimTime{time}; }

/// Slowest first.
std::vector<std::int64_t> kept(const Recorder& recorder, SimTime now) {
  auto samples = recorder.samples(now);
  keep_slowest(samples, samples.size());
  std::vector<std::int64_t> result;
  for (const auto& sample : samples) result.push_back(sample.lasted.count());
  return result;
}

TEST(SlowestRecorder, KeepsTheSlowestOfAWindowWhateverTheOrder) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    std::vector<std::int64_t> all(random() % 200);
    Recorder recorder;
    for (auto& one : all) {
      one = 1 + static_cast<std::int64_t>(random() % 100);
      recorder.record(Nanos{one}, at(1s), {static_cast<std::uint64_t>(one), seed});
    }
    std::sort(all.rbegin(), all.rend());
    if (all.size() > Recorder::kSamples) all.resize(Recorder::kSamples);
    EXPECT_EQ(kept(recorder, at(1s)), all);
    for (const auto& sample : recorder.samples(at(1s)))
      EXPECT_EQ(sample.about.what, static_cast<std::uint64_t>(sample.lasted.count()));
  }
}

TEST(SlowestRecorder, WhatTookNoTimeIsNoneOfThem) {
  Recorder recorder;
  recorder.record(Nanos{0}, at(1s), {});
  recorder.record(Nanos{-5}, at(1s), {});
  EXPECT_TRUE(recorder.samples(at(1s)).empty());
}

TEST(SlowestRecorder, WhatIsOldFadesAlsoWhileNothingIsRecorded) {
  Recorder recorder;
  recorder.keep_for(60s);
  recorder.record(9s, at(10s), {});  // the window is 10 s to 70 s
  recorder.record(1s, at(69s), {});
  EXPECT_EQ(kept(recorder, at(69s)).size(), 2U);
  recorder.record(2s, at(70s), {});
  EXPECT_EQ(kept(recorder, at(70s)).size(), 3U) << "the window before is still there";
  recorder.record(3s, at(130s), {});
  EXPECT_EQ(kept(recorder, at(130s)),
            (std::vector<std::int64_t>{Nanos{3s}.count(), Nanos{2s}.count()}))
      << "what was slower is two windows ago";
  EXPECT_EQ(kept(recorder, at(189s)).size(), 2U);
  EXPECT_EQ(kept(recorder, at(190s)).size(), 1U);
  EXPECT_TRUE(kept(recorder, at(250s)).empty());
}

TEST(SlowestRecorder, SaysBeforehandWhetherItWouldKeepIt) {
  Recorder recorder;
  recorder.keep_for(60s);
  EXPECT_TRUE(recorder.would_keep(Nanos{1}, at(1s)));
  EXPECT_FALSE(recorder.would_keep(Nanos{0}, at(1s)));
  for (int i = 0; i < 16; ++i) recorder.record(Nanos{10 + i}, at(1s), {});
  EXPECT_FALSE(recorder.would_keep(Nanos{10}, at(1s)));
  EXPECT_TRUE(recorder.would_keep(Nanos{11}, at(1s)));
  EXPECT_TRUE(recorder.would_keep(Nanos{1}, at(61s))) << "a new window has room";
}

TEST(SlowestRecorder, NeverAllocatesWhenItRecords) {
  Recorder recorder;
  recorder.keep_for(1ms);
  const auto before = test::allocations();
  for (int i = 0; i < 10'000; ++i)
    recorder.record(Nanos{i % 977}, at(std::chrono::microseconds{i}), {});
  EXPECT_EQ(test::allocations(), before);
}

TEST(SlowestRecorder, NobodySeesPartsOfTwoSamples) {
  const std::uint64_t records = test::stress_count(200'000);
  Recorder recorder;
  recorder.keep_for(1us);  // a window every thousand: cells are emptied and filled all the time
  std::atomic<bool> is_over{false};
  std::thread writer{[&] {
    for (std::uint64_t i = 1; i <= records; ++i)
      recorder.record(Nanos{static_cast<std::int64_t>(i)}, at(Nanos{static_cast<std::int64_t>(i)}),
                      {i, ~i});
    is_over.store(true, std::memory_order_release);  // release: pairs with acquire below
  }};
  std::size_t seen = 0;
  while (!is_over.load(std::memory_order_acquire)) {
    for (const auto& sample : recorder.samples(SimTime{})) {
      ++seen;
      ASSERT_EQ(sample.about.again, ~sample.about.what);
      ASSERT_EQ(static_cast<std::uint64_t>(sample.lasted.count()), sample.about.what);
    }
  }
  writer.join();
  EXPECT_GT(seen + recorder.samples(SimTime{}).size(), 0U);
}

}  // namespace
}  // namespace chargemill::runtime
