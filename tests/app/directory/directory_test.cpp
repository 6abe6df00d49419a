// Names of a network, both ways.
#include "app/directory/directory.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

network::Topology generated() {
  network::Scenario s;
  s.network.charge_points = 1'000;
  s.network.zones = 12;
  s.drivers.count = 5;
  network::DriverSpec alice;
  alice.id = "driver-alice";
  s.drivers.named.push_back(alice);
  return network::make_topology(s);
}

TEST(Directory, EveryGeneratedNameLeadsBack) {
  const auto topology = generated();
  const Directory names{topology};
  for (std::uint32_t i = 0; i < 1'000; ++i)
    ASSERT_EQ(names.point(names.name(PointId{i})), PointId{i});
  for (std::uint32_t i = 0; i < topology.drivers.size(); ++i)
    ASSERT_EQ(names.driver(names.name(DriverId{i})), DriverId{i});
  for (std::uint16_t i = 0; i < topology.zones; ++i)
    ASSERT_EQ(names.zone(network::zone_name(ZoneId{i})), ZoneId{i});
  EXPECT_EQ(names.name(DriverId{0}), "driver-alice");
}

TEST(Directory, NoOtherTextIsAName) {
  const auto topology = generated();
  const Directory names{topology};
  for (const char* text : {"", "CP-", "CP-1", "CP-000000", "CP-001001", "CP-0000001", "cp-000001",
                           "CP-00000a", "CP-000001 ", "CP--00001", "CP-4294967296"})
    EXPECT_FALSE(names.point(text)) << text;
  for (const char* text : {"", "DRV-000001", "DRV-000007", "driver-bob", "-"})
    EXPECT_FALSE(names.driver(text)) << text;
  for (const char* text : {"", "Z", "Z0", "Z00", "Z1", "Z13", "Z01 ", "Z-1", "Z65537"})
    EXPECT_FALSE(names.zone(text)) << text;
}

TEST(Directory, ListedNamesAreLookedUp) {
  network::Scenario s;
  for (const char* id : {"CP-7", "Main Street", "CP-000001"}) {
    network::PointSpec point;
    point.id = id;
    s.network.points.push_back(point);
  }
  const auto topology = network::make_topology(s);
  const Directory names{topology};
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(names.point(names.name(PointId{i})), PointId{i});
  EXPECT_FALSE(names.point("CP-000002")) << "no point here has a generated name";
}

TEST(Directory, RequestsAndSessionsHaveTheNamesOfMessages) {  // D-030
  const auto topology = generated();
  Directory names{topology};
  EXPECT_EQ(names.name(SessionId{42}), "session-0000002a");
  EXPECT_EQ(names.find_session("session-0000002a"), SessionId{42});
  EXPECT_EQ(names.find_request("req-0000002a"), RequestId{42});
  EXPECT_FALSE(names.find_session("req-0000002a"));
  EXPECT_EQ(names.name(kNobody), "-");
}

}  // namespace
}  // namespace chargemill::app
