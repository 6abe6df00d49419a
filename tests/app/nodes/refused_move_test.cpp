// Moves that do not come about: how often they are tried, and how often people hear of them.
#include "app/nodes/refused_move.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using Time = RefusedMove::Clock::time_point;

Move move_of(std::vector<std::uint32_t> shards) {
  Move move;
  move.from = 1;
  move.to = 2;
  move.shards = std::move(shards);
  return move;
}

TEST(RefusedMove, IsTriedEverLaterAndToldOnce) {
  RefusedMove refused;
  const Move move = move_of({3, 4});
  Time now{};
  unsigned tries = 0;
  unsigned told = 0;
  for (const Time end = now + 60s; now < end; now += 100ms) {
    if (!refused.is_due(move, now)) continue;
    ++tries;
    if (refused.note(move, "no message carries them", now)) ++told;
  }
  EXPECT_EQ(told, 1U);
  EXPECT_GE(tries, 10U);
  EXPECT_LE(tries, 20U) << "and not ten times a second";
}

TEST(RefusedMove, IsTriedAtOnceWhenItIsAnotherOne) {
  RefusedMove refused;
  const Move move = move_of({3, 4});
  for (int i = 0; i < 9; ++i) (void)refused.note(move, "no message carries them", Time{});
  EXPECT_FALSE(refused.is_due(move, Time{} + 1s));
  Move later = move;
  later.epoch = 77;
  later.token = 7;
  EXPECT_FALSE(refused.is_due(later, Time{} + 1s)) << "the same, by a newer table";
  EXPECT_TRUE(refused.is_due(move_of({3}), Time{}));
  Move elsewhere = move;
  elsewhere.to = 0;
  EXPECT_TRUE(refused.is_due(elsewhere, Time{}));
  elsewhere = move;
  elsewhere.half = network::Half::fleet;
  EXPECT_TRUE(refused.is_due(elsewhere, Time{}));
}

TEST(RefusedMove, IsToldAgainWhenSomethingElseIsInItsWay) {
  RefusedMove refused;
  const Move move = move_of({3, 4});
  EXPECT_TRUE(refused.note(move, "a node was lost", Time{}));
  EXPECT_FALSE(refused.note(move, "a node was lost", Time{}));
  EXPECT_TRUE(refused.note(move, "no message carries them", Time{}));
  refused.forget();
  EXPECT_TRUE(refused.is_due(move, Time{}));
  EXPECT_TRUE(refused.note(move, "no message carries them", Time{}));
}

}  // namespace
}  // namespace chargemill::app
