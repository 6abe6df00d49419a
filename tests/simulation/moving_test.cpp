// Shards that leave a node that lives go on elsewhere as if nothing had happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/still_cluster.hpp"

namespace chargemill::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Shards = StillCluster::Shards;

/// Seeds to try; more in the long form (CHARGEMILL_SAVED_SEEDS, tests/README.md).
std::uint64_t seeds() {
  const char* const text =
      std::getenv("CHARGEMILL_SAVED_SEEDS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? 20 : std::strtoull(text, nullptr, 10);
}

/// 48 charge points in six shards; busy drivers, who ask at any of them. Nothing goes wrong.
network::Scenario busy() {
  network::Scenario s;
  s.run.duration = std::chrono::hours{24};
  s.run.start_unix_s += 17 * 3'600;  // people come home
  s.run.seed = 7;
  s.network.charge_points = 48;
  s.network.max_session = seconds{60};
  s.central.shards = 6;
  s.drivers.count = 96;
  s.drivers.sessions_per_cp_per_day = 2'000;
  s.drivers.choose = network::Choice::any_in_zone;
  return s;
}

/// Some of those that are on node `n`.
Shards some_of(StillCluster& cluster, unsigned n, RandomStream& random) {
  Shards result;
  for (std::uint32_t s = 0; s < cluster.on(n).topology().shards.size(); ++s) {
    if (cluster.on(n).node_of(s) == n && random.below(2) == 0) result.push_back(s);
  }
  return result;
}

std::string difference(const network::Totals& x, const network::Totals& y) {
  const std::pair<const char*, bool> alike[] = {
      {"requests", x.requests_sent == y.requests_sent},
      {"accepted", x.requests_accepted == y.requests_accepted},
      {"denied", x.requests_denied == y.requests_denied},
      {"timed out", x.requests_timed_out == y.requests_timed_out},
      {"sessions", x.sessions_started == y.sessions_started},
      {"completed", x.sessions_completed == y.sessions_completed},
      {"failed", x.sessions_failed == y.sessions_failed},
      {"energy", x.energy_delivered_mj == y.energy_delivered_mj},
      {"tickets", x.tickets_delivered == y.tickets_delivered},
      {"trips", x.offered == y.offered && x.done == y.done && x.shed == y.shed},
      {"faults", x.faults_injected == y.faults_injected && x.faults_raised == y.faults_raised},
      {"restarts", x.restarts == y.restarts},
      {"actors", x.actors == y.actors}};
  std::string result;
  for (const auto& [what, is_alike] : alike) {
    if (!is_alike) result += std::string{what} + " differ; ";
  }
  return result;
}

TEST(Moving, AShardThatIsSavedEndedAndLoadedAgainIsAsOneThatRestedMeanwhile) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    RandomStream random{seed, 3, Purpose::choice};
    StillCluster straight{scenario, 2, 1};
    StillCluster disturbed{scenario, 2, 1};
    for (Nanos left = scenario.run.duration; left > Nanos{0};) {
      const Nanos step = std::min<Nanos>(left, milliseconds{random.below(20'000)});
      straight.pass(step);
      disturbed.pass(step);
      ASSERT_EQ(disturbed.difference(straight), "");
      for (const unsigned n : {0U, 1U}) {
        const Shards shards = some_of(disturbed, n, random);
        disturbed.move(n, n, shards);
        // What is due in one instant comes in the order in which it was asked for: so these rest
        // for a moment.
        (void)straight.depart(n, 1 - n, shards);
        straight.stay(n);
      }
      left -= step;
    }
    straight.pass(seconds{1});
    disturbed.pass(seconds{1});
    ASSERT_EQ(disturbed.difference(straight), "");
    EXPECT_EQ(difference(disturbed.count(), straight.count()), "");
    EXPECT_EQ(difference(disturbed.look(), straight.look()), "");
  }
}

TEST(Moving, ShardsWanderAmongNodesAndNoSessionOrRequestIsLost) {
  StillCluster cluster{busy(), 3, 2};
  RandomStream random{1, 4, Purpose::choice};
  for (int turn = 0; turn < 120; ++turn) {
    cluster.pass(milliseconds{500 + random.below(4'000)});
    const auto from = static_cast<unsigned>(random.below(3));
    const unsigned to = (from + 1 + static_cast<unsigned>(random.below(2))) % 3;
    const Shards shards = some_of(cluster, from, random);
    if (turn % 7 == 6) {
      (void)cluster.depart(from, to, shards);
      cluster.stay(from);
    } else {
      cluster.move(from, to, shards);
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "turn " << turn;
  }
  const auto t = cluster.count();
  EXPECT_GT(t.sessions_completed, 100U);
  EXPECT_EQ(t.sessions_failed, 0U);
  EXPECT_EQ(t.sessions_lost, 0U);
  EXPECT_EQ(t.requests_timed_out, 0U);
  EXPECT_EQ(t.display[static_cast<std::size_t>(DisplayState::disconnected)], 0U);
  // What a look says of each node goes along.
  const auto seen = cluster.look();
  EXPECT_EQ(seen.requests_sent, t.requests_sent);
  EXPECT_EQ(seen.requests_open, t.requests_open);
  EXPECT_EQ(seen.done, t.done);
}

TEST(Moving, ANodeThatHasGivenAllAwayHasNothingLeftToLose) {
  StillCluster cluster{busy(), 3, 2};
  cluster.pass(seconds{60});
  Shards all;
  for (std::uint32_t s = 0; s < 6; ++s) {
    if (cluster.on(2).node_of(s) == 2) all.push_back(s);
  }
  ASSERT_GT(cluster.on(2).look().totals.sessions_active, 0U);
  cluster.move(2, 1, all);
  EXPECT_FALSE(cluster.on(2).first_here().has_value());
  const auto left = network::left_of(cluster.on(2).look().totals);
  EXPECT_EQ(left.sessions_lost, 0U);
  EXPECT_EQ(left.requests_lost, 0U);
  EXPECT_EQ(left.requests_sent, 0U);
  EXPECT_EQ(left.offered, 0U);
  cluster.pass(seconds{60});
  EXPECT_EQ(cluster.count().sessions_failed, 0U);
}

// Between two processes of one program this does not happen; all the same nothing is read beyond.
TEST(Moving, BytesThatAreNoneAreRefused) {
  const auto scenario = busy();
  StillCluster cluster{scenario, 2, 1};
  cluster.pass(seconds{30});
  const auto bytes = cluster.depart(1, 0, {1});
  cluster.stay(1);
  RandomStream random{1, 5, Purpose::choice};
  for (int turn = 0; turn < 10; ++turn) {
    StillCluster other{scenario, 2, 1};
    auto damaged = bytes;
    damaged.resize(random.below(damaged.size()));
    (void)other.depart(1, 0, {1});
    EXPECT_FALSE(other.on(0).arrive(scenario, {1}, damaged));
  }
}

}  // namespace
}  // namespace chargemill::test
