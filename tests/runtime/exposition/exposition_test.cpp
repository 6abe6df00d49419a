#include <gtest/gtest.h>

#include <random>

#include "runtime/exposition/prometheus_text.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

TEST(ClassicHistogram, CountsWhatTookNoLongerThanEachEdge) {
  LatencyHistogram fine;
  for (const auto ns : {10ns, 20ns, 20ns, 200ns}) fine.record(ns);
  fine.record(1s);
  const auto h = classic(fine, {10ns, 20ns, 255ns});
  ASSERT_EQ(h.buckets.size(), 3U);
  EXPECT_EQ(h.buckets[0].at_most, 1U) << "an edge belongs to its bucket";
  EXPECT_EQ(h.buckets[1].at_most, 3U);
  EXPECT_EQ(h.buckets[2].at_most, 4U);
  EXPECT_EQ(h.count, 5U);
  EXPECT_NEAR(h.sum_s, 1.0, 0.004);
  EXPECT_DOUBLE_EQ(h.buckets[1].edge_s, 20e-9);
}
TEST(ClassicHistogram, OfNothingHasEveryEdgeAtZero) {
  const auto h = classic(LatencyHistogram{}, {1ms, 2ms});
  ASSERT_EQ(h.buckets.size(), 2U);
  EXPECT_EQ(h.buckets[1].at_most, 0U);
  EXPECT_EQ(h.count, 0U);
  EXPECT_EQ(h.sum_s, 0.0);
}
TEST(ClassicHistogram, NeverSaysFasterThanItWasAndErrsByLessThanOneIn128) {
  const std::vector<Nanos> edges{100us, 1ms, 20ms, 250ms, 400ms, 1s};
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random{seed};
    std::lognormal_distribution<double> spread{16.0, 3.0};
    std::vector<Nanos> all;
    LatencyHistogram fine;
    for (int i = 0; i < 2'000; ++i) {
      // Half of them near an edge, where it is hard.
      const auto far = Nanos{static_cast<std::int64_t>(spread(random))};
      const auto near =
          edges[random() % edges.size()] + Nanos{static_cast<int>(random() % 2'000)} - Nanos{1'000};
      all.push_back(random() % 2 == 0 ? far : near);
      fine.record(all.back());
    }
    const auto h = classic(fine, edges);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto at_most = [&](Nanos limit) {
        return static_cast<std::uint64_t>(
            std::count_if(all.begin(), all.end(), [&](Nanos d) { return d <= limit; }));
      };
      EXPECT_LE(h.buckets[i].at_most, at_most(edges[i]));
      EXPECT_GE(h.buckets[i].at_most, at_most(edges[i] - edges[i] / 127));
    }
  }
}
TEST(PrometheusText, WritesHelpTypeLabelsAndBuckets) {
  LatencyHistogram fine;
  fine.record(10ns);
  fine.record(20ns);
  MetricFamily count{"pumps_total", "Pumps.", MetricType::counter, {}};
  count.add(3, {{"zone", "a \"b\"\n"}}).add(0, {{"zone", "other"}});
  MetricFamily waits{"wait_seconds", "How long.", MetricType::histogram, {}};
  waits.add(classic(fine, {15ns, 7ms, 400ms}));
  EXPECT_EQ(prometheus_text({count, waits}),
            "# HELP pumps_total Pumps.\n# TYPE pumps_total counter\n"
            "pumps_total{zone=\"a \\\"b\\\"\\n\"} 3\npumps_total{zone=\"other\"} 0\n"
            "# HELP wait_seconds How long.\n# TYPE wait_seconds histogram\n"
            "wait_seconds_count 2\nwait_seconds_sum 3e-08\n"
            "wait_seconds_bucket{le=\"1.5e-08\"} 1\nwait_seconds_bucket{le=\"0.007\"} 2\n"
            "wait_seconds_bucket{le=\"0.4\"} 2\nwait_seconds_bucket{le=\"+Inf\"} 2\n");
}

}  // namespace
}  // namespace chargemill::runtime
