// Agreement under faults, from seeds: a failure is played again by its seed alone.
//
//     CHARGEMILL_AGREEMENT_SEED=123 ./dev test AgreementSimulation      that one
//     CHARGEMILL_AGREEMENT_SEEDS=10000 ./dev test AgreementSimulation   so many
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/runtime/agreement/simulated_cluster.hpp"

namespace chargemill::test {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Never two centrals, never two nodes that act for a shard, no order with an old token obeyed, no
// charge point booked twice; and within twice the lease after the last fault all nodes are back and
// agree.
TEST(AgreementSimulation, KeepsItsLawsUnderAnyFaults) {
  const auto one = number_from("CHARGEMILL_AGREEMENT_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : number_from("CHARGEMILL_AGREEMENT_SEEDS", 600);
  Tally sum;
  for (auto seed = first; seed <= last; ++seed) {
    SimulatedCluster cluster{{seed}};
    const std::string broken = cluster.play();
    ASSERT_EQ(broken, "") << "CHARGEMILL_AGREEMENT_SEED=" << seed << " plays it again";
    const auto& t = cluster.tally();
    sum.booked += t.booked, sum.refused_tokens += t.refused_tokens, sum.not_mine += t.not_mine;
    sum.centrals += t.centrals, sum.stops += t.stops, sum.hand_overs += t.hand_overs;
    sum.crashes += t.crashes, sum.pauses += t.pauses, sum.cuts += t.cuts;
    sum.etcd_faults += t.etcd_faults;
  }
  std::printf(
      "%llu seeds: booked %u, centrals %u, stopped by themselves %u, crashes %u, pauses %u, "
      "partitions %u, etcd faults %u, let go %u; refused: old token %u, not mine %u\n",
      static_cast<unsigned long long>(last) - first + 1, sum.booked, sum.centrals, sum.stops,
      sum.crashes, sum.pauses, sum.cuts, sum.etcd_faults, sum.hand_overs, sum.refused_tokens,
      sum.not_mine);
  if (one > 0) return;
  // A simulation in which nothing happens proves nothing.
  const auto seeds = static_cast<unsigned>(last);
  EXPECT_GT(sum.booked, 100 * seeds);
  EXPECT_GT(sum.centrals, seeds);
  EXPECT_GT(sum.stops, seeds / 2);
  EXPECT_GT(sum.hand_overs, seeds);
  EXPECT_GT(sum.crashes, seeds / 2);
  EXPECT_GT(sum.pauses, seeds / 2);
  EXPECT_GT(sum.refused_tokens, 0U);
}

TEST(AgreementSimulation, PlaysTheSameAgainFromTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SimulatedCluster a{{seed}};
    SimulatedCluster b{{seed}};
    EXPECT_EQ(a.play(), b.play());
    EXPECT_EQ(a.tally().booked, b.tally().booked);
    EXPECT_EQ(a.tally().not_mine, b.tally().not_mine);
    EXPECT_EQ(a.tally().hand_overs, b.tally().hand_overs);
  }
}

// The lease's margin is for clocks that differ by less. With clocks that are far off the law of the
// one owner cannot hold: a simulation that does not notice would notice nothing.
TEST(AgreementSimulation, NoticesClocksThatAreFartherOffThanTheMargin) {
  unsigned noticed = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SimulatedCluster cluster{{seed, 0.6}};
    noticed += cluster.play().find("two ") == 0 ? 1 : 0;
  }
  EXPECT_GT(noticed, 0U);
}

TEST(AgreementSimulation, DoesNothingButItsWorkWhileNothingGoesWrong) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimulatedCluster cluster{{seed, 0.01, false}};
    ASSERT_EQ(cluster.play(), "") << seed;
    EXPECT_EQ(cluster.tally().stops, 0U) << seed;
    EXPECT_EQ(cluster.tally().centrals, 1U) << seed;
  }
}

}  // namespace
}  // namespace chargemill::test
