// Shards that move from a node that lives: what etcd's table says of them, and the words for it.
#include "app/nodes/moves.hpp"

#include <gtest/gtest.h>

#include "app/nodes/succession.hpp"

namespace chargemill::app {
namespace {

using runtime::agreement::handed_over;
using runtime::agreement::inherited;
using runtime::agreement::kShards;
using runtime::agreement::Owner;
using runtime::agreement::Revision;
using runtime::agreement::View;

const std::vector<Owner> kAll{
    {"alpha", Revision{11}}, {"beta", Revision{12}}, {"gamma", Revision{13}}};

Whereabouts at_first(std::size_t shards) {
  std::vector<unsigned> node_of;
  for (std::size_t s = 0; s < shards; ++s) node_of.push_back(static_cast<unsigned>(s % 3));
  return Whereabouts::at_first(node_of);
}
View view_of(runtime::agreement::ShardTable table) {
  View view;
  view.central = kAll[0];
  view.token = Revision{21};
  view.epoch = Revision{22};
  view.table = std::move(table);
  return view;
}

TEST(Moves, AreMadeUntilOneThatWantsToLeaveHasNothingLeft) {
  constexpr std::size_t kUsed = 12;
  auto table = runtime::agreement::assigned({}, kAll);
  auto where = at_first(kUsed);
  EXPECT_FALSE(move_of(kAll, view_of(table), where).has_value());
  std::size_t moved = 0;
  for (int turn = 0; turn < 20; ++turn) {
    const auto wanted = inherited(table, kAll, {kAll[1]}, kUsed, 1);
    if (wanted == table) break;
    const View view = view_of(wanted);
    const auto move = move_of(kAll, view, where);
    ASSERT_TRUE(move.has_value());
    EXPECT_EQ(move->from, 1U);
    EXPECT_EQ(move->token, 21);
    EXPECT_EQ(move->epoch, 22);
    EXPECT_FALSE(has_come_about(*move, kAll, view) && !move->shards.empty());
    table = handed_over(wanted, 1);
    EXPECT_TRUE(has_come_about(*move, kAll, view_of(table)));
    for (const auto s : move->shards) where.go_to(s, move->to);
    moved += move->shards.size();
  }
  EXPECT_EQ(moved, 4U);
  for (const auto& one : where.lives) EXPECT_NE(one.back(), 1U);
  EXPECT_EQ(table.loads()[1], 0U);
}

TEST(Moves, WhatNobodyHasMovesWithoutAWord) {
  auto table = runtime::agreement::assigned({}, kAll);
  table.next[kShards - 1] = table.owner[kShards - 1] == 0 ? 1 : 0;
  const auto move = move_of(kAll, view_of(table), at_first(12));
  ASSERT_TRUE(move.has_value());
  EXPECT_TRUE(move->shards.empty());
}

TEST(Moves, AShardThatIsNotWhereTheTableBelievesDoesNotMove) {
  auto table = runtime::agreement::assigned({}, kAll);
  table.next[1] = 2;
  auto where = at_first(12);
  where.go_to(1, 0);
  EXPECT_FALSE(move_of(kAll, view_of(table), where).has_value());
}

Move a_move() {
  Move move;
  move.token = 21;
  move.epoch = 22;
  move.from = 1;
  move.to = 2;
  move.shards = {1, 4, 7};
  return move;
}

/// What `read` makes of the bytes, whole; of any part of them, and of more, nothing.
template <class Read>
auto read_whole(const std::string& bytes, Read read) {
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read(std::string_view{bytes}.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(read(bytes + 'x').has_value());
  auto result = read(bytes);
  EXPECT_TRUE(result.has_value());
  return result;
}

TEST(Moves, TheirWordsAreReadAsTheyWereSaidAndNothingElseIs) {
  const auto move =
      read_whole(to_bytes(a_move()), [](std::string_view bytes) { return move_from(bytes, 3, 8); });
  EXPECT_EQ(move->shards, a_move().shards);
  EXPECT_EQ(move->epoch, 22);
  const auto marks = read_whole(to_bytes(Marks{a_move(), {5, 6, 7}}),
                                [](std::string_view bytes) { return marks_from(bytes, 3, 8); });
  EXPECT_EQ(marks->sent, (std::vector<std::uint64_t>{5, 6, 7}));
  Given given;
  given.sent = {1, 2, 3};
  given.state = "a state";
  given.moved.sessions_active = 9;
  const auto read =
      read_whole(to_bytes(given), [](std::string_view bytes) { return given_from(bytes, 3); });
  EXPECT_EQ(read->state, "a state");
  EXPECT_EQ(read->moved.sessions_active, 9U);
  const auto luggage = read_whole(to_bytes(Luggage{a_move(), SimTime{Nanos{8}}, "bytes"}),
                                  [](std::string_view bytes) { return luggage_from(bytes, 3, 8); });
  EXPECT_EQ(luggage->state, "bytes");
  EXPECT_EQ(luggage->move.to, 2U);
}

TEST(Moves, WhatNoTableSaysIsRefused) {
  const auto is_read = [](const Move& move) { return move_from(to_bytes(move), 3, 8).has_value(); };
  EXPECT_TRUE(is_read(a_move()));
  auto wrong = a_move();
  wrong.to = 3;
  EXPECT_FALSE(is_read(wrong)) << "no such node";
  wrong = a_move();
  wrong.to = 1;
  EXPECT_FALSE(is_read(wrong)) << "to itself";
  wrong = a_move();
  wrong.shards = {1, 8};
  EXPECT_FALSE(is_read(wrong)) << "no such shard";
  wrong.shards = {4, 1};
  EXPECT_FALSE(is_read(wrong)) << "not in order";
  wrong.shards = {};
  EXPECT_FALSE(is_read(wrong));
  EXPECT_FALSE(marks_from(to_bytes(Marks{a_move(), {5, 6}}), 3, 8).has_value());
}

}  // namespace
}  // namespace chargemill::app
