// Nodes join a network that runs, and come back to it, in real time (R12).
#include <algorithm>

#include "tests/simulation/moving_story.hpp"

namespace chargemill::test {
namespace {

constexpr unsigned kNewcomer = 3;

/// The shards of `from` go to `to`, in the order in which the table would say so.
void hand_over(Story& story, unsigned from, unsigned to, std::vector<std::uint32_t> shards) {
  story.move.from = from;
  story.move.to = to;
  story.move.shards = std::move(shards);
  story.move.turns = story.order.turns[story.move.shards.front()];
  ++story.move.epoch;
  story.play(Step::route);
}

/// The pause of the move that was played, or the shortest of some more to and fro: how long it
/// takes while others want the cores is theirs.
Nanos shortest_pause(Story& story, unsigned from, unsigned to,
                     const std::vector<std::uint32_t>& shards) {
  Nanos shortest = story.pause;
  for (int again = 0; again < 3 && shortest >= seconds{1}; ++again) {
    hand_over(story, to, from, shards);
    hand_over(story, from, to, shards);
    shortest = std::min(shortest, story.pause);
  }
  return shortest;
}

std::vector<std::uint32_t> shards_of(const Story& story, unsigned node) {
  std::vector<std::uint32_t> shards;
  for (std::uint32_t s = 0; s < kShards; ++s) {
    if (story.order.node_of(s) == node) shards.push_back(s);
  }
  return shards;
}

TEST(Newcomer, HasNothingAndIsCountedAllTheSame) {
  Story story{{}, 5};
  story.join(kNewcomer);
  auto& here = *story.cluster.node(kNewcomer).network;
  EXPECT_FALSE(here.first_here().has_value());
  EXPECT_FALSE(here.has_central());
  story.expect_all_well();
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(strays(story), 0U);
}

TEST(Newcomer, GetsShardsWithTheirSessionsAndNobodyNotices) {
  Story story{{}, 5};
  story.join(kNewcomer);
  hand_over(story, 1, kNewcomer, {4});
  EXPECT_GT(story.moved.sessions_active, 0U);
  EXPECT_TRUE(story.cluster.node(kNewcomer).network->has(ShardId{4}));
  EXPECT_LT(shortest_pause(story, 1, kNewcomer, {4}), seconds{1});
  story.expect_all_well();
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(story.total.sessions_lost, 0U);
  EXPECT_EQ(story.total.requests_timed_out, 0U);
  EXPECT_EQ(strays(story), 0U);
  EXPECT_GT(story.seen(kNewcomer).sessions_completed, 0U) << "it works";
}

// Clocks of nodes that begin at different times agree: nobody's session is longer or shorter there.
TEST(Newcomer, BeginsAtTheModelTimeOfTheOthers) {
  Story story{{}, 4};
  story.join(kNewcomer);
  const auto time = [&](unsigned n) { return story.cluster.node(n).coordinator().reached(); };
  ASSERT_TRUE(story.cluster.comes_true([&] { return time(kNewcomer) > time(0) - seconds{60}; }));
  EXPECT_LT(time(kNewcomer), time(0) + seconds{60});
}

// Rolling restart: each in turn gives all away, ends, and comes back as another life.
TEST(Newcomer, EachNodeLeavesAndComesBackAndNoSessionIsLost) {
  Story story;
  network::Totals left;
  for (const unsigned n : {1U, 2U}) {
    const auto mine = shards_of(story, n);
    hand_over(story, n, 0, mine);
    ASSERT_FALSE(story.cluster.node(n).network->first_here().has_value());
    network::Totals counted = story.cluster.node(n).network->look().totals;
    add(left, network::left_of(counted));
    story.lose(n);
    story.mend(n);
    story.join(n);
    hand_over(story, 0, n, mine);
    ASSERT_TRUE(story.cluster.node(n).network->has(ShardId{static_cast<std::uint16_t>(mine[0])}));
  }
  story.expect_all_well(left);
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(story.total.sessions_lost, 0U);
  EXPECT_EQ(strays(story), 0U);
}

// And so does the one that leads: it gives all away, then nobody hears it any more, and another one
// leads. Who waits for a word of central asks again.
TEST(Newcomer, TheNodeThatLeadsLeavesAndComesBackAndNoSessionIsLost) {
  Story story;
  const auto mine = shards_of(story, 0);
  hand_over(story, 0, 1, mine);
  auto& first = *story.cluster.node(0).network;
  ASSERT_FALSE(first.first_here().has_value());
  ASSERT_TRUE(first.has_central());
  const auto left = network::left_of(first.look().totals);
  EXPECT_EQ(left.requests_lost + left.sessions_lost, 0U) << "central has none";
  story.lose(0);
  story.mend(0);
  EXPECT_TRUE(story.cluster.node(1).network->has_central());
  story.join(0);
  EXPECT_FALSE(story.cluster.node(0).network->has_central());
  hand_over(story, 1, 0, mine);
  story.expect_all_well(left);
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(story.total.sessions_lost, 0U);
  EXPECT_EQ(story.total.requests_lost, 0U);
}

// It dies with what it has just got: others have it, as of any node.
TEST(Newcomer, MayDieAndBeFollowedAndComeAgain) {
  Story story{{}, 4};
  story.join(kNewcomer);
  hand_over(story, 1, kNewcomer, {1, 4});
  ASSERT_TRUE(
      story.cluster.comes_true([&] { return story.seen(kNewcomer).sessions_completed > 0; }));
  auto left = network::left_of(story.seen(kNewcomer));
  story.lose(kNewcomer);
  story.mend(kNewcomer);
  EXPECT_EQ(story.order.losses[4], 1U);
  story.join(kNewcomer);
  hand_over(story, 2, kNewcomer, {2});
  story.expect_all_well(left);
}

// A door has sent an order to where its point was: it is not taken for done.
TEST(Newcomer, WhoHasGivenAPointAwayDoesNotObeyOrdersForIt) {
  Story story{{}, 4};
  story.join(kNewcomer);
  auto& from = story.cluster.node(1);
  auto& to = story.cluster.node(kNewcomer);
  const network::SwitchOnAt order{PointId{from.network->topology().shards[4].first_point}};
  EXPECT_TRUE(from.desk->obey(order));
  EXPECT_FALSE(to.desk->obey(order));
  hand_over(story, 1, kNewcomer, {4});
  EXPECT_FALSE(from.desk->obey(order));
  EXPECT_TRUE(to.desk->obey(order));
  story.expect_all_well();
}

// Another node may say any number.
TEST(Newcomer, OrdersForAPointThatNobodyHasArePassedOnToNobody) {
  Story story{{}, 4};
  story.join(kNewcomer);
  EXPECT_TRUE(story.cluster.node(1).desk->obey(network::SwitchOnAt{PointId{4'000'000'000}}));
  story.expect_all_well();
}

}  // namespace
}  // namespace chargemill::test
