#include "runtime/agreement/shard_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace chargemill::runtime::agreement {
namespace {

Owner owner(unsigned i) { return {"n" + std::to_string(i), Revision{100 + static_cast<int>(i)}}; }
std::vector<Owner> owners_of(const std::set<unsigned>& numbers) {
  std::vector<Owner> result;
  result.reserve(numbers.size());
  for (const unsigned i : numbers) result.push_back(owner(i));
  return result;
}
std::vector<Owner> owners(unsigned count) {
  std::vector<Owner> result;
  for (unsigned i = 0; i < count; ++i) result.push_back(owner(i));
  return result;
}
/// All moves made.
ShardTable settled(ShardTable table) {
  for (std::size_t o = 0; o < table.owners.size(); ++o)
    table = handed_over(std::move(table), static_cast<ShardTable::Number>(o));
  return table;
}
bool is_even(const ShardTable& table) {
  const auto loads = table.loads();
  const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
  return *most - *least <= 1;
}
const Owner& holder(const ShardTable& table, std::size_t shard) {
  return table.owners[table.owner[shard]];
}
/// Shards whose owner differs.
std::size_t moved(const ShardTable& a, const ShardTable& b) {
  std::size_t count = 0;
  for (std::size_t s = 0; s < kShards; ++s) count += holder(a, s) != holder(b, s) ? 1 : 0;
  return count;
}

TEST(ShardTable, IsEvenForAnyNumberOfOwners) {
  for (unsigned n = 1; n <= ShardTable::kOwnersMax; ++n) {
    const auto table = assigned({}, owners(n));
    EXPECT_TRUE(is_even(table)) << n;
    EXPECT_EQ(table.moving(), 0U) << n;  // nobody had them
  }
}
TEST(ShardTable, MovesWithAJoinNoMoreThanTheNewcomersShare) {
  for (unsigned n = 1; n <= 40; ++n) {
    const auto before = assigned({}, owners(n));
    const auto begun = assigned(before, owners(n + 1));
    // Nobody loses a shard before it has let go of it.
    EXPECT_EQ(moved(before, begun), 0U);
    const auto after = settled(begun);
    EXPECT_TRUE(is_even(after)) << n;
    const double most = kShards * (1.0 / (n + 1) + 0.05);  // R12
    EXPECT_LE(static_cast<double>(moved(before, after)), most) << n;
    EXPECT_EQ(moved(before, after), after.loads()[n]) << n;  // all to the newcomer
  }
}
TEST(ShardTable, MovesWithALeaveOnlyWhatTheLeaverHad) {
  for (unsigned n = 2; n <= 32; ++n) {
    const auto before = assigned({}, owners(n));
    auto rest = owners(n);
    const Owner leaver = rest[n / 2];
    rest.erase(rest.begin() + n / 2);
    const auto after = assigned(before, rest);
    EXPECT_TRUE(is_even(after)) << n;
    EXPECT_EQ(after.moving(), 0U) << n;  // nobody has to let go: it is gone
    for (std::size_t s = 0; s < kShards; ++s) {
      if (holder(before, s) == leaver) continue;
      ASSERT_EQ(holder(before, s), holder(after, s)) << n;
    }
  }
}
TEST(ShardTable, GivesAShardOfALostOwnerToWhoWasToHaveItNext) {
  const auto moving = assigned(assigned({}, owners(2)), owners(3));
  ASSERT_GT(moving.moving(), 0U);
  const auto after = assigned(moving, {owner(1), owner(2)});
  for (std::size_t s = 0; s < kShards; ++s) {
    if (moving.owner[s] != 0 || !moving.is_moving(s)) continue;
    ASSERT_EQ(holder(after, s), owner(2));
  }
}
TEST(ShardTable, LeavesAShardWithItsOwnerWhenWhoWasToHaveItIsLost) {
  const auto before = assigned({}, owners(2));
  const auto after = assigned(assigned(before, owners(3)), owners(2));
  EXPECT_EQ(moved(before, after), 0U);
  EXPECT_EQ(after.moving(), 0U);
}
TEST(ShardTable, TakesAReturnedNodeForAnotherOwner) {
  const auto before = assigned({}, owners(2));
  const Owner returned{"n0", Revision{900}};
  const auto after = assigned(before, {owner(1), returned});
  for (std::size_t s = 0; s < kShards; ++s) {
    if (holder(before, s) == owner(1)) {
      ASSERT_EQ(holder(after, s), owner(1));
    }
    ASSERT_NE(holder(after, s), owner(0));
  }
}

// Whatever joins and leaves in whatever order, with moves made, begun or cut off.
RC_GTEST_PROP(ShardTable, StaysWholeAndEvenThroughAnyLife, ()) {
  const auto events = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0U, 24U));
  std::set<unsigned> live{0};
  ShardTable table = assigned({}, {owner(0)});
  for (const unsigned event : events) {
    if (event < 4) {
      table = handed_over(std::move(table), static_cast<ShardTable::Number>(event));
    } else if (live.count(event) > 0 && live.size() > 1) {
      live.erase(event);
    } else {
      live.insert(event);
    }
    const auto next = assigned(table, owners_of(live));
    RC_ASSERT(next.owners.size() == live.size());
    for (std::size_t s = 0; s < kShards; ++s) {
      RC_ASSERT(next.owner[s] < next.owners.size());
      // Nobody who lives loses a shard that it has not let go of.
      const bool lives =
          live.count(static_cast<unsigned>(number_of(holder(table, s).incarnation)) - 100) > 0;
      RC_ASSERT(!lives || holder(next, s) == holder(table, s));
    }
    RC_ASSERT(shard_table_from(to_text(next)) == next);
    table = next;
  }
  // Once all have let go as often as it takes, it is even.
  for (int i = 0; i < 4; ++i) table = assigned(settled(table), owners_of(live));
  RC_ASSERT(table.moving() == 0U);
  RC_ASSERT(is_even(table));
}

TEST(ShardTable, RefusesTextsThatAreNone) {
  const std::string good = to_text(assigned({}, owners(2)));
  ASSERT_TRUE(shard_table_from(good).has_value());
  for (std::size_t size = 0; size < good.size(); ++size)
    ASSERT_FALSE(shard_table_from(good.substr(0, size)).has_value()) << size;
  const std::string head = "chargemill shards 1\nowner 1 a\nowner 2 b\n";
  EXPECT_TRUE(shard_table_from(head + "1000 0\n24 1>0\n").has_value());
  for (const char* rest : {"1024 2\n", "1025 0\n", "1023 0\n", "0 0\n1024 0\n", "1024 0>0\n",
                           "1024 0>2\n", "1024 0 \n", "-1 0\n", "1024 0\nowner 3 c\n", "x\n"})
    EXPECT_FALSE(shard_table_from(head + rest).has_value()) << rest;
  EXPECT_FALSE(shard_table_from("chargemill shards 1\nowner 0 a\n1024 0\n").has_value());
  EXPECT_FALSE(shard_table_from("chargemill shards 1\nowner 1 a b\n1024 0\n").has_value());
}
TEST(ShardTable, SpreadsSitesOverAllShards) {
  std::array<unsigned, kShards> sites{};
  for (std::uint64_t site = 0; site < 64 * kShards; ++site) ++sites[shard_of(site)];
  const auto [least, most] = std::minmax_element(sites.begin(), sites.end());
  EXPECT_GT(*least, 32U);
  EXPECT_LT(*most, 110U);
}

}  // namespace
}  // namespace chargemill::runtime::agreement
