// The promise of virtual time over nodes: the same scenario and seed give the same digest on any
// number of them, and the sums of all nodes agree.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/virtual_cluster.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

/// Seeds to try; more in the long form (CHARGEMILL_NODE_SEEDS, tests/README.md).
std::uint64_t seeds() {
  const char* const text =
      std::getenv("CHARGEMILL_NODE_SEEDS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? 6 : std::strtoull(text, nullptr, 10);
}

TEST(Nodes, GiveOneDigestOnAnyNumberOfThemAndOfTheirWorkers) {
  ASSERT_GT(seeds(), 0U) << "CHARGEMILL_NODE_SEEDS";
  std::uint64_t crossed = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    VirtualNetwork one{scenario, 1};
    const auto totals = one.finish();
    for (const unsigned nodes : {2U, 3U, 4U}) {
      for (const unsigned workers : {1U, 2U}) {
        SCOPED_TRACE(std::to_string(nodes) + " nodes x " + std::to_string(workers) + " workers");
        VirtualCluster cluster{scenario, nodes, workers};
        const auto sum = cluster.finish();
        for (const auto& text : network::broken_identities(sum)) ADD_FAILURE() << text;
        EXPECT_EQ(sum.actors, totals.actors);
        EXPECT_EQ(sum.requests_sent, totals.requests_sent);
        EXPECT_EQ(sum.energy_delivered_mj, totals.energy_delivered_mj);
        EXPECT_EQ(sum.messages_delivered, totals.messages_delivered);
        ASSERT_EQ(cluster.digest(), one.digest());
        crossed += cluster.messages_between_nodes();
      }
    }
  }
  EXPECT_GT(crossed, 1'000U) << "else nothing was tried";
}

}  // namespace
}  // namespace chargemill::test
