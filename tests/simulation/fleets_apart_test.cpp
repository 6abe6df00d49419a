// Fleets that live elsewhere than their shards, in real time: each half moves, and is lost, for
// itself (HANDOVER.md).
#include <algorithm>

#include "tests/simulation/moving_story.hpp"

namespace chargemill::test {
namespace {

/// Shards 1, 3 and 5 are on the second node, their fleets on the third; all else on the first.
std::vector<Roles> mix() { return {{}, {false, true, false}, {false, false, true}}; }
constexpr unsigned kBoth = 0;
constexpr unsigned kBears = 1;
constexpr unsigned kDrives = 2;

struct Apart : Story {
  explicit Apart(Half half, unsigned places = kNodes) : Story{{}, places, mix()} {
    move.from = half == Half::fleet ? kDrives : kBears;
    move.to = kBoth;
    move.shards = {1, 3};
    move.half = half;
  }
  [[nodiscard]] bool has(unsigned n, unsigned shard) {
    return cluster.node(n).network->has(ShardId{static_cast<std::uint16_t>(shard)});
  }
  [[nodiscard]] bool has_fleet(unsigned n, unsigned shard) {
    return cluster.node(n).network->has_fleet(ShardId{static_cast<std::uint16_t>(shard)});
  }
  void expect_nobody_noticed() {
    expect_all_well();
    EXPECT_EQ(total.sessions_failed, 0U);
    EXPECT_EQ(total.sessions_lost, 0U);
    EXPECT_EQ(total.requests_timed_out, 0U);
    EXPECT_EQ(strays(*this), 0U);
  }
};

TEST(FleetsApart, BeginWhereTheyMayLive) {
  Apart story{Half::fleet};
  for (unsigned s = 0; s < kShards; ++s) {
    EXPECT_TRUE(story.has(s % 2 == 0 ? kBoth : kBears, s)) << s;
    EXPECT_TRUE(story.has_fleet(s % 2 == 0 ? kBoth : kDrives, s)) << s;
  }
  EXPECT_EQ(story.seen(kBears).requests_sent, 0U);
  EXPECT_GT(story.seen(kDrives).requests_sent, 0U);
  EXPECT_EQ(story.seen(kDrives).sessions_started, 0U);
  story.expect_nobody_noticed();
}

TEST(FleetsApart, AFleetGoesWithoutItsShard) {
  Apart story{Half::fleet};
  story.play(Step::route);
  EXPECT_TRUE(story.has_fleet(kBoth, 1) && story.has_fleet(kBoth, 3));
  EXPECT_TRUE(story.has_fleet(kDrives, 5));
  EXPECT_TRUE(story.has(kBears, 1)) << "it stays";
  EXPECT_GT(story.moved.requests_sent, 0U);
  EXPECT_EQ(story.moved.sessions_started, 0U);
  story.expect_nobody_noticed();
}

TEST(FleetsApart, AShardGoesWithoutItsFleet) {
  Apart story{Half::shard};
  story.play(Step::route);
  EXPECT_TRUE(story.has(kBoth, 1) && story.has(kBoth, 3));
  EXPECT_TRUE(story.has(kBears, 5));
  EXPECT_TRUE(story.has_fleet(kDrives, 1)) << "it stays";
  EXPECT_GT(story.moved.sessions_started, 0U);
  EXPECT_EQ(story.moved.requests_sent, 0U);
  story.expect_nobody_noticed();
}

TEST(FleetsApart, OneComesToItsShardAndGoesOnWithIt) {
  constexpr unsigned kNewcomer = 3;
  Apart story{Half::shard, 4};
  story.play(Step::route);
  story.move.half = Half::fleet;
  story.move.from = kDrives;
  ++story.move.epoch;
  story.play(Step::route);
  ASSERT_TRUE(story.has_fleet(kBoth, 1));
  EXPECT_EQ(story.order.turns[1], 1U);
  EXPECT_EQ(story.order.turns_of(1, Half::fleet), 1U);
  story.join(kNewcomer);
  story.move.half = Half::both;
  story.move.from = kBoth;
  story.move.to = kNewcomer;
  story.move.turns = 1;
  ++story.move.epoch;
  story.play(Step::route);
  EXPECT_TRUE(story.has(kNewcomer, 3) && story.has_fleet(kNewcomer, 3));
  story.expect_nobody_noticed();
}

// What nobody knew of those who were not lost they have themselves; drivers begin anew under
// numbers that nobody had.
TEST(FleetsApart, ALostFleetIsFollowedAndItsShardGoesOn) {
  Apart story{Half::fleet};
  const auto left = network::left_of(story.seen(kDrives));
  EXPECT_EQ(left.sessions_lost, 0U);
  story.lose(kDrives);
  story.mend(kDrives);
  EXPECT_TRUE(story.has_fleet(kBoth, 1) && story.has_fleet(kBoth, 5));
  EXPECT_TRUE(story.has(kBears, 1));
  EXPECT_EQ(story.order.fleets[1].losses, 1U);
  EXPECT_EQ(story.order.losses[1], 0U);
  story.expect_all_well(left);
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(story.total.sessions_lost, 0U);
  auto& here = *story.cluster.node(kBoth).network;
  for (const DriverId id : here.topology().shards[1].drivers)
    EXPECT_GE(here.driver(id).state().requests_made, 2U << 17U);
}

// Whoever has cut off the former drivers lives, and nobody else tells the new ones.
TEST(FleetsApart, WhoFollowsALostFleetIsCutOffAsThatWas) {  // D-131
  Apart story{Half::fleet};
  const auto drivers = story.cluster.node(kBoth).network->topology().shards[1].drivers;
  const auto tell_director = [&](const auto& what) {
    auto& bears = story.cluster.node(kBears);
    bears.coordinator().hold_still([&] {
      runtime::LeanActor::post(&bears.network->director(ShardId{1}), director::Event{what});
    });
  };
  const auto are_linked = [&](unsigned n, bool wanted) {
    auto& node = story.cluster.node(n);
    bool are = false;
    node.coordinator().hold_still([&] {
      are = std::all_of(drivers.begin(), drivers.end(), [&](DriverId id) {
        return node.network->driver(id).state().linked == wanted;
      });
    });
    return are;
  };
  ASSERT_FALSE(drivers.empty());
  tell_director(CentralDown{});
  ASSERT_TRUE(story.cluster.comes_true([&] { return are_linked(kDrives, false); }));
  const auto left = network::left_of(story.seen(kDrives));
  story.lose(kDrives);
  story.mend(kDrives);
  ASSERT_TRUE(story.has_fleet(kBoth, 1));
  EXPECT_TRUE(story.cluster.comes_true([&] { return are_linked(kBoth, false); }));
  tell_director(CentralUp{});
  EXPECT_TRUE(story.cluster.comes_true([&] { return are_linked(kBoth, true); }));
  story.expect_all_well(left);
}

// Each loss is the next life of what was there, also the hundredth.
TEST(FleetsApart, ALossIsOutlivedHoweverManyThereWereBefore) {
  Apart story{Half::fleet};
  story.life = 100;
  const auto left = network::left_of(story.seen(kDrives));
  story.lose(kDrives);
  story.mend(kDrives);
  EXPECT_TRUE(story.has_fleet(kBoth, 1));
  story.expect_all_well(left);
}

// Its drivers ask again; who failed, or was cut off, by somebody of that shard goes on.
TEST(FleetsApart, ALostShardIsFollowedAndItsFleetGoesOn) {
  Apart story{Half::shard};
  auto& drives = *story.cluster.node(kDrives).network;
  const auto& drivers = drives.topology().shards[1].drivers;
  ASSERT_GT(drivers.size(), 1U);
  story.cluster.node(kDrives).coordinator().hold_still([&] {
    runtime::LeanActor::post(&drives.driver(drivers[0]), driver::Event{LinkDown{}});
    runtime::LeanActor::post(&drives.driver(drivers[1]), driver::Event{Leave{}});
  });
  const auto are_off = [&] {
    bool are = false;
    story.cluster.node(kDrives).coordinator().hold_still([&] {
      are = !drives.driver(drivers[0]).state().linked && drives.driver(drivers[1]).state().away;
    });
    return are;
  };
  ASSERT_TRUE(story.cluster.comes_true(are_off));
  const auto left = network::left_of(story.seen(kBears));
  story.lose(kBears);
  story.mend(kBears);
  EXPECT_TRUE(story.has(kBoth, 1) && story.has(kBoth, 5));
  EXPECT_TRUE(story.has_fleet(kDrives, 1));
  const auto are_on = [&] {
    bool are = false;
    story.cluster.node(kDrives).coordinator().hold_still([&] {
      are = drives.driver(drivers[0]).state().linked && !drives.driver(drivers[1]).state().away;
    });
    return are;
  };
  EXPECT_TRUE(story.cluster.comes_true(are_on));
  story.expect_all_well(left);
}

/// After each step each of them dies, while one half is on its way.
class FleetsApartDeath : public testing::TestWithParam<std::tuple<unsigned, unsigned, Half>> {};

TEST_P(FleetsApartDeath, LeavesANetworkThatGoesOnAndAddsUp) {
  const auto [last, dies, half] = GetParam();
  const auto step = static_cast<Step>(last);
  Apart story{half};
  auto left = story.seen(dies);  // as whoever leads has seen it before
  story.play(step);
  ASSERT_FALSE(testing::Test::HasFailure());
  if (step >= Step::commit) left = story.seen(dies);
  story.lose(dies);
  story.mend(dies);
  story.expect_all_well(network::left_of(left));
}

INSTANTIATE_TEST_SUITE_P(AtEachStep, FleetsApartDeath,
                         testing::Combine(testing::Range(1U, 7U),
                                          testing::Values(kBoth, kBears, kDrives),
                                          testing::Values(Half::shard, Half::fleet)));

}  // namespace
}  // namespace chargemill::test
