// Runs on several nodes under faults, from seeds: a failure is played again by its seed alone.
//
//     CHARGEMILL_RUN_SEED=123 ./dev test SeededRun      that one, and its story
//     CHARGEMILL_RUN_SEEDS=10000 ./dev test SeededRun   so many
#include "tests/simulation/seeded_run.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <regex>
#include <string>

#include "tests/runtime/agreement/leaving_cluster.hpp"

namespace chargemill::test {
namespace {

// One leads by one token; once all is well again each charge point, shard and fleet is on one node,
// no move is half done, everything adds up, and nothing is lost unless a node was.
TEST(SeededRun, KeepsItsLawsUnderAnyFaults) {
  const auto one = seed_from("CHARGEMILL_RUN_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : seed_from("CHARGEMILL_RUN_SEEDS", 500);
  SeededTally sum;
  for (auto seed = first; seed <= last; ++seed) {
    SeededRun run{seed};
    const std::string broken = run.play();
    ASSERT_EQ(broken, "") << run.story() << "CHARGEMILL_RUN_SEED=" << seed << " plays it again";
    add(sum, run.happened());
    if (one > 0) std::printf("%s", run.story().c_str());
  }
  std::printf(
      "%llu seeds: leaders %u, moves %u and %u that did not come about, killed %u, asleep %u, "
      "partitions %u, left %u, of them handed the lead on %u; for what lasted were gone: one of a "
      "pair %u, parts %u, sleepers %u; sessions %llu, lost %llu; connections broken %llu, frames "
      "that went again %llu\n",
      static_cast<unsigned long long>(last) - first + 1, sum.leaders, sum.moves, sum.refused_moves,
      sum.crashes, sum.stalls, sum.cuts, sum.leavers, sum.handed_on, sum.pairs_parted,
      sum.parts_stopped, sum.sleepers_gone, static_cast<unsigned long long>(sum.sessions),
      static_cast<unsigned long long>(sum.sessions_lost),
      static_cast<unsigned long long>(sum.broken_lines),
      static_cast<unsigned long long>(sum.resent));
  if (one > 0) return;
  const auto seeds = static_cast<unsigned>(last);
  EXPECT_GE(sum.leaders, seeds);
  EXPECT_GT(sum.moves, seeds / 2);
  EXPECT_GT(sum.crashes, seeds / 4);
  EXPECT_GT(sum.stalls, seeds / 2);
  EXPECT_GT(sum.cuts, seeds / 2);
  EXPECT_GT(sum.leavers, seeds / 4);
  EXPECT_GT(sum.handed_on, seeds / 100);
  EXPECT_GT(sum.pairs_parted, seeds / 100);
  EXPECT_GT(sum.parts_stopped, seeds / 100);
  EXPECT_GT(sum.sleepers_gone, seeds / 100);
  EXPECT_GT(sum.sessions, 10 * seeds);
  EXPECT_GT(sum.broken_lines, seeds);
  EXPECT_GT(sum.resent, 10 * seeds);
}

/// How long nobody had ordered anything goes by the wall clock.
std::string timeless(const std::string& story) {
  return std::regex_replace(story, std::regex{"all hear it: [0-9.]+ s"}, "all hear it");
}

TEST(SeededRun, PlaysTheSameAgainFromTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SeededRun a{seed};
    SeededRun b{seed};
    EXPECT_EQ(a.play(), b.play());
    EXPECT_EQ(a.happened().sessions, b.happened().sessions) << seed;
    EXPECT_EQ(a.happened().moves, b.happened().moves) << seed;
    EXPECT_EQ(a.happened().resent, b.happened().resent) << seed;
    EXPECT_EQ(timeless(a.story()), timeless(b.story())) << seed;
  }
}

/// How many of twenty seeds notice what is wrong with what lies between the nodes.
unsigned noticed(SeededRun::Plant plant) {
  unsigned count = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRun run{seed, plant};
    if (!run.play().empty()) ++count;
  }
  return count;
}

// A simulation that does not notice would notice nothing.
TEST(SeededRun, NoticesLinksThatCarryMessagesTwice) {
  EXPECT_GT(noticed(SeededRun::Plant::mail_twice), 10U);
}
TEST(SeededRun, NoticesLinksThatLoseMessages) {
  EXPECT_GT(noticed(SeededRun::Plant::mail_lost), 10U);
}
TEST(SeededRun, NoticesTwoThatLead) { EXPECT_GT(noticed(SeededRun::Plant::two_leaders), 10U); }
TEST(SeededRun, NoticesShardsThatAreNowhere) {
  EXPECT_GT(noticed(SeededRun::Plant::arrivals_kept), 0U);
}

}  // namespace
}  // namespace chargemill::test
