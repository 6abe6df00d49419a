// Nodes that are there for different things: what they simulate does not depend on it.
#include <gtest/gtest.h>

#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/virtual_cluster.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using runtime::LeanActor;

constexpr Roles kLeads{true, false, false};
constexpr Roles kBears{false, true, false};
constexpr Roles kDrives{false, false, true};

const std::vector<std::vector<Roles>> kMixes{
    {kLeads, {false, true, true}},   // central for itself
    {{true, true, false}, kDrives},  // drivers for themselves
    {{true, false, true}, kBears},   // central beside drivers
    {kLeads, kBears, kDrives},       // each for itself
    {Roles{}, kBears, kDrives},      // some fleets beside their shards, some not
    {kLeads, kBears, kBears, {false, true, true}}};

std::string text_of(const std::vector<Roles>& mix) {
  std::string text;
  for (const Roles& one : mix) text += to_text(one) + "; ";
  return text;
}

TEST(NodesWithRoles, GiveTheDigestOfOneNodeWhateverTheirMix) {
  std::uint64_t crossed = 0;
  for (std::uint64_t seed = 21; seed <= 24; ++seed) {
    auto scenario = any_scenario(seed);
    VirtualNetwork one{scenario, 1};
    const auto totals = one.finish();
    for (const auto& mix : kMixes) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", " + text_of(mix));
      scenario.run.roles = mix;
      VirtualCluster cluster{scenario, static_cast<unsigned>(mix.size()), seed % 2 == 0 ? 1U : 2U};
      const auto sum = cluster.finish();
      for (const auto& text : network::broken_identities(sum)) ADD_FAILURE() << text;
      EXPECT_EQ(sum.actors, totals.actors);
      EXPECT_EQ(sum.requests_sent, totals.requests_sent);
      EXPECT_EQ(sum.messages_delivered, totals.messages_delivered);
      ASSERT_EQ(cluster.digest(), one.digest());
      crossed += cluster.messages_between_nodes();
    }
  }
  EXPECT_GT(crossed, 1'000U) << "else nothing was tried";
}

network::Scenario small_town() {
  network::Scenario scenario;
  scenario.run.duration = 60s;
  scenario.run.start_unix_s += 17 * 3'600;  // when people charge
  scenario.network.max_session = 8s;
  scenario.network.charge_points = 24;
  scenario.central.shards = 4;
  scenario.drivers.count = 16;
  scenario.drivers.sessions_per_cp_per_day = 3'000;
  return scenario;
}

TEST(NodesWithRoles, HaveNothingThatTheyAreNotThereFor) {
  for (const auto& mix : kMixes) {
    SCOPED_TRACE(text_of(mix));
    auto scenario = small_town();
    scenario.run.roles = mix;
    VirtualCluster cluster{scenario, static_cast<unsigned>(mix.size()), 1};
    for (unsigned n = 0; n < mix.size(); ++n) {
      const auto detail = cluster.on(n).detail();
      const auto count = [&](ActorKind kind) {
        return detail.actors[static_cast<std::size_t>(kind)];
      };
      EXPECT_EQ(cluster.on(n).has_central(), n == 0) << n;
      EXPECT_EQ(count(ActorKind::shard) > 0, mix[n].shards) << n;
      EXPECT_EQ(count(ActorKind::charge_point) > 0, mix[n].shards) << n;
      EXPECT_EQ(count(ActorKind::monitor) > 0, mix[n].shards) << n;
      EXPECT_EQ(count(ActorKind::driver) > 0, mix[n].drivers) << n;
      EXPECT_EQ(count(ActorKind::fleet) > 0, mix[n].drivers) << n;
    }
    EXPECT_GT(cluster.finish().sessions_completed, 0U);
  }
}

// A supervisor lives with its shard: whom it restarts may be anywhere (law 6).
TEST(NodesWithRoles, WhoFailsComesBackThoughItsSupervisorIsOnAnotherNode) {
  auto scenario = small_town();
  scenario.run.roles = {kLeads, kBears, kDrives};
  VirtualCluster cluster{scenario, 3, 1};
  cluster.run_until(SimTime{20s});
  const auto& drivers = cluster.on(2).topology().drivers;
  ASSERT_FALSE(drivers.empty());
  LeanActor::post(&cluster.on(0).central(), Crash{});
  LeanActor::post(&cluster.on(2).fleet(ShardId{1}), Crash{});
  LeanActor::post(&cluster.on(2).driver(DriverId{0}), driver::Event{Crash{}});
  cluster.run_until(SimTime{40s});
  const auto before = cluster.on(2).count().totals.offered;
  const auto sum = cluster.finish();
  EXPECT_EQ(sum.restarts, 3U);
  EXPECT_EQ(sum.given_up, 0U);
  EXPECT_GT(cluster.on(2).count().totals.offered, before) << "load goes on";
  for (unsigned n = 0; n < 3; ++n) EXPECT_EQ(cluster.on(n).failure(), "") << n;
}

}  // namespace
}  // namespace chargemill::test
