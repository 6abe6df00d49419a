// Actors that nobody can do without: shards, central, fleets and directors fail and come back too.
#include <gtest/gtest.h>

#include "tests/simulation/still_network.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;
using test::StillNetwork;

constexpr ShardId kFirst{0};
constexpr auto kDelay = 1s;  // of a first restart

network::FaultSpec ko_at(Nanos at) {
  network::FaultSpec fault;
  fault.kind = network::FaultKind::engine_ko;
  fault.at = SimTime{at};
  fault.duration = 5s;
  return fault;
}

TEST(Essential, AShardThatFailsComesBackAsFromARestartOfCentral) {  // law 6, D-084 to D-087
  StillNetwork net{2, {{"CP-001", "CP-001"}}};
  for (int i = 0; i < 200 && net.point(0).phase != Phase::supplying; ++i) net.pass(100ms);
  ASSERT_EQ(net.point(0).phase, Phase::supplying);
  net.crash(net.network().shard(kFirst));
  net.pass(500ms);
  EXPECT_EQ(net.shown(DisplayState::disconnected), 2U) << "it is down";
  EXPECT_EQ(net.point(0).phase, Phase::supplying) << "the supply goes on";
  net.pass(kDelay);
  EXPECT_EQ(net.totals().restarts, 1U);
  net.pass(2s);
  EXPECT_EQ(net.shown(DisplayState::activated), 1U);
  EXPECT_EQ(net.shown(DisplayState::supplying), 1U) << "recognised, with its session";
  net.pass(60s);
  const auto t = net.totals();
  EXPECT_EQ(t.sessions_completed, t.sessions_started);
  EXPECT_EQ(t.tickets_delivered, t.tickets_issued);
  EXPECT_EQ(t.energy_unreported_mj, 0);
  EXPECT_EQ(net.network().failure(), "");
  EXPECT_EQ(net.defects().count, 0U) << "what a test asks for is none";
}

TEST(Essential, AShardThatFailsHarmsNoOther) {  // law 6
  auto scenario = StillNetwork::scenario(4, {});
  scenario.central.shards = 2;
  StillNetwork net{scenario};
  net.pass(5s);
  ASSERT_EQ(net.shown(DisplayState::activated), 4U);
  net.crash(net.network().shard(kFirst));
  net.pass(500ms);
  EXPECT_EQ(net.shown(DisplayState::activated), 2U);
  EXPECT_EQ(net.shown(DisplayState::disconnected), 2U);
  net.pass(5s);
  EXPECT_EQ(net.shown(DisplayState::activated), 4U);
}

TEST(Essential, AFailureWhileItIsDownIsTheSameOne) {
  StillNetwork net{2, {}};
  net.pass(5s);
  net.crash(net.network().shard(kFirst));
  net.crash(net.network().shard(kFirst));
  net.pass(5s);
  EXPECT_EQ(net.totals().restarts, 1U);
  EXPECT_EQ(net.shown(DisplayState::activated), 2U);
}

TEST(Essential, AShardThatFailsDuringARestartOfCentralIsBackWithTheLaterOfBoth) {  // D-084
  auto scenario = StillNetwork::scenario(2, {});
  network::FaultSpec fault;
  fault.kind = network::FaultKind::central_restart;
  fault.at = SimTime{5s};
  fault.duration = 10s;
  scenario.faults.push_back(fault);
  StillNetwork net{scenario};
  net.pass(6s);
  net.crash(net.network().shard(kFirst));
  net.pass(4s);
  EXPECT_EQ(net.shown(DisplayState::disconnected), 2U) << "central is not back yet";
  net.pass(8s);
  EXPECT_EQ(net.shown(DisplayState::activated), 2U);
}

TEST(Essential, OneThatFailsTooOftenEndsTheRunByItsName) {  // law 6
  StillNetwork net{1, {}};
  net.pass(5s);
  for (int i = 0; i < 5; ++i) {
    net.crash(net.network().shard(kFirst));
    for (int s = 0; s < 60 && net.shown(DisplayState::activated) == 0; ++s) net.pass(1s);
    ASSERT_EQ(net.shown(DisplayState::activated), 1U) << "restart " << i + 1;
    EXPECT_EQ(net.network().failure(), "");
  }
  net.crash(net.network().shard(kFirst));
  net.pass(1s);
  EXPECT_EQ(net.network().failure(), "shard 0: failed too often: given up");
  EXPECT_EQ(net.totals().given_up, 1U);
}

TEST(Essential, AFleetThatFailsBringsNoLoadUntilItsRestartAndLosesNoPlace) {  // law 6
  auto scenario = StillNetwork::scenario(4, {});
  scenario.drivers.count = 4;
  network::StageSpec stage;
  stage.target = network::StageTarget::request_rate;
  stage.value = 2.0;
  scenario.stages.push_back(stage);
  StillNetwork net{scenario};
  net.pass(10s);
  ASSERT_GT(net.totals().offered, 0U);
  net.crash(net.network().fleet(kFirst));
  const auto before = net.totals().offered;
  net.pass(kDelay - 1ms);
  EXPECT_EQ(net.totals().offered, before);
  net.pass(5s);
  EXPECT_GT(net.totals().offered, before);
  EXPECT_EQ(net.totals().restarts, 1U);
}

TEST(Essential, ADirectorThatFailsGoesOnWithItsScenario) {  // law 6
  auto scenario = StillNetwork::scenario(2, {});
  scenario.faults.push_back(ko_at(8s));
  StillNetwork net{scenario};
  net.pass(7500ms);
  net.crash(net.network().director(kFirst));
  net.pass(800ms);
  EXPECT_EQ(net.totals().faults_injected, 0U) << "it rests";
  net.pass(3s);
  EXPECT_EQ(net.totals().faults_injected, 2U);
  net.pass(20s);
  EXPECT_EQ(net.shown(DisplayState::activated), 2U) << "and ends what it began";
}

TEST(Essential, CentralThatFailsAnswersTheNext) {  // law 6, D-130
  StillNetwork net{2, {{"CP-001"}}};
  net.pass(3s);
  net.crash(net.network().central());
  runtime::LeanActor::post(&net.network().central(), central::CentralEvent{OperatorOrder{
                                                         PointId{}, OperatorAction::stop, true}});
  net.pass(3s);
  EXPECT_EQ(net.shown(DisplayState::stopped), 2U);
  EXPECT_EQ(net.totals().restarts, 1U);
}

}  // namespace
}  // namespace chargemill
