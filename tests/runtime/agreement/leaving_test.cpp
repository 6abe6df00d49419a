// Shards of nodes that leave in peace: the table, a node's wish, and both under faults.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "tests/runtime/agreement/leaving_cluster.hpp"

namespace chargemill::test {
namespace {

using agreement::inherited;
using agreement::Owner;
using agreement::ShardTable;

std::vector<Owner> owners(unsigned count) {
  std::vector<Owner> result;
  for (unsigned i = 0; i < count; ++i)
    result.push_back({"n" + std::to_string(i), Revision{100 + static_cast<int>(i)}});
  return result;
}
/// What is on its way is where it goes.
ShardTable arrived(ShardTable table) {
  for (std::size_t o = 0; o < table.owners.size(); ++o)
    table = handed_over(std::move(table), static_cast<ShardTable::Number>(o));
  return table;
}

TEST(Leaving, TakesNoShardFromAnybodyWhileAllStay) {
  const auto all = owners(5);
  const auto table = agreement::assigned({}, all);
  EXPECT_EQ(inherited(table, all, {}, 12, 1), table);
  EXPECT_EQ(inherited(table, all, all, 12, 1), table) << "if all leave they stay";
}

TEST(Leaving, GivesTheShardsOfOneThatIsLostToOthersAtOnceAndEvenly) {
  const auto all = owners(4);
  const auto table = agreement::assigned({}, all);
  const auto after = inherited(table, {all[0], all[2], all[3]}, {}, kShards, 100);
  EXPECT_EQ(after.moving(), 0U);
  auto loads = after.loads();
  EXPECT_EQ(loads[1], 0U) << "its number is nobody's, until somebody takes its place";
  loads.erase(loads.begin() + 1);
  const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
  EXPECT_LE(*most - *least, 1U);
  for (std::size_t s = 0; s < kShards; ++s) {
    if (table.owner[s] != 1) {
      EXPECT_EQ(after.owners[after.owner[s]], all[table.owner[s]]);
    }
  }
}

RC_GTEST_PROP(Leaving, MovesFromOneToOneOtherAFewAtATimeUntilNothingIsLeft, ()) {
  const auto all = owners(*rc::gen::inRange(2U, 7U));
  const auto used = *rc::gen::inRange<std::size_t>(1, kShards + 1);
  const auto at_most = std::max<std::size_t>(1, used / 10);
  std::vector<Owner> leavers;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (*rc::gen::arbitrary<bool>()) leavers.push_back(all[i]);
  }
  ShardTable table = agreement::assigned({}, all);
  for (int turn = 0; turn < 200; ++turn) {
    const ShardTable next = inherited(table, all, leavers, used, at_most);
    if (next == table) break;
    std::set<std::pair<unsigned, unsigned>> pairs;
    std::size_t moving = 0;
    for (std::size_t s = 0; s < kShards; ++s) {
      RC_ASSERT(next.owner[s] == table.owner[s]);
      if (!next.is_moving(s)) continue;
      pairs.emplace(next.owner[s], next.next[s]);
      if (s < used) ++moving;
    }
    RC_ASSERT(pairs.size() == 1U);
    RC_ASSERT(moving <= at_most);
    RC_ASSERT(inherited(next, all, leavers, used, at_most) == next);  // one after the other
    table = arrived(next);
  }
  std::vector<std::size_t> in_use(all.size());
  for (std::size_t s = 0; s < used; ++s) ++in_use[table.owner[s]];
  std::vector<std::size_t> of_those_who_stay;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool leaves = std::find(leavers.begin(), leavers.end(), all[i]) != leavers.end();
    RC_ASSERT(!leaves || table.loads()[i] == 0U);
    if (!leaves) of_those_who_stay.push_back(in_use[i]);
  }
  const auto [least, most] =
      std::minmax_element(of_those_who_stay.begin(), of_those_who_stay.end());
  RC_ASSERT(*most - *least <= 1U);
}

// At every step of it somebody may die, sleep or not be heard. Never two nodes act for a shard, no
// charge point is booked twice, whoever wants to leave can, and those who are left have all.
TEST(LeavingSimulation, KeepsItsLawsUnderAnyFaults) {
  const auto one = seed_from("CHARGEMILL_AGREEMENT_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : seed_from("CHARGEMILL_AGREEMENT_SEEDS", 400);
  Tally sum;
  unsigned parted = 0;
  unsigned died_on_the_way = 0;
  for (auto seed = first; seed <= last; ++seed) {
    LeavingCluster cluster{{seed}};
    const std::string broken = cluster.play();
    ASSERT_EQ(broken, "") << "CHARGEMILL_AGREEMENT_SEED=" << seed << " plays it again";
    sum.booked += cluster.tally().booked;
    sum.crashes += cluster.tally().crashes;
    sum.hand_overs += cluster.tally().hand_overs;
    parted += cluster.parted();
    died_on_the_way += cluster.died_on_the_way();
  }
  std::printf("%llu seeds: left in peace %u, died while shards moved %u, booked %u, crashes %u\n",
              static_cast<unsigned long long>(last - first + 1), parted, died_on_the_way,
              sum.booked, sum.crashes);
  if (one > 0) return;
  const auto seeds = static_cast<unsigned>(last);
  EXPECT_GT(parted, seeds / 2);
  EXPECT_GT(died_on_the_way, seeds / 10);
  EXPECT_GT(sum.hand_overs, seeds);
}

TEST(LeavingSimulation, EveryNodeButOneLeavesInPeaceWhileNothingGoesWrong) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    LeavingCluster cluster{{seed, 0.01, false}};
    ASSERT_EQ(cluster.play(), "") << seed;
    EXPECT_EQ(cluster.parted(), cluster.wishes()) << seed;
    EXPECT_EQ(cluster.tally().stops, 0U) << seed;
  }
}

}  // namespace
}  // namespace chargemill::test
