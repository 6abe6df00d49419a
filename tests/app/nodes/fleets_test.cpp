// Fleets apart from their shards: what etcd's table says of them, and the words for it.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "actors/network/placement.hpp"
#include "app/nodes/moves.hpp"
#include "app/nodes/succession.hpp"

namespace chargemill::app {
namespace {

using runtime::agreement::assigned;
using runtime::agreement::handed_over;
using runtime::agreement::inherited;
using runtime::agreement::Owner;
using runtime::agreement::Revision;
using runtime::agreement::ShardTable;
using runtime::agreement::View;

// Alpha leads and has both, beta has shards, gamma and delta drivers.
const std::vector<Owner> kAll{{"alpha", Revision{11}},
                              {"beta", Revision{12}},
                              {"gamma", Revision{13}},
                              {"delta", Revision{14}}};
const std::vector<Owner> kIdle{kAll[2], kAll[3]};
const std::vector<Owner> kDriverless{kAll[1]};
constexpr std::size_t kUsed = 8;

ShardTable first_table() { return assigned({}, kAll, kIdle, kDriverless, kUsed); }
Whereabouts at_first() {
  return Whereabouts::at_first({0, 1, 0, 1, 0, 1, 0, 1}, {0, 2, 0, 3, 0, 2, 0, 3});
}
View view_of(ShardTable table) {
  View view;
  view.central = kAll[0];
  view.token = Revision{21};
  view.epoch = Revision{22};
  view.table = std::move(table);
  return view;
}
std::vector<unsigned> fleets_in(const Whereabouts& where) {
  std::vector<unsigned> nodes;
  for (std::size_t s = 0; s < where.lives.size(); ++s) nodes.push_back(where.fleet_of(s));
  return nodes;
}
std::vector<unsigned> shards_in(const Whereabouts& where) {
  std::vector<unsigned> nodes;
  for (std::size_t s = 0; s < where.lives.size(); ++s) nodes.push_back(where.node_of(s));
  return nodes;
}

// What each node deals out for itself when a network begins is what the first table says.
RC_GTEST_PROP(FleetsApart, BeginWhereTheTableSaysToo, ()) {
  const auto nodes = *rc::gen::inRange(1U, 8U);
  std::vector<Roles> roles;
  std::vector<Owner> all;
  std::vector<Owner> idle;
  std::vector<Owner> driverless;
  for (unsigned n = 0; n < nodes; ++n) {
    const Roles one{true, *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
    all.push_back({"n" + std::to_string(n), Revision{100 + static_cast<int>(n)}});
    if (!one.shards) idle.push_back(all.back());
    if (!one.drivers) driverless.push_back(all.back());
    roles.push_back(one);
  }
  RC_PRE(!missing_role(roles));
  const auto used = *rc::gen::inRange<std::size_t>(1, 200);
  const auto table = assigned({}, all, idle, driverless, used);
  const network::Placement placement{used, nodes, roles};
  for (std::size_t s = 0; s < used; ++s) {
    RC_ASSERT(table.owner[s] == placement.shard(s).node);
    RC_ASSERT(table.fleet[s] == placement.fleet(s).node);
  }
  const auto settled = inherited(table, all, {}, used, used, idle, driverless);
  RC_ASSERT(settled.moving() == 0U);
}

TEST(FleetsApart, OfALostNodeGoToThoseThatTheTableNamesAndTheirShardsStay) {
  const std::vector<Owner> rest{kAll[0], kAll[1], kAll[3]};
  const auto table = inherited(first_table(), rest, {}, kUsed, 1, kIdle, kDriverless);
  const auto order = take_over_of(kAll, view_of(table), 0b0100, at_first());
  ASSERT_TRUE(order.has_value());
  EXPECT_EQ(shards_in(*order), shards_in(at_first()));
  EXPECT_EQ(fleets_in(*order), (std::vector<unsigned>{0, 3, 0, 3, 0, 3, 0, 3}));
  EXPECT_EQ(order->fleets[1].losses, 1U);
  EXPECT_EQ(order->fleets[1].turns, 1U);
  EXPECT_EQ(order->fleets[3].losses, 0U);
  EXPECT_EQ(order->losses[1], 0U);
  const auto nothing = [](std::uint32_t) { return true; };
  const auto has_fleet = [](std::uint32_t shard) { return shard == 3 || shard == 7; };
  const auto legacies = legacies_of(*order, 3, nothing, has_fleet);
  ASSERT_EQ(legacies.size(), 1U);
  EXPECT_EQ(legacies[0].shards, (std::vector<std::uint32_t>{1, 5}));
  EXPECT_EQ(legacies[0].half, Half::fleet);
  EXPECT_EQ(legacies[0].losses, 1U);
  EXPECT_TRUE(legacies[0].former.empty());
}

TEST(FleetsApart, ComeForThemselvesWhereTheyHaveLostMoreThanTheirShards) {
  TakeOver order{Whereabouts::at_first({0, 0}, {0, 1})};
  order.go_on_at(1, 0, Half::fleet);
  order.go_on_at(0, 2, Half::both);
  order.go_on_at(1, 2, Half::both);
  const auto none = [](std::uint32_t) { return false; };
  const auto legacies = legacies_of(order, 2, none);
  ASSERT_EQ(legacies.size(), 3U);
  EXPECT_EQ(legacies[0].half, Half::both);
  EXPECT_EQ(legacies[1].half, Half::shard);
  EXPECT_EQ(legacies[1].losses, 1U);
  EXPECT_EQ(legacies[2].half, Half::fleet);
  EXPECT_EQ(legacies[2].losses, 2U);
  const auto route = route_of(order);
  EXPECT_EQ(route.node_of, (std::vector<unsigned>{2, 2}));
  EXPECT_EQ(route.fleet_of, (std::vector<unsigned>{2, 2}));
}

// Gamma leaves: its fleets go to delta. Then it has come back, and alpha leaves: it has shards with
// their fleets, which beta may not have.
TEST(FleetsApart, MoveUntilTheirNodeHasNothingLeft) {
  auto table = first_table();
  auto where = at_first();
  std::vector<Half> halves;
  const auto let_leave = [&](unsigned leaver) {
    for (int turn = 0; turn < 40; ++turn) {
      const auto wanted = inherited(table, kAll, {kAll[leaver]}, kUsed, 2, kIdle, kDriverless);
      if (wanted == table) return;
      const View view = view_of(wanted);
      const auto move = move_of(kAll, view, where);
      ASSERT_TRUE(move.has_value());
      EXPECT_EQ(move->from, leaver);
      EXPECT_FALSE(has_come_about(*move, kAll, view) && !move->shards.empty());
      table = handed_over(wanted, static_cast<ShardTable::Number>(leaver));
      EXPECT_TRUE(has_come_about(*move, kAll, view_of(table)));
      for (const auto s : move->shards) where.go_to(s, move->to, move->half);
      if (!move->shards.empty()) halves.push_back(move->half);
    }
  };
  let_leave(2);
  EXPECT_EQ(halves, std::vector<Half>(1, Half::fleet));
  EXPECT_EQ(fleets_in(where), (std::vector<unsigned>{0, 3, 0, 3, 0, 3, 0, 3}));
  EXPECT_EQ(shards_in(where), shards_in(at_first()));
  let_leave(0);
  EXPECT_EQ(halves,
            (std::vector<Half>{Half::fleet, Half::shard, Half::shard, Half::fleet, Half::fleet}));
  EXPECT_EQ(shards_in(where), std::vector<unsigned>(kUsed, 1));
  EXPECT_EQ(fleets_in(where), (std::vector<unsigned>{2, 3, 2, 3, 2, 3, 2, 3}));
  EXPECT_FALSE(where.has_any(0));
}

TEST(FleetsApart, GoAlongWhereTheyMayAndElseStay) {
  auto table = first_table();
  table.next[0] = 1;
  auto move = move_of(kAll, view_of(table), at_first());
  ASSERT_TRUE(move.has_value());
  EXPECT_EQ(move->half, Half::shard);
  EXPECT_EQ(move->shards, std::vector<std::uint32_t>{0});
  table.fleet_next[0] = 1;
  move = move_of(kAll, view_of(table), at_first());
  ASSERT_TRUE(move.has_value());
  EXPECT_EQ(move->half, Half::both);
  auto where = at_first();
  where.go_to(0, 3, Half::fleet);
  EXPECT_FALSE(move_of(kAll, view_of(table), where).has_value()) << "it is not there";
}

TEST(FleetsApart, TheirWordsAreThoseOfShardsWithAMark) {
  Move move;
  move.token = 21, move.epoch = 22, move.from = 1, move.to = 2;
  move.shards = {1, 4, 7};
  const auto both = to_bytes(move);
  for (const Half half : {Half::both, Half::shard, Half::fleet}) {
    move.half = half;
    const auto bytes = to_bytes(move);
    EXPECT_EQ(bytes.size(), both.size());
    const auto read = move_from(bytes, 3, 8);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->half, half);
    EXPECT_EQ(read->shards, move.shards);
  }
  // The last number lies at the end: it is of another kind than the others.
  std::string mixed = both;
  mixed.back() = static_cast<char>(0x40);
  EXPECT_FALSE(move_from(mixed, 3, 8).has_value());
}

TEST(FleetsApart, AreSaidInAnOrderWhereTheyAreApart) {
  TakeOver beside{Whereabouts::at_first({0, 1, 2, 0})};
  beside.go_on_at(1, 0, Half::both);
  TakeOver apart{beside};
  apart.go_to(3, 2, Half::fleet);
  EXPECT_LT(to_bytes(beside).size(), to_bytes(apart).size());
  EXPECT_TRUE(beside.are_fleets_beside());
  for (const TakeOver* const order : {&beside, &apart}) {
    const auto read = take_over_from(to_bytes(*order), 3, 4);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(fleets_in(*read), fleets_in(*order));
    EXPECT_EQ(read->fleets[1].losses, 1U);
    EXPECT_EQ(read->fleets[1].turns, 1U);
    EXPECT_EQ(read->are_fleets_beside(), order == &beside);
    const auto bytes = to_bytes(*order);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      ASSERT_FALSE(take_over_from(std::string_view{bytes}.substr(0, size), 3, 4).has_value())
          << size;
    EXPECT_FALSE(take_over_from(bytes + 'x', 3, 4).has_value());
  }
  EXPECT_FALSE(take_over_from(to_bytes(apart), 2, 4).has_value()) << "nobody is there";
}

}  // namespace
}  // namespace chargemill::app
