// Those outside ask a network how it stands and give it orders, while it runs.
#include "actors/network/desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/virtual_network.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;

/// Notes what it sees; stops after `enough` points.
class Roll final : public central::Inspection {
 public:
  explicit Roll(std::size_t enough = SIZE_MAX) : enough_(enough) {}

  std::uint32_t look(const central::ShardState& shard, SimTime, std::uint32_t from) override {
    const auto size = static_cast<std::uint32_t>(shard.points.size());
    const auto end = std::min(size, from + central::kPointsALook);
    for (; from < end; ++from) {
      if (points.size() == enough_) return kEnough;
      points.push_back(shard.points[from]);
    }
    ++looks;
    return from;
  }
  void finish(SimTime now) override { finished = now; }

  std::vector<central::PointRecord> points;
  std::size_t looks = 0;
  SimTime finished = kNever;

 private:
  const std::size_t enough_;
};

network::Scenario of(std::uint32_t points, std::uint32_t shards) {
  network::Scenario s;
  s.network.charge_points = points;
  s.central.shards = shards;
  s.run.duration = 1h;
  return s;
}

/// Real actors, hand-moved time, and a desk.
struct Office {
  explicit Office(const network::Scenario& scenario)
      : still(2), network(scenario, still.engine), desk(network, still.engine) {
    network.start();
    still.pass(3s);
  }
  std::shared_ptr<Roll> roll(std::size_t enough = SIZE_MAX) {
    auto roll = std::make_shared<Roll>(enough);
    EXPECT_TRUE(desk.inspect(roll));
    still.settle();
    return roll;
  }
  DisplayState shown(std::uint32_t point) { return roll()->points[point].display; }

  test::StillEngine still;
  network::Network network;
  network::Desk desk;
};

TEST(Desk, AnInspectionSeesEveryPointOnceInTheOrderOfIds) {
  Office office{of(3'000, 5)};
  const auto roll = office.roll();
  ASSERT_EQ(roll->points.size(), 3'000U);
  for (std::uint32_t i = 0; i < 3'000; ++i) ASSERT_EQ(index_of(roll->points[i].id), i);
  EXPECT_EQ(roll->finished, SimTime{3s});
  EXPECT_GE(roll->looks, 3'000U / central::kPointsALook) << "no look passes more than it may";
}

TEST(Desk, AnInspectionThatHasEnoughGoesNoFurther) {
  Office office{of(100, 4)};
  const auto roll = office.roll(30);
  EXPECT_EQ(roll->points.size(), 30U);
  EXPECT_NE(roll->finished, kNever);
}

TEST(Desk, OfOnePointOnlyItsShardIsLookedAt) {
  Office office{of(100, 4)};
  auto roll = std::make_shared<Roll>();
  ASSERT_TRUE(office.desk.inspect(PointId{60}, roll));
  office.still.settle();
  EXPECT_EQ(roll->points.size(), 25U);
  EXPECT_EQ(index_of(roll->points.front().id), 50U);
}

TEST(Desk, SoManyInspectionsAreUnderWayAtOnceAndNoMore) {  // law 6
  Office office{of(10, 1)};
  std::vector<std::shared_ptr<Roll>> rolls;
  for (std::size_t i = 0; i < network::Desk::kOpenMax; ++i) {
    rolls.push_back(std::make_shared<Roll>());
    ASSERT_TRUE(office.desk.inspect(rolls.back()));
  }
  EXPECT_FALSE(office.desk.inspect(std::make_shared<Roll>()));
  office.still.settle();
  for (const auto& roll : rolls) EXPECT_EQ(roll->points.size(), 10U);
  EXPECT_TRUE(office.desk.inspect(std::make_shared<Roll>())) << "and there is room again";
}

TEST(Desk, WhatIsUnderWayWhenTheNetworkEndsIsNeverFinished) {
  auto roll = std::make_shared<Roll>();
  {
    Office office{of(10, 1)};
    ASSERT_TRUE(office.desk.inspect(roll));
  }
  EXPECT_EQ(roll->finished, kNever);
  EXPECT_EQ(roll.use_count(), 1);
}

TEST(Desk, AnInspectionSeesWhatWasOrderedBeforeIt) {  // D-076, D-077
  Office office{of(4, 2)};
  office.desk.order({PointId{1}, OperatorAction::stop, false});
  auto roll = std::make_shared<Roll>();
  ASSERT_TRUE(office.desk.inspect(roll));  // neither has been handled yet
  office.still.settle();
  EXPECT_TRUE(roll->points[1].operator_stopped);
  EXPECT_FALSE(roll->points[0].operator_stopped);
  office.desk.order({PointId{}, OperatorAction::stop, true});
  office.still.pass(1s);
  for (std::uint32_t p = 0; p < 4; ++p) EXPECT_EQ(office.shown(p), DisplayState::stopped);
  office.desk.order({PointId{}, OperatorAction::resume, true});
  office.still.pass(1s);
  for (std::uint32_t p = 0; p < 4; ++p) EXPECT_EQ(office.shown(p), DisplayState::activated);
}

TEST(Desk, AFaultOnDemandBefallsOnePointAndEnds) {  // D-110, D-117
  Office office{of(4, 2)};
  office.desk.inject({director::FaultKind::engine_ko, PointId{2}, 20s});
  office.still.pass(5s);
  EXPECT_EQ(office.shown(2), DisplayState::broken);
  EXPECT_EQ(office.shown(1), DisplayState::activated);
  EXPECT_EQ(office.network.count().totals.faults_injected, 1U);
  office.still.pass(20s);
  EXPECT_EQ(office.shown(2), DisplayState::activated);
}

TEST(Desk, APersonStartsASupplyAtTheChargePoint) {  // D-106
  Office office{of(2, 1)};
  office.desk.start(PointId{0}, {Energy{}, kNobody});
  office.still.pass(2s);
  EXPECT_EQ(office.shown(0), DisplayState::supplying);
  office.desk.unplug(PointId{0});
  office.still.pass(2s);
  EXPECT_EQ(office.shown(0), DisplayState::activated);
}

TEST(Desk, VirtualTimeIsLookedAtWhileItStandsStillAndNeverChanged) {
  test::VirtualNetwork net{of(2'000, 3), 2};
  auto& engine = net.engine();
  network::Desk desk{net.network(), engine};
  EXPECT_FALSE(desk.may_change());
  const auto all = std::make_shared<Roll>();
  const auto one = std::make_shared<Roll>();
  ASSERT_TRUE(desk.inspect(all));
  ASSERT_TRUE(desk.inspect(PointId{1'000}, one));
  net.run_until(SimTime{10s});
  EXPECT_EQ(all->finished, kNever) << "not while it runs";
  desk.serve();
  EXPECT_EQ(all->points.size(), 2'000U);
  EXPECT_EQ(all->points[7].display, DisplayState::activated);
  const auto owner = net.network().switchboard().shard_of[1'000];
  EXPECT_EQ(one->points.size(), net.network().shard(owner).state().points.size());
  EXPECT_LT(one->points.size(), 2'000U);
  EXPECT_GE(all->finished, SimTime{10s});
}

}  // namespace
}  // namespace chargemill
