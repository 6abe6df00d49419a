#include "app/nodes/node_report.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

NodeReport sample() {
  NodeReport report;
  report.snapshot.sim = SimTime{7s};
  report.snapshot.wall = 8s;
  report.snapshot.totals.requests_sent = 11;
  report.snapshot.totals.energy_unreported_mj = -12;
  for (const Nanos latency : {Nanos{1}, Nanos{255}, Nanos{1'234'567}, Nanos{98'765'432'101}})
    report.snapshot.latencies.request_decision.record(latency, 3);
  report.snapshot.worker_busy = {0.25, 0.5};
  report.failure = "shard: it threw";
  report.survived_failures = 2;
  report.first_survived = "driver: so did it";
  report.is_quiet = false;
  report.cpu_s = 1.5;
  report.rss_bytes = 1 << 20;
  report.network_bytes = 1 << 19;
  report.worker_busy = {0.75};
  report.digest = {3, 4};
  report.journal_news = "the journal works again\n";
  report.journal.emplace();
  report.journal->appended = 21;
  report.journal->bytes = 22;
  report.journal->status.state = runtime::journal::JournalState::stalled;
  report.journal->status.records = 20;
  report.journal->status.last_failure = "no space left";
  report.journal->status.commit_times.record(Nanos{5'000'000}, 4);
  report.detail.slowest[2] = {{Nanos{6'000'000'000}, SimTime{7s}, {{}, {}, {}, PointId{3}}, 0}};
  report.display = {DisplayState::supplying, DisplayState::broken, DisplayState::disconnected};
  return report;
}

TEST(NodeReport, ComesThroughUnchanged) {
  const NodeReport report = sample();
  const auto back = report_from(to_bytes(report));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_bytes(*back), to_bytes(report));
  EXPECT_EQ(back->snapshot.totals.energy_unreported_mj, -12);
  EXPECT_EQ(back->failure, report.failure);
  EXPECT_EQ(back->display, report.display);
  ASSERT_EQ(back->detail.slowest[2].size(), 1U);
  EXPECT_EQ(back->detail.slowest[2][0].whom.point, PointId{3});
  EXPECT_EQ(back->digest, report.digest);
  ASSERT_TRUE(back->journal.has_value());
  EXPECT_EQ(back->journal->appended, 21U);
  EXPECT_EQ(back->journal->status.last_failure, "no space left");
  EXPECT_EQ(back->journal->status.commit_times.count(), 4U);
  EXPECT_FALSE(report_from(to_bytes(NodeReport{}))->journal.has_value());
}

TEST(JournalOutcome, SeveralAreAsWellAsTheWorst) {
  using runtime::journal::JournalState;
  JournalOutcome all;
  all.appended = 5;
  all.status.records = 5;
  add(all, *sample().journal);
  EXPECT_EQ(all.appended, 26U);
  EXPECT_EQ(all.status.records, 25U);
  EXPECT_EQ(all.status.state, JournalState::stalled);
  EXPECT_EQ(all.status.last_failure, "no space left");
  add(all, JournalOutcome{});
  EXPECT_EQ(all.status.state, JournalState::stalled);
}

// A merged histogram says what one of all records would have said, and its maximum is exact.
TEST(NodeReport, KeepsEveryQuantileAndTheExactMaximum) {
  const auto back = report_from(to_bytes(sample()));
  ASSERT_TRUE(back.has_value());
  const auto& was = sample().snapshot.latencies.request_decision;
  const auto& is = back->snapshot.latencies.request_decision;
  EXPECT_EQ(is.count(), 12U);
  EXPECT_EQ(is.max(), Nanos{98'765'432'101});
  for (const double q : {0.1, 0.5, 0.9, 0.99, 1.0}) EXPECT_EQ(is.quantile(q), was.quantile(q));
  EXPECT_EQ(back->snapshot.latencies.session_start.count(), 0U);
}

TEST(NodeReport, IsNoReportWhenCutAnywhereOrLonger) {
  const std::string bytes = to_bytes(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(report_from(std::string_view{bytes}.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(report_from(bytes + '\0').has_value());
}

// Looks share the cable with what the nodes say to etcd, ten times a second: each is a few bytes
// for a bucket or a counter, and next to none for what nobody counts.
TEST(NodeReport, IsSmallEnoughForANarrowCable) {
  constexpr std::uint64_t kBuckets = 400;
  NodeReport report;
  auto& latencies = report.snapshot.latencies;
  for (std::uint64_t i = 0; i < kBuckets; ++i)
    latencies.tick_lateness.record(Nanos{static_cast<std::int64_t>(1'000 + i * i * 100)}, 1 + i);
  std::uint64_t used = 0;
  latencies.tick_lateness.for_each([&](auto, auto, auto) { ++used; });
  ASSERT_GT(used, kBuckets / 2);
  EXPECT_LT(to_bytes(report).size(), to_bytes(NodeReport{}).size() + 4 * used);
  EXPECT_LT(to_bytes(NodeReport{}).size(), 700U);
}

TEST(NodeReport, DoesNotBelieveImpossibleLengthsAndStates) {
  std::string bytes = to_bytes(sample());
  bytes.back() = 5;  // the last state of a charge point
  EXPECT_FALSE(report_from(bytes).has_value());
  std::string entities = to_bytes(std::vector<network::EntityDigest>(3));
  EXPECT_TRUE(entities_from(entities).has_value());
  entities[7] = '\x7F';  // the highest byte of how many there are
  EXPECT_FALSE(entities_from(entities).has_value());
}

TEST(Totals, AddUpFieldByFieldAlsoBelowZero) {
  network::Totals a;
  a.requests_sent = 3;
  a.energy_unreported_mj = -5;
  a.records_lost = 7;
  network::Totals b = a;
  b.energy_unreported_mj = 2;
  network::add(a, b);
  EXPECT_EQ(a.requests_sent, 6U);
  EXPECT_EQ(a.energy_unreported_mj, -3);
  EXPECT_EQ(a.records_lost, 14U);
}

}  // namespace
}  // namespace chargemill::app
