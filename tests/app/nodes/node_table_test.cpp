#include "app/nodes/node_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "app/ctl/ctl_replies.hpp"
#include "app/doors/control_texts.hpp"

namespace chargemill::app {
namespace {

network::Topology topology(std::uint32_t shards) {
  network::Topology t;
  for (std::uint32_t s = 0; s < shards; ++s) {
    network::ShardSeat seat;
    seat.points = 10 + s;
    seat.drivers.resize(100 + s);
    t.shards.push_back(seat);
  }
  return t;
}

TEST(NodeTable, ShowsWhoHasWhichShards) {
  Membership membership;
  membership.names = {"alpha", "beta", "gamma"};
  membership.nodes = {{"tcp://10.0.0.1:7101", "", ""}, {"ipc:///tmp/x", "", ""}};
  const auto by_three = [](std::uint32_t shard) { return shard % 3; };
  const auto rows = rows_of(membership, topology(4), by_three, by_three);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].roles, "central,shards,drivers") << "nobody has said anything else";
  EXPECT_EQ(rows[0].place, "10.0.0.1:7101");
  EXPECT_EQ(rows[1].place, "this machine");
  EXPECT_EQ(rows[0].shards, 2U);  // 0 and 3
  EXPECT_EQ(rows[0].points, 10U + 13U);
  EXPECT_EQ(rows[1].shards, 1U);
  EXPECT_EQ(rows[2].points, 12U);
  EXPECT_EQ(rows[0].fleets, 2U);
  EXPECT_EQ(rows[0].drivers, 100U + 103U);
}

TEST(NodeTable, ShowsWhoHasTheFleetsOfOthersShards) {
  Membership membership;
  membership.names = {"alpha", "beta"};
  membership.roles = {{true, true, false}, {false, false, true}};
  const auto rows = rows_of(
      membership, topology(2), [](std::uint32_t) { return 0U; }, [](std::uint32_t) { return 1U; });
  EXPECT_EQ(rows[0].shards, 2U);
  EXPECT_EQ(rows[0].fleets, 0U);
  EXPECT_EQ(rows[0].drivers, 0U);
  EXPECT_EQ(rows[1].shards, 0U);
  EXPECT_EQ(rows[1].points, 0U);
  EXPECT_EQ(rows[1].fleets, 2U);
  EXPECT_EQ(rows[1].drivers, 201U);
  const auto& columns = node_columns();
  const auto at = [&](const char* name) {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) -
                                    columns.begin());
  };
  ASSERT_LT(at("drivers"), columns.size());
  EXPECT_EQ(cells_of(rows[1])[at("fleets")], "2");
  EXPECT_EQ(cells_of(rows[1])[at("drivers")], "201");
}

// Who asks has another thread than who lets nodes join.
TEST(NodeTable, LeavesOutWhatOneHasWhoHasJoinedSince) {
  Membership membership;
  membership.names = {"alpha", "beta"};
  const auto by_four = [](std::uint32_t shard) { return shard % 4; };
  const auto rows = rows_of(membership, topology(4), by_four, by_four);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].shards + rows[1].shards, 2U);
  EXPECT_EQ(rows[0].fleets + rows[1].fleets, 2U);
}

TEST(NodeTable, ShowsWhatEachNodeIsThereFor) {
  Membership membership;
  membership.names = {"alpha", "beta"};
  membership.roles = {{true, false, false}, {false, true, true}};
  const auto second = [](std::uint32_t) { return 1U; };
  const auto rows = rows_of(membership, topology(2), second, second);
  EXPECT_EQ(rows[0].roles, "central");
  EXPECT_EQ(rows[0].shards, 0U);
  EXPECT_EQ(rows[1].roles, "shards,drivers");
}

TEST(NodeTable, EveryColumnHasACell) {
  EXPECT_EQ(cells_of(NodeRow{}).size(), node_columns().size());
}

TEST(NodeTable, ComesThroughTheFramedDoorAsATable) {
  NodeRow alpha;
  alpha.name = "node 0";
  alpha.place = "this machine";
  alpha.state = "leads";
  alpha.roles = "central,shards";
  alpha.workers = 2;
  alpha.lateness_p99_ms = 1.25;
  alpha.incarnation = 0x12345678;  // as figures it would be a number
  NodeRow beta = alpha;
  beta.name = "2";
  CtlReply reply{"NODES"};
  const auto taken = reply.take(control_texts::nodes({alpha, beta}));
  ASSERT_TRUE(taken);
  EXPECT_FALSE(*taken) << "it is one page";
  const auto json = nlohmann::json::parse(reply.text(true));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["name"], "node 0");
  EXPECT_EQ(json[0]["roles"], "central,shards");
  EXPECT_EQ(json[0]["workers"], 2);
  EXPECT_EQ(json[0]["lateness_p99_ms"], 1.25);
  EXPECT_EQ(json[0]["incarnation"], "12345678");
  EXPECT_EQ(json[1]["name"], "2");
}

TEST(NodeTable, EnoughNodesAreAllOrAMajorityOfThoseThatMayBeLost) {  // issue, section 4
  EXPECT_EQ(quorum_trouble(3, 3, false), "");
  EXPECT_EQ(quorum_trouble(2, 3, false), "2 of 3 nodes are there, 3 are needed");
  EXPECT_EQ(quorum_trouble(2, 3, true), "");
  EXPECT_EQ(quorum_trouble(1, 3, true), "1 of 3 nodes is there, 2 are needed");
  EXPECT_EQ(quorum_trouble(2, 4, true), "2 of 4 nodes are there, 3 are needed");
}

// A network may be made smaller: of three that were stopped but for one, one is all there is.
TEST(NodeTable, NobodyMissesWhoHasLeftInPeace) {
  using runtime::agreement::Owner;
  using runtime::agreement::Revision;
  Membership members;
  members.names = {"alpha", "beta", "gamma", ""};
  members.self = 1;
  const auto expected = [&] {
    std::string names;
    for (unsigned node = 0; node < members.names.size(); ++node)
      if (members.is_expected(node)) names += members.names[node] + ' ';
    return names;
  };
  EXPECT_EQ(expected(), "alpha beta gamma ") << "of a list all are, and a place is nobody's";
  members.owners = {{"alpha", Revision{11}}, {"beta", Revision{12}}, {"gamma", Revision{13}}, {}};
  EXPECT_EQ(expected(), "alpha beta gamma ");
  members.left = 0b100;
  EXPECT_EQ(expected(), "alpha beta ");
  members.owners[0] = Owner{};
  EXPECT_EQ(expected(), "beta ") << "it was gone before this node came";
}

}  // namespace
}  // namespace chargemill::app
