// Nodes that join a network that runs: the table, and a life of joins and losses under faults.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "tests/runtime/agreement/joining_cluster.hpp"
#include "tests/runtime/agreement/leaving_cluster.hpp"

namespace chargemill::test {
namespace {

using agreement::inherited;
using agreement::Owner;
using agreement::seated;
using agreement::ShardTable;

constexpr std::size_t kPlaces = 32;

Owner owner(unsigned i, int life = 0) {
  return {"n" + std::to_string(i), Revision{100 + static_cast<int>(i) + 1'000 * life}};
}
std::vector<Owner> owners(unsigned count) {
  std::vector<Owner> result;
  for (unsigned i = 0; i < count; ++i) result.push_back(owner(i));
  return result;
}
/// What is on its way is where it goes.
ShardTable arrived(ShardTable table) {
  for (std::size_t o = 0; o < table.owners.size(); ++o)
    table = agreement::handed_over(std::move(table), static_cast<ShardTable::Number>(o));
  return table;
}
std::vector<std::size_t> in_use(const ShardTable& table, std::size_t used) {
  std::vector<std::size_t> loads(table.owners.size());
  for (std::size_t s = 0; s < used; ++s) ++loads[table.owner[s]];
  return loads;
}

TEST(Joining, GivesANewcomerANumberAndNothingElseBeforeItIsReady) {
  auto all = owners(3);
  const auto before = agreement::assigned({}, all);
  const auto heirs = all;
  all.push_back(owner(7));
  const auto table = seated(inherited(before, heirs, {}, 12, 1), {owner(7)}, all, kPlaces);
  EXPECT_EQ(table.number_of(owner(7)), 3U);
  EXPECT_FALSE(table.has_part(3));
  EXPECT_EQ(table.owner, before.owner);
  EXPECT_EQ(table.moving(), 0U);
  EXPECT_EQ(inherited(table, heirs, {}, 12, 1), table) << "and so it stays";
  EXPECT_EQ(agreement::shard_table_from(to_text(table)), table);
}

TEST(Joining, MovesWithAJoinNoMoreThanTheNewcomersShareAndAllOfThatToIt) {  // R12
  for (const std::size_t used : {12U, 64U, 100U, 1'024U}) {
    const std::size_t at_most = std::max<std::size_t>(1, used / 10);
    for (unsigned n = 1; n <= 12; ++n) {
      auto all = owners(n);
      const auto before = agreement::assigned({}, all);
      all.push_back(owner(n));
      ShardTable table = seated(before, {owner(n)}, all, kPlaces);
      for (int turn = 0; turn < 100; ++turn) {
        const ShardTable next = inherited(table, all, {}, used, at_most);
        if (next == table) break;
        std::set<unsigned> from;
        ASSERT_LE(next.moving(), at_most);
        for (std::size_t s = 0; s < kShards; ++s) {
          if (!next.is_moving(s)) continue;
          EXPECT_EQ(next.next[s], n);
          from.insert(next.owner[s]);
        }
        ASSERT_EQ(from.size(), 1U);
        EXPECT_EQ(inherited(next, all, {}, used, at_most), next) << "one after the other";
        table = arrived(next);
      }
      std::size_t moved = 0;
      for (std::size_t s = 0; s < used; ++s) moved += table.owner[s] != before.owner[s] ? 1 : 0;
      EXPECT_LE(static_cast<double>(moved), static_cast<double>(used) * (1.0 / (n + 1) + 0.05));
      const auto loads = in_use(table, used);
      EXPECT_EQ(loads[n], moved);
      const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
      EXPECT_LE(*most - *least, 1U) << used << " over " << n + 1;
    }
  }
}

TEST(Joining, ANameComesBackToItsNumberAsAnotherOwner) {
  const auto all = owners(3);
  const std::vector<Owner> live{owner(0), owner(1, 1), owner(2)};
  const auto table =
      seated(inherited(agreement::assigned({}, all), {owner(0), owner(2)}, {}, 12, 1),
             {owner(1, 1)}, live, kPlaces);
  EXPECT_EQ(table.number_of(owner(1, 1)), 1U);
  EXPECT_EQ(table.number_of(owner(1)), ShardTable::kNobody);
  EXPECT_EQ(table.number_of(owner(2)), 2U);
  EXPECT_FALSE(table.has_part(1)) << "what its former life had is with others";
}

TEST(Joining, WhereAllPlacesAreTakenANewcomerGetsThatOfOneThatIsGoneOrWaits) {
  const auto first = agreement::assigned({}, owners(3));
  const std::vector<Owner> live{owner(0), owner(2), owner(8), owner(9)};
  const auto table =
      seated(inherited(first, {owner(0), owner(2)}, {}, 12, 1), {owner(8), owner(9)}, live, 3);
  EXPECT_EQ(table.owners, (std::vector<Owner>{owner(0), owner(8), owner(2)}));
}

// Whatever dies, comes, is ready and leaves in whatever order, with moves made, begun or cut off.
RC_GTEST_PROP(Joining, NobodyLosesAShardThatItHasNotLetGoOfAndInTheEndAllIsEven, ()) {
  constexpr std::size_t kUsed = 12;
  struct Node {
    int life = 0;
    bool lives = true, is_ready = true, leaves = false;
  };
  std::vector<Node> nodes(6);
  for (unsigned i = 3; i < 6; ++i) nodes[i] = {0, false, false, false};
  ShardTable table = agreement::assigned({}, owners(3));
  const auto turn = [&] {
    std::vector<Owner> heirs;
    std::vector<Owner> live;
    std::vector<Owner> leavers;
    std::vector<Owner> newcomers;
    for (unsigned i = 0; i < nodes.size(); ++i) {
      if (!nodes[i].lives) continue;
      const Owner one = owner(i, nodes[i].life);
      live.push_back(one);
      if (nodes[i].leaves) leavers.push_back(one);
      const auto number = table.number_of(one);
      if (number == ShardTable::kNobody) {
        newcomers.push_back(one);
      } else if (nodes[i].is_ready || table.has_part(number)) {
        heirs.push_back(one);
      }
    }
    if (heirs.empty()) return;
    const auto next = seated(inherited(table, heirs, leavers, kUsed, 2), newcomers, live, kPlaces);
    for (std::size_t s = 0; s < kShards; ++s) {
      RC_ASSERT(next.owner[s] < next.owners.size());
      const Owner& was = table.owners[table.owner[s]];
      const bool lived = std::find(heirs.begin(), heirs.end(), was) != heirs.end();
      RC_ASSERT(!lived || next.owners[next.owner[s]] == was);
    }
    for (const auto& one : live) {
      if (table.number_of(one) != ShardTable::kNobody)
        RC_ASSERT(next.number_of(one) == table.number_of(one));
    }
    RC_ASSERT(agreement::shard_table_from(to_text(next)) == next);
    table = next;
  };
  const auto events = *rc::gen::container<std::vector<std::pair<unsigned, unsigned>>>(
      rc::gen::pair(rc::gen::inRange(0U, 6U), rc::gen::inRange(0U, 5U)));
  for (const auto& [i, what] : events) {
    Node& node = nodes[i];
    const auto others = std::count_if(nodes.begin(), nodes.end(), [&](const Node& one) {
      return &one != &node && one.lives &&
             table.has_part(
                 table.number_of(owner(static_cast<unsigned>(&one - nodes.data()), one.life)));
    });
    if (what == 0 && node.lives && others > 0) node = {node.life, false, false, false};
    if (what == 1 && !node.lives) node = {node.life + 1, true, false, false};
    if (what == 2 && node.lives) node.is_ready = true;
    if (what == 3 && node.lives) node.leaves = true;
    if (what == 4)
      table = agreement::handed_over(std::move(table), static_cast<ShardTable::Number>(i));
    turn();
  }
  for (auto& node : nodes) node.is_ready = true;
  for (int i = 0; i < 60; ++i) {
    turn();
    table = arrived(table);
  }
  RC_ASSERT(table.moving() == 0U);
  std::vector<std::size_t> of_those_who_stay;
  for (unsigned i = 0; i < nodes.size(); ++i) {
    const auto number = table.number_of(owner(i, nodes[i].life));
    if (nodes[i].lives && !nodes[i].leaves)
      of_those_who_stay.push_back(in_use(table, kUsed)[number]);
  }
  if (of_those_who_stay.empty()) return;  // all would leave, so they stay
  const auto [least, most] =
      std::minmax_element(of_those_who_stay.begin(), of_those_who_stay.end());
  RC_ASSERT(*most - *least <= 1U);
}

// Never two nodes act for a shard, no charge point is booked twice, and when all are well again
// each has its share, whoever came and went before.
TEST(JoiningSimulation, KeepsItsLawsUnderAnyFaults) {
  const auto one = seed_from("CHARGEMILL_AGREEMENT_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : seed_from("CHARGEMILL_AGREEMENT_SEEDS", 200);
  Tally sum;
  unsigned joined = 0;
  for (auto seed = first; seed <= last; ++seed) {
    JoiningCluster cluster{{seed, 0.01, true, 5}};
    const std::string broken = cluster.play();
    ASSERT_EQ(broken, "") << "CHARGEMILL_AGREEMENT_SEED=" << seed << " plays it again";
    joined += cluster.joined();
    sum.booked += cluster.tally().booked;
    sum.crashes += cluster.tally().crashes;
    sum.hand_overs += cluster.tally().hand_overs;
  }
  std::printf("%llu seeds: joined %u, booked %u, crashes %u, hand-overs %u\n",
              static_cast<unsigned long long>(last - first + 1), joined, sum.booked, sum.crashes,
              sum.hand_overs);
  if (one > 0) return;
  const auto seeds = static_cast<unsigned>(last);
  EXPECT_GT(joined, seeds);
  EXPECT_GT(sum.hand_overs, 2 * seeds);
}

TEST(JoiningSimulation, WhoeverComesLateHasItsShareSoonWhileNothingGoesWrong) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    JoiningCluster cluster{{seed, 0.01, false}};
    ASSERT_EQ(cluster.play(), "") << seed;
    EXPECT_EQ(cluster.joined(), cluster.nodes() - 3) << seed;
    EXPECT_EQ(cluster.tally().stops, 0U) << seed;
  }
}

}  // namespace
}  // namespace chargemill::test
