// Nodes that are there for shards and others that are there for drivers: who has the fleets.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "tests/runtime/agreement/fleets_cluster.hpp"
#include "tests/runtime/agreement/leaving_cluster.hpp"

namespace chargemill::test {
namespace {

using agreement::assigned;
using agreement::inherited;
using agreement::Owner;
using agreement::ShardTable;

/// So many nodes, what each is there for, and who of them is left and wants to leave.
struct Town {
  std::vector<Owner> all;
  std::vector<Owner> idle, driverless;
  std::vector<Owner> heirs, leavers;
  std::size_t used = kShards;

  [[nodiscard]] bool bears(const Owner& one) const { return !is_among(one, idle); }
  [[nodiscard]] bool drives(const Owner& one) const { return !is_among(one, driverless); }
  [[nodiscard]] static bool is_among(const Owner& one, const std::vector<Owner>& some) {
    return std::find(some.begin(), some.end(), one) != some.end();
  }
  [[nodiscard]] bool lives(const Owner& one) const { return is_among(one, heirs); }
  [[nodiscard]] bool stays(const Owner& one) const { return lives(one) && !is_among(one, leavers); }
  [[nodiscard]] std::size_t at_most() const { return std::max<std::size_t>(1, used / 10); }
  [[nodiscard]] ShardTable first() const { return assigned({}, all, idle, driverless, used); }
  [[nodiscard]] ShardTable after(const ShardTable& table) const {
    return inherited(table, heirs, leavers, used, at_most(), idle, driverless);
  }
};

/// Of those who are left somebody is there for each.
Town some_town() {
  Town town;
  const auto count = *rc::gen::inRange(2, 8);
  const auto bearer = *rc::gen::inRange(0, count);
  const auto driver = *rc::gen::inRange(0, count);
  for (int i = 0; i < count; ++i) {
    const Owner one{"n" + std::to_string(i), Revision{100 + i}};
    town.all.push_back(one);
    if (i != bearer && *rc::gen::arbitrary<bool>()) town.idle.push_back(one);
    if (i != driver && *rc::gen::arbitrary<bool>()) town.driverless.push_back(one);
    const auto fate = *rc::gen::element(0, 1, 2);
    if (fate > 0 || i == bearer || i == driver) town.heirs.push_back(one);
    if (fate == 1) town.leavers.push_back(one);
  }
  town.used = *rc::gen::inRange<std::size_t>(1, 65);
  return town;
}

/// One of some who may.
std::string trouble_of(const ShardTable& table, const Town& town) {
  for (std::size_t s = 0; s < town.used; ++s) {
    if (!town.bears(table.owners[table.owner[s]])) return "a shard is with who has none";
    if (!town.drives(table.owners[table.fleet[s]])) return "a fleet is with who has none";
    if (table.is_moving(s) && !town.bears(table.owners[table.next[s]])) return "a shard goes there";
    if (table.is_fleet_moving(s) && !town.drives(table.owners[table.fleet_next[s]]))
      return "a fleet goes there";
  }
  if (agreement::shard_table_from(to_text(table)) != table) return "its text is another one";
  return {};
}

RC_GTEST_PROP(Fleets, AlwaysHaveOneOwnerWhoIsThereForThem, ()) {
  const Town town = some_town();
  auto table = town.first();
  RC_ASSERT(trouble_of(table, town) == std::string{});
  RC_ASSERT(table.moving() == 0U);
  for (int turn = 0;; ++turn) {
    RC_ASSERT(turn < 1'000);
    auto next = town.after(table);
    RC_ASSERT(trouble_of(next, town) == std::string{});
    std::set<std::pair<int, int>> ways;
    std::set<std::pair<bool, bool>> kinds;
    std::size_t moving = 0;
    for (std::size_t s = 0; s < town.used; ++s) {
      RC_ASSERT(town.lives(next.owners[next.owner[s]]));
      RC_ASSERT(town.lives(next.owners[next.fleet[s]]));
      if (next.is_moving(s)) ways.emplace(next.owner[s], next.next[s]);
      if (next.is_fleet_moving(s)) ways.emplace(next.fleet[s], next.fleet_next[s]);
      if (!next.is_moving(s) && !next.is_fleet_moving(s)) continue;
      kinds.emplace(next.is_moving(s), next.is_fleet_moving(s));
      ++moving;
    }
    RC_ASSERT(ways.size() <= 1U);
    RC_ASSERT(kinds.size() <= 1U);
    RC_ASSERT(moving <= town.at_most());
    if (next == table) break;
    for (std::size_t o = 0; o < town.all.size(); ++o)
      next = handed_over(std::move(next), static_cast<ShardTable::Number>(o));
    table = std::move(next);
  }
  // At the end who leaves has none, if anybody else could; each is beside its shard if it may be.
  const auto some_drive = std::any_of(town.all.begin(), town.all.end(), [&](const Owner& one) {
    return town.drives(one) && town.stays(one);
  });
  for (std::size_t s = 0; s < town.used; ++s) {
    const Owner& has = table.owners[table.fleet[s]];
    const Owner& home = table.owners[table.owner[s]];
    RC_ASSERT(!some_drive || town.stays(has));
    const bool may_be_beside = town.drives(home) && (town.stays(home) || !some_drive);
    RC_ASSERT(!may_be_beside || has == home);
  }
}

RC_GTEST_PROP(Fleets, AreWithTheirShardsWhereverAllAreThereForBothOrNeither, ()) {
  Town town = some_town();
  town.driverless = town.idle;
  RC_PRE(std::any_of(town.heirs.begin(), town.heirs.end(),
                     [&](const Owner& one) { return town.bears(one); }));
  auto table = town.first();
  for (int turn = 0; turn < 300; ++turn) {
    auto next = town.after(table);
    RC_ASSERT((next.fleet == next.owner));
    RC_ASSERT((next.fleet_next == next.next));
    RC_ASSERT(to_text(next).find("fleets") == std::string::npos);
    if (next == table) break;
    for (std::size_t o = 0; o < town.all.size(); ++o)
      next = handed_over(std::move(next), static_cast<ShardTable::Number>(o));
    table = std::move(next);
  }
}

// 0 leads, 1 has shards, 2 has drivers; then 3 comes for both, and 2 leaves.
TEST(Fleets, GoWhereTheyMayLive) {
  Town town;
  for (int i = 0; i < 4; ++i) town.all.push_back({"n" + std::to_string(i), Revision{100 + i}});
  town.used = 6;
  town.idle = {town.all[0], town.all[2]};
  town.driverless = {town.all[0], town.all[1]};
  const auto rest = [&](ShardTable table) {
    for (int turn = 0; turn < 50; ++turn) {
      table = town.after(table);
      for (std::size_t o = 0; o < town.all.size(); ++o)
        table = handed_over(std::move(table), static_cast<ShardTable::Number>(o));
    }
    return table;
  };
  const auto of_used = [&](const std::array<ShardTable::Number, kShards>& all) {
    return std::vector<int>(all.begin(), all.begin() + 6);
  };
  auto table = assigned({}, {town.all[0], town.all[1], town.all[2]}, town.idle, town.driverless, 6);
  EXPECT_EQ(of_used(table.owner), (std::vector<int>{1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(of_used(table.fleet), (std::vector<int>{2, 2, 2, 2, 2, 2}));

  table = agreement::seated(table, {town.all[3]}, town.all, 32);
  town.heirs = town.all;
  table = rest(table);
  EXPECT_EQ(of_used(table.owner), (std::vector<int>{3, 3, 3, 1, 1, 1}));
  EXPECT_EQ(of_used(table.fleet), (std::vector<int>{3, 3, 3, 2, 2, 2}));

  town.leavers = {town.all[2]};
  table = rest(table);
  EXPECT_EQ(of_used(table.fleet), (std::vector<int>{3, 3, 3, 3, 3, 3}));

  // It goes, and comes back as another life; and 3 is lost: all it had has a home at once.
  town.leavers.clear();
  town.heirs = {town.all[0], town.all[1], town.all[3]};
  table = town.after(table);
  const Owner again{"n2", Revision{900}};
  table = agreement::seated(table, {again}, {town.all[0], town.all[1], again, town.all[3]}, 32);
  town.all[2] = again;
  town.idle[1] = again;
  town.heirs = {town.all[0], town.all[1], again};
  table = town.after(table);
  EXPECT_EQ(of_used(table.owner), (std::vector<int>{1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(of_used(table.fleet), (std::vector<int>{2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(table.moving(), 0U);
}

TEST(Fleets, AreSaidInTheTableWhereTheyAreApartAndElseAreBesideTheirShards) {
  const std::string old = "chargemill shards 1\nowner 12 alpha\nowner 15 beta\n512 0\n512 0>1\n";
  const auto beside = agreement::shard_table_from(old);
  ASSERT_TRUE(beside.has_value());
  EXPECT_EQ(beside->fleet, beside->owner);
  EXPECT_EQ(beside->fleet_next, beside->next);
  EXPECT_EQ(to_text(*beside), old);
  const std::string apart = old + "fleets 512 1\nfleets 512 1>0\n";
  const auto table = agreement::shard_table_from(apart);
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->fleet[0], 1);
  EXPECT_EQ(table->fleet_next[1'023], 0);
  EXPECT_TRUE(table->gives_away(1));
  EXPECT_EQ(to_text(*table), apart);
  for (const char* const wrong : {"fleets 512 1\n", "fleets 1024 2\n", "fleets 512 1\n512 0\n"})
    EXPECT_FALSE(agreement::shard_table_from(old + wrong).has_value()) << wrong;
}

// Never two nodes act for a fleet, nor one that is not there for drivers; and all other laws hold.
TEST(FleetsSimulation, KeepsItsLawsWhereNodesJoinUnderAnyFaults) {
  const auto one = seed_from("CHARGEMILL_AGREEMENT_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : seed_from("CHARGEMILL_AGREEMENT_SEEDS", 200);
  unsigned joined = 0;
  unsigned apart = 0;
  for (auto seed = first; seed <= last; ++seed) {
    FleetsCluster cluster{{seed, 0.01, true, 10}};
    const std::string broken = cluster.play();
    ASSERT_EQ(broken, "") << "CHARGEMILL_AGREEMENT_SEED=" << seed << " plays it again";
    joined += cluster.joined();
    apart += cluster.apart();
  }
  if (one > 0) return;
  EXPECT_GT(joined, static_cast<unsigned>(last) / 4);
  EXPECT_GT(apart, static_cast<unsigned>(last));
}
TEST(FleetsSimulation, WhoeverComesLateHasItsPartSoonWhileNothingGoesWrong) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    FleetsCluster cluster{{seed, 0.01, false}};
    ASSERT_EQ(cluster.play(), "") << seed;
    EXPECT_EQ(cluster.joined(), cluster.nodes() - 3) << seed;
    EXPECT_EQ(cluster.tally().stops, 0U) << seed;
  }
}

}  // namespace
}  // namespace chargemill::test
