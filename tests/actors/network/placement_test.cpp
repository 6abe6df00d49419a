// Which node has what, by what it is there for.
#include "actors/network/placement.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "actors/network/topology.hpp"

namespace chargemill::network {
namespace {

constexpr Roles kLeads{true, false, false};
constexpr Roles kBears{false, true, false};
constexpr Roles kDrives{false, false, true};

TEST(Placement, GoesRoundWhereAllAreThereForEverything) {
  const Placement placement{7, 3, {}};
  for (unsigned s = 0; s < 7; ++s) {
    EXPECT_EQ(placement.shard(s).node, s % 3);
    EXPECT_EQ(placement.shard(s).worker, s / 3);
    EXPECT_FALSE(placement.is_apart(s));
    EXPECT_EQ(placement.fleet(s).worker, placement.shard(s).worker) << "beside its shard";
  }
}
TEST(Placement, FleetsAreDealtOutWhereTheirShardsNodeIsNotThereForThem) {
  const Placement placement{6, 4, {Roles{}, kBears, kDrives, kDrives}};
  std::vector<unsigned> fleets;
  for (unsigned s = 0; s < 6; ++s) {
    EXPECT_EQ(placement.shard(s).node, s % 2);
    fleets.push_back(placement.fleet(s).node);
  }
  // Three live beside their shards; the others go to whoever has fewest.
  EXPECT_EQ(fleets, (std::vector<unsigned>{0, 2, 0, 3, 0, 2}));
  EXPECT_EQ(placement.fleet(1).worker, 0U);
  EXPECT_EQ(placement.fleet(5).worker, 1U) << "spread over its workers";
}

RC_GTEST_PROP(Placement, NobodyHasWhatItIsNotThereForAndAllHaveAsMuchAsTheOthers, ()) {
  const auto nodes = *rc::gen::inRange(1U, 7U);
  std::vector<Roles> roles;
  for (unsigned n = 0; n < nodes; ++n) {
    roles.push_back(
        {*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()});
  }
  for (bool Roles::*const role : {&Roles::central, &Roles::shards, &Roles::drivers}) {
    const auto has = [role](const Roles& node) { return node.*role; };
    if (std::none_of(roles.begin(), roles.end(), has)) roles.front().*role = true;
  }
  const auto shards = *rc::gen::inRange<std::size_t>(1, 40);
  const Placement placement{shards, nodes, roles};
  std::vector<std::size_t> load(nodes);
  for (std::size_t s = 0; s < shards; ++s) {
    RC_ASSERT(roles[placement.shard(s).node].shards);
    RC_ASSERT(roles[placement.fleet(s).node].drivers);
    RC_ASSERT(!placement.is_apart(s) || !roles[placement.shard(s).node].drivers);
    ++load[placement.shard(s).node];
  }
  std::vector<std::size_t> of_bearers;
  for (unsigned n = 0; n < nodes; ++n) {
    if (roles[n].shards) of_bearers.push_back(load[n]);
  }
  const auto [least, most] = std::minmax_element(of_bearers.begin(), of_bearers.end());
  RC_ASSERT(*most - *least <= 1U);
}

TEST(Placement, IsPartOfWhatAJournalIsOf) {
  Scenario scenario;
  scenario.network.charge_points = 10;
  const auto topology = make_topology(scenario);
  const auto plain = fingerprint(topology, 2, 1);
  EXPECT_EQ(fingerprint(topology, 2, 1, {Roles{}, Roles{}}), plain) << "nothing new is said";
  const auto apart = fingerprint(topology, 2, 1, {kLeads, {false, true, true}});
  EXPECT_NE(apart, plain);
  EXPECT_NE(fingerprint(topology, 2, 1, {{true, true, false}, kDrives}), apart);
}

}  // namespace
}  // namespace chargemill::network
