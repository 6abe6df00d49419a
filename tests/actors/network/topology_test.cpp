// Who is where: every charge point in one shard, every shard with one, whole sites together.
#include "actors/network/topology.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace chargemill::network {
namespace {

Scenario generated(std::uint32_t points, std::uint32_t zones, std::uint32_t sites_per_zone,
                   std::uint32_t shards, std::uint32_t drivers) {
  Scenario s;
  s.network.charge_points = points;
  s.network.zones = zones;
  s.network.sites_per_zone = sites_per_zone;
  s.central.shards = shards;
  s.drivers.count = drivers;
  return s;
}

RC_GTEST_PROP(Topology, EveryShardHasAPointAndWholeSites, ()) {
  const auto number = [](std::uint32_t from, std::uint32_t to) {
    return *rc::gen::inRange(from, to + 1);
  };
  const auto scenario =
      generated(number(1, 600), number(1, 40), number(0, 12), number(1, 300), number(0, 50));
  const Topology t = make_topology(scenario);
  RC_ASSERT(t.shards.size() == shards_of(scenario));
  RC_ASSERT(t.zones == generated_zones(scenario));
  RC_ASSERT(t.sites == generated_sites(scenario));
  std::uint32_t next = 0;
  std::set<SiteId> seen;
  for (const auto& shard : t.shards) {
    RC_ASSERT(shard.points > 0U);
    RC_ASSERT(shard.first_point == next);
    next += shard.points;
    std::set<SiteId> here;
    for (auto p = shard.first_point; p < next; ++p) here.insert(t.points[p].site);
    for (const auto site : here) RC_ASSERT(seen.insert(site).second);
  }
  RC_ASSERT(next == t.points.size());
}

RC_GTEST_PROP(Topology, ListedPointsAreDividedEvenly, ()) {
  Scenario s;
  s.network.points.resize(*rc::gen::inRange<std::size_t>(1, 300));
  s.central.shards = *rc::gen::inRange(1U, 400U);
  const Topology t = make_topology(s);
  const auto even = s.network.points.size() / t.shards.size();
  for (const auto& shard : t.shards) RC_ASSERT(shard.points == even || shard.points == even + 1);
}

TEST(Topology,
     DriversAreDealtToShardsThatHaveSomewhereToGo) {  // a hundred points are sixteen sites
  const Topology t = make_topology(generated(100, 16, 0, 64, 32));
  ASSERT_EQ(t.shards.size(), 16U);
  for (const auto& shard : t.shards) EXPECT_EQ(shard.drivers.size(), 2U);
}

TEST(Topology, ANetworkWithoutPointsHasOneShard) {
  EXPECT_EQ(make_topology(generated(0, 16, 0, 64, 3)).shards.size(), 1U);
}

}  // namespace
}  // namespace chargemill::network
