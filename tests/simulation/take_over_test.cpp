// A node is lost while the network runs, and others go on with its shards (SH-02).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/history/lives.hpp"
#include "app/nodes/take_over.hpp"
#include "tests/simulation/real_cluster.hpp"

namespace chargemill::test {
namespace {

using network::Inheritance;
using network::Route;
using std::chrono::seconds;
using testing::IsEmpty;

constexpr unsigned kNodes = 3;

/// 48 charge points in six shards, two to a node; busy drivers, who ask at any of them.
network::Scenario busy() {
  network::Scenario s;
  s.run.duration = std::chrono::hours{900};
  s.run.speed.factor = 50.0;
  s.run.seed = 7;
  s.network.charge_points = 48;
  s.network.max_session = seconds{60};
  s.run.start_unix_s += 17 * 3'600;  // people come home
  s.central.shards = 6;
  s.drivers.count = 96;
  s.drivers.sessions_per_cp_per_day = 2'000;
  s.drivers.choose = network::Choice::any_in_zone;
  return s;
}

/// Where shards are once those of `lost` are dealt to the others in turn.
Route route_without(unsigned lost, unsigned central, std::int64_t token) {
  Route route;
  unsigned next = 0;
  for (unsigned s = 0; s < 6; ++s) {
    unsigned node = s % kNodes;
    if (node == lost) {
      do node = next++ % kNodes;
      while (node == lost);
    }
    route.node_of.push_back(node);
  }
  route.central = central;
  route.token = token;
  return route;
}

/// What the journals of a lost node say of its shards.
archive::Image read_shards_of(RealCluster& cluster, unsigned lost) {
  auto& heir = cluster.node(lost == 0 ? 1 : 0);
  app::LivesWanted wanted;
  wanted.first = cluster.journal();
  wanted.former = {static_cast<std::uint8_t>(lost)};
  wanted.run = 1;
  for (unsigned n = 0; n < kNodes; ++n)
    wanted.networks.push_back(network::fingerprint(heir.network->topology(), kNodes, n));
  wanted.origin = archive::Origin{cluster.scenario().run.start_unix_s};
  wanted.shards.resize(6);
  for (unsigned s = lost; s < 6; s += kNodes) wanted.shards[s] = true;
  wanted.shard_of = heir.network->switchboard().shard_of;
  auto image = app::read_lives(wanted);
  EXPECT_TRUE(image.has_value()) << image.error().text;
  return image ? std::move(*image) : archive::make_image(48, 6);
}

/// Gives the shards of `lost` to the others; how many of its open sessions came with them.
std::uint64_t take_over(RealCluster& cluster, unsigned lost, const Route& route,
                        const archive::Image* image) {
  cluster.give_up(lost);
  std::uint64_t sessions = 0;
  cluster.on_each([&](unsigned n, network::Network& here) {
    Inheritance inheritance;
    for (unsigned s = lost; s < 6; s += kNodes) {
      if (route.node_of[s] == n) inheritance.shards.push_back(s);
    }
    inheritance.image = image;
    inheritance.since = here.look().sim;
    inheritance.central = route.central == n;
    here.adopt(cluster.scenario(), inheritance);
    sessions += here.restored(inheritance).sessions;
  });
  cluster.on_each([&](unsigned, network::Network& here) { here.route(route); });
  return sessions;
}

/// All that the network has counted, that of the lost one as it was seen last.
void expect_conserved(RealCluster& cluster, network::Totals left) {
  network::Totals all = cluster.count();
  add(all, left);
  EXPECT_THAT(network::broken_identities(all), IsEmpty());
}

std::uint64_t shown(const network::Totals& t) {
  std::uint64_t sum = 0;
  for (const auto count : t.display) sum += count;
  return sum - t.display[static_cast<std::size_t>(DisplayState::disconnected)];
}

TEST(TakeOver, WithoutAJournalItsChargePointsComeBackAndItsSessionsAreCountedAsLost) {
  RealCluster cluster{busy(), kNodes};
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_active > 20; }));
  auto left = network::left_of(cluster.node(2).network->look().totals);
  EXPECT_GT(left.sessions_lost, 0U);
  cluster.lose(2);
  EXPECT_EQ(take_over(cluster, 2, route_without(2, 0, RealCluster::kFirstToken), nullptr), 0U);
  ASSERT_TRUE(cluster.comes_true([&] { return shown(cluster.look()) == 48; }))
      << "all are heard again";
  const auto before = cluster.look().sessions_completed;
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_completed > before + 20; }));
  expect_conserved(cluster, left);
}

TEST(TakeOver, WithItsJournalOpenSessionsComeBackAndNobodyIsLost) {  // D-103, flow D
  const Folder folder;
  RealCluster cluster{busy(), kNodes, folder.path()};
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_active > 20; }));
  auto left = network::left_of(cluster.node(2).network->look().totals);
  cluster.lose(2);
  const archive::Image image = read_shards_of(cluster, 2);
  const auto sessions =
      take_over(cluster, 2, route_without(2, 0, RealCluster::kFirstToken), &image);
  EXPECT_GT(sessions, 0U);
  network::bring_back(left, sessions);
  // Each ended when its engine died, and its driver, wherever it is, gets the ticket.
  const auto failed = cluster.look().sessions_failed;
  ASSERT_TRUE(
      cluster.comes_true([&] { return cluster.look().sessions_failed >= failed + sessions; }));
  ASSERT_TRUE(cluster.comes_true([&] { return shown(cluster.look()) == 48; }));
  expect_conserved(cluster, left);
}

TEST(TakeOver, ACentralThatIsLostIsFollowedAndItsOrdersAreRefused) {  // FE-01
  RealCluster cluster{busy(), kNodes};
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_active > 20; }));
  const auto left = network::left_of(cluster.node(0).network->look().totals);
  cluster.lose(0);
  const std::int64_t token = RealCluster::kFirstToken + 1;
  (void)take_over(cluster, 0, route_without(0, 1, token), nullptr);
  EXPECT_TRUE(cluster.node(1).network->has_central());
  const auto accepted = cluster.look().requests_accepted;
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().requests_accepted > accepted + 20; }))
      << "it knows what is free";
  auto& shard = cluster.node(1).network->shard(ShardId{1});
  const OperatorOrder stop{PointId{}, OperatorAction::stop, true};
  runtime::LeanActor::post(&shard,
                           central::Fenced{RealCluster::kFirstToken, central::ShardEvent{stop}});
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().orders_refused == 1; }));
  expect_conserved(cluster, left);
}

TEST(TakeOver, NumbersOfAFormerLifeAreNotGivenOutAgain) {
  RealCluster cluster{busy(), kNodes};
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_active > 20; }));
  cluster.lose(2);
  (void)take_over(cluster, 2, route_without(2, 0, RealCluster::kFirstToken), nullptr);
  const auto before = cluster.look().sessions_started;
  ASSERT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_started > before + 20; }));
  (void)cluster.count();
  for (const unsigned s : {2U, 5U}) {
    const unsigned n = route_without(2, 0, 0).node_of[s];
    EXPECT_GE(cluster.node(n)
                  .network->shard(ShardId{static_cast<std::uint16_t>(s)})
                  .state()
                  .sessions_made,
              std::uint64_t{1} << 23U);
  }
}

}  // namespace
}  // namespace chargemill::test
