// Charge points and drivers join a network that runs (D-003, G6).
#include <gtest/gtest.h>

#include "actors/network/desk.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::network {
namespace {

using namespace std::chrono_literals;

/// Real actors, hand-moved time, and a desk.
struct Office {
  explicit Office(const Scenario& scenario)
      : still(2), network(scenario, still.engine), desk(network, still.engine) {
    network.start();
    still.pass(3s);
  }
  static Scenario of(std::uint32_t points) {
    Scenario s;
    s.network.charge_points = points;
    s.network.zones = 2;
    s.network.max_session = 11s;
    s.central.shards = 3;
    s.run.duration = 1h;
    return s;
  }
  PointId add(const std::string& name, ZoneId zone = {}) {
    PointSpec spec;
    spec.id = name;
    spec.zone = zone;
    const auto added = desk.add(spec);
    EXPECT_TRUE(added) << (added ? "" : added.error().text);
    return added.value_or(PointId{});
  }
  std::string why_not(const PointSpec& spec) {
    const auto added = desk.add(spec);
    return added ? "" : added.error().text;
  }
  Totals totals() {
    still.settle();
    const auto snapshot = network.count();
    for (const auto& text : broken_identities(snapshot.totals)) ADD_FAILURE() << text;
    return snapshot.totals;
  }
  std::uint64_t shown(DisplayState state) {
    return totals().display[static_cast<std::size_t>(state)];
  }

  test::StillEngine still;
  Network network;
  Desk desk;
};

TEST(Joining, ANewcomerIsSwitchedOnAndCounted) {
  Office office{Office::of(10)};
  const auto actors = office.totals().actors;
  EXPECT_EQ(index_of(office.add("CP-NEW", ZoneId{1})), 10U) << "ids follow those of the scenario";
  office.still.pass(3s);
  EXPECT_EQ(office.shown(DisplayState::activated), 11U);
  EXPECT_EQ(office.totals().actors, actors + 2);
  EXPECT_EQ(office.desk.points(), 11U);
  EXPECT_EQ(office.desk.spec(PointId{10}).id, "CP-NEW");
  EXPECT_EQ(index_of(*office.desk.annex().find_point("CP-NEW")), 10U);
  EXPECT_EQ(office.add(""), PointId{11});
  EXPECT_EQ(office.desk.spec(PointId{11}).id, "CP-000012");
}
TEST(Joining, ANewcomerServesDriversWhoMayBeNewToo) {
  Office office{Office::of(4)};
  const PointId point = office.add("CP-NEW");
  office.still.pass(3s);
  const auto driver = office.desk.add(NewDriver{"driver-new", {point, PointId{0}}, false});
  ASSERT_TRUE(driver);
  office.still.pass(60s);
  const Totals t = office.totals();
  EXPECT_EQ(t.requests_accepted, 2U);
  EXPECT_EQ(t.sessions_completed, 2U);
  EXPECT_EQ(t.tickets_delivered, 2U);
  // By hand (D-128).
  EXPECT_TRUE(office.desk.ask_by_hand(*driver, Trip{SimTime{}, {}, {}, point, {}, false},
                                      [](const auto&, const auto&) {}));
  office.still.pass(2s);
  EXPECT_EQ(office.shown(DisplayState::supplying), 1U);
}
TEST(Joining, ANewcomerIsTroubledLikeAnybody) {
  Office office{Office::of(4)};
  const PointId point = office.add("CP-NEW");
  office.still.pass(3s);
  office.desk.inject({director::FaultKind::engine_ko, point, 20s});
  office.still.pass(10s);
  EXPECT_EQ(office.shown(DisplayState::broken), 1U);
  office.still.pass(20s);
  EXPECT_EQ(office.shown(DisplayState::activated), 5U);
  office.desk.inject({director::FaultKind::engine_crash, point, 0s});
  office.still.pass(15s);
  EXPECT_EQ(office.shown(DisplayState::activated), 5U) << "its supervisor has restarted it";
  office.desk.order({point, OperatorAction::stop, false});
  office.still.pass(1s);
  EXPECT_EQ(office.shown(DisplayState::stopped), 1U);
}
TEST(Joining, WhoComesWhileCentralIsDownIsThereWhenItIsBack) {
  Scenario s = Office::of(4);
  FaultSpec down;
  down.kind = FaultKind::central_restart;
  down.at = SimTime{10s};
  down.duration = 10s;
  s.faults.push_back(down);
  Office office{s};
  office.still.pass(9s);
  const PointId point = office.add("CP-NEW");
  const auto driver = office.desk.add(NewDriver{"driver-new", {}, false});
  office.still.pass(15s);
  EXPECT_EQ(office.shown(DisplayState::activated), 5U);
  EXPECT_TRUE(office.desk.ask_by_hand(*driver, Trip{SimTime{}, {}, {}, point, {}, false},
                                      [](const auto&, const auto&) {}));
  office.still.pass(15s);
  EXPECT_EQ(office.totals().sessions_completed, 1U);
}
TEST(Joining, ANameIsOfOneAlone) {
  Office office{Office::of(4)};
  office.add("CP-NEW");
  PointSpec spec;
  spec.id = "CP-NEW";
  EXPECT_EQ(office.why_not(spec), "there is a charge point 'CP-NEW' already");
  spec.id = "CP-000004";
  EXPECT_EQ(office.why_not(spec), "there is a charge point 'CP-000004' already");
  for (const char* bad : {"a b", "a#b", "*", "-", "a/b", "a=b", "a\xc2\x9b", "a\x9b", "a\xc3"}) {
    spec.id = bad;
    EXPECT_NE(office.why_not(spec).find("a name has"), std::string::npos) << bad;
  }
  spec.id = std::string(49, 'x');
  EXPECT_NE(office.why_not(spec), "");
  EXPECT_EQ(office.desk.points(), 5U);
}
TEST(Joining, ThereIsRoomForSoManyAndNoMore) {  // law 6
  Scenario s = Office::of(4);
  s.network.spare = 2;
  s.network.external = 1;
  s.drivers.spare = 0;
  Office office{s};
  office.add("");
  office.add("");
  EXPECT_EQ(office.why_not({}), "no place is left for another charge point (network.spare)");
  PointSpec outside;
  outside.id = "CP-OUT";
  outside.is_outside = true;
  EXPECT_EQ(office.why_not(outside), "");
  EXPECT_TRUE(office.desk.is_outside(PointId{6}));
  outside.id = "CP-OUT-2";
  EXPECT_EQ(office.why_not(outside),
            "no place is left for a charge point from outside (network.external)");
  EXPECT_FALSE(office.desk.add(NewDriver{}));
}
TEST(Joining, InANetworkOfNobodyNewcomersAreTheFirst) {
  Scenario s = Office::of(0);
  Office office{s};
  EXPECT_EQ(office.add("CP-A"), PointId{0});
  office.still.pass(3s);
  EXPECT_EQ(office.shown(DisplayState::activated), 1U);
}

}  // namespace
}  // namespace chargemill::network
