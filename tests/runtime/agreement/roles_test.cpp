// Nodes that are there for different things: the table, who begins, and both under faults.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "tests/runtime/agreement/joining_roles_cluster.hpp"
#include "tests/runtime/agreement/leaving_cluster.hpp"
#include "tests/runtime/agreement/roles_cluster.hpp"

namespace chargemill::test {
namespace {

using agreement::assigned;
using agreement::inherited;
using agreement::Owner;
using agreement::Peer;
using agreement::ShardTable;
using agreement::View;

std::vector<Owner> owners(unsigned count) {
  std::vector<Owner> result;
  for (unsigned i = 0; i < count; ++i)
    result.push_back({"n" + std::to_string(i), Revision{100 + static_cast<int>(i)}});
  return result;
}
/// Any of them but one at least.
std::vector<Owner> some_idle(const std::vector<Owner>& all) {
  const auto bears = *rc::gen::inRange<std::size_t>(0, all.size());
  std::vector<Owner> idle;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i != bears && *rc::gen::arbitrary<bool>()) idle.push_back(all[i]);
  }
  return idle;
}
bool is_among(const Owner& one, const std::vector<Owner>& some) {
  return std::find(some.begin(), some.end(), one) != some.end();
}

RC_GTEST_PROP(RolesOfOwners, TheFirstTableGoesRoundAmongThoseThatHaveShards, ()) {
  const auto all = owners(*rc::gen::inRange(2U, 8U));
  const auto idle = some_idle(all);
  const auto table = assigned({}, all, idle);
  std::vector<ShardTable::Number> bearers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_among(all[i], idle)) bearers.push_back(static_cast<ShardTable::Number>(i));
  }
  RC_ASSERT(table.owners == all);
  RC_ASSERT(table.moving() == 0U);
  // As every node deals them out for itself (actors/network/placement).
  for (std::size_t s = 0; s + bearers.size() <= kShards; ++s)
    RC_ASSERT(table.owner[s] == bearers[s % bearers.size()]);
  RC_ASSERT(agreement::shard_table_from(to_text(table)) == table);
}

RC_GTEST_PROP(RolesOfOwners, NothingEverGoesToWhoIsIdle, ()) {
  const auto all = owners(*rc::gen::inRange(3U, 8U));
  const auto idle = some_idle(all);
  auto table = assigned({}, all, idle);
  std::vector<Owner> heirs;
  std::vector<Owner> leavers;
  for (const auto& one : all) {
    const auto fate = *rc::gen::element(0, 1, 2);
    if (fate > 0) heirs.push_back(one);
    if (fate == 1) leavers.push_back(one);
  }
  const auto bears = [&](const Owner& one) { return !is_among(one, idle); };
  RC_PRE(std::any_of(heirs.begin(), heirs.end(), bears));
  const auto used = *rc::gen::inRange<std::size_t>(1, kShards + 1);
  for (int turn = 0; turn < 200; ++turn) {
    auto next = inherited(table, heirs, leavers, used, std::max<std::size_t>(1, used / 10), idle);
    RC_ASSERT(next.owners == all);
    for (std::size_t s = 0; s < kShards; ++s) {
      RC_ASSERT(bears(next.owners[next.owner[s]]));
      RC_ASSERT(!next.is_moving(s) || bears(next.owners[next.next[s]]));
    }
    // Who is idle has part for as long as it lives; who is lost has none.
    for (const auto& one : all) {
      const bool lives = is_among(one, heirs);
      const bool has_part = next.has_part(next.number_of(one));
      RC_ASSERT(lives || !has_part);
      RC_ASSERT(!lives || bears(one) || has_part);
    }
    RC_ASSERT(agreement::shard_table_from(to_text(next)) == next);
    if (next == table) break;
    for (std::size_t o = 0; o < all.size(); ++o)
      next = handed_over(std::move(next), static_cast<ShardTable::Number>(o));
    table = std::move(next);
  }
  const auto stays = [&](const Owner& one) { return bears(one) && !is_among(one, leavers); };
  if (!std::any_of(heirs.begin(), heirs.end(), stays))
    return;  // those who leave keep what they have
  for (const auto& one : heirs)
    RC_ASSERT(!is_among(one, leavers) || table.loads()[table.number_of(one)] == 0U);
}

// A newcomer that is there for no shard gets none and has part all the same once it is ready; one
// that is gets its share from those who have some.
TEST(RolesOfOwners, ANewcomerGetsWhatItIsThereFor) {
  constexpr std::size_t kUsed = 12;
  const auto all = owners(5);  // 0 leads, 1 and 2 have shards; 3 and 4 come
  const std::vector<Owner> founders{all[0], all[1], all[2]};
  const std::vector<Owner> idle{all[0], all[3]};
  const auto first = assigned({}, founders, idle);
  const auto seated = agreement::seated(first, {all[3], all[4]}, all, 32);
  EXPECT_TRUE(seated.has_part(0)) << "it leads";
  EXPECT_FALSE(seated.has_part(3));
  EXPECT_FALSE(seated.has_part(4));
  EXPECT_EQ(inherited(seated, founders, {}, kUsed, 1, idle), seated) << "before they are ready";

  ShardTable table = inherited(seated, {all[0], all[1], all[2], all[3]}, {}, kUsed, 1, idle);
  EXPECT_TRUE(table.has_part(3));
  EXPECT_EQ(table.owner, first.owner) << "nothing moves to who is idle";
  EXPECT_EQ(table.moving(), 0U);
  EXPECT_EQ(agreement::shard_table_from(to_text(table)), table);

  for (int turn = 0; turn < 20; ++turn) {
    table = inherited(table, all, {}, kUsed, 1, idle);
    for (std::size_t o = 0; o < all.size(); ++o)
      table = handed_over(std::move(table), static_cast<ShardTable::Number>(o));
  }
  std::vector<std::size_t> in_use(all.size());
  for (std::size_t s = 0; s < kUsed; ++s) ++in_use[table.owner[s]];
  EXPECT_EQ(in_use, (std::vector<std::size_t>{0, 4, 4, 0, 4}));
  EXPECT_EQ(table.loads()[0] + table.loads()[3], 0U) << "nor of those that nobody uses";

  // Both who are idle are lost, and one of them comes back: its place is free.
  const std::vector<Owner> rest{all[1], all[2], all[4]};
  table = inherited(table, rest, {}, kUsed, 1, idle);
  EXPECT_FALSE(table.has_part(0));
  const Owner again{"n0", Revision{900}};
  table = agreement::seated(table, {again}, {again, all[1], all[2], all[4]}, 32);
  EXPECT_EQ(table.number_of(again), 0U);
  EXPECT_FALSE(table.has_part(0)) << "another life, which is not ready";
}

View view_of(const std::vector<Roles>& roles, std::optional<std::size_t> central) {
  View view;
  const auto all = owners(static_cast<unsigned>(roles.size()));
  for (std::size_t i = 0; i < all.size(); ++i) view.members.push_back({all[i], "", {}, roles[i]});
  if (central) view.central = all[*central];
  return view;
}

TEST(RolesOfMembers, ANetworkThatLacksOneDoesNotBegin) {
  const Roles leads{true, false, false};
  const Roles bears{false, true, true};
  EXPECT_EQ(missing_role(view_of({bears}, {}), 2), std::nullopt) << "others may come";
  EXPECT_EQ(missing_role(view_of({bears, bears}, {}), 2), Role::central);
  EXPECT_EQ(missing_role(view_of({leads, leads}, {}), 2), std::nullopt) << "nobody leads yet";
  EXPECT_EQ(missing_role(view_of({leads, leads}, 1), 2), Role::shards);
  EXPECT_EQ(missing_role(view_of({leads, {false, true, false}}, 0), 2), Role::drivers);
  EXPECT_EQ(missing_role(view_of({bears, leads}, 1), 2), std::nullopt);
}
TEST(RolesOfMembers, WhoLeadsBeginsWithThoseWhoCameFirst) {
  const auto view = view_of({{}, {}, {}, {}}, 2);
  std::vector<std::string> names;
  for (const Peer& peer : founders(view, 3)) names.push_back(peer.who.name);
  EXPECT_EQ(names, (std::vector<std::string>{"n2", "n0", "n1"}));
  EXPECT_TRUE(founders(view, 5).empty());
}

// Never a node leads, or acts for a shard, that is not there for it; all other laws hold as well.
TEST(RolesSimulation, KeepsItsLawsUnderAnyFaults) {
  const auto one = seed_from("CHARGEMILL_AGREEMENT_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : seed_from("CHARGEMILL_AGREEMENT_SEEDS", 300);
  Tally sum;
  for (auto seed = first; seed <= last; ++seed) {
    RolesCluster cluster{{seed}};
    const std::string broken = cluster.play();
    ASSERT_EQ(broken, "") << "CHARGEMILL_AGREEMENT_SEED=" << seed << " plays it again";
    sum.booked += cluster.tally().booked;
    sum.centrals += cluster.tally().centrals;
    sum.crashes += cluster.tally().crashes;
    sum.hand_overs += cluster.tally().hand_overs;
  }
  std::printf("%llu seeds: centrals %u, booked %u, crashes %u, let go %u\n",
              static_cast<unsigned long long>(last - first + 1), sum.centrals, sum.booked,
              sum.crashes, sum.hand_overs);
  if (one > 0) return;
  const auto seeds = static_cast<unsigned>(last);
  EXPECT_GT(sum.booked, 50 * seeds);
  EXPECT_GT(sum.centrals, seeds);
  EXPECT_GT(sum.crashes, seeds / 2);
  EXPECT_GT(sum.hand_overs, seeds / 4);
}
TEST(RolesSimulation, NobodyElseLeadsWhileNothingGoesWrong) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RolesCluster cluster{{seed, 0.01, false}};
    ASSERT_EQ(cluster.play(), "") << seed;
    EXPECT_EQ(cluster.tally().stops, 0U) << seed;
    EXPECT_EQ(cluster.tally().centrals, 1U) << seed;
  }
}

// The same where nodes join: each has part in the end, and of the shards what it is there for.
TEST(RolesSimulation, KeepsItsLawsWhereNodesJoinUnderAnyFaults) {
  const auto one = seed_from("CHARGEMILL_AGREEMENT_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : seed_from("CHARGEMILL_AGREEMENT_SEEDS", 200);
  unsigned joined = 0;
  for (auto seed = first; seed <= last; ++seed) {
    JoiningRolesCluster cluster{{seed, 0.01, true, 7}};
    const std::string broken = cluster.play();
    ASSERT_EQ(broken, "") << "CHARGEMILL_AGREEMENT_SEED=" << seed << " plays it again";
    joined += cluster.joined();
  }
  // Fewer than where all have all roles: a network that lacks one ends, and begins anew.
  if (one > 0) return;
  EXPECT_GT(joined, static_cast<unsigned>(last) / 2);
}
TEST(RolesSimulation, WhoeverComesLateHasItsPartSoonWhileNothingGoesWrong) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    JoiningRolesCluster cluster{{seed, 0.01, false}};
    ASSERT_EQ(cluster.play(), "") << seed;
    EXPECT_EQ(cluster.joined(), cluster.nodes() - 3) << seed;
    EXPECT_EQ(cluster.tally().stops, 0U) << seed;
  }
}

}  // namespace
}  // namespace chargemill::test
