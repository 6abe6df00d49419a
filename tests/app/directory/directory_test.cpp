// Names of a network, both ways.
#include "app/directory/directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "app/directory/plain_text.hpp"
#include "tests/support/folder.hpp"

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

TEST(PlainText, HasNoControlCharactersAndWholeCharactersOnly) {
  EXPECT_EQ(plain_text("a\x1b\x7f\xc2\x9b\xc2\xa0", 64), "a    \xc2\xa0")
      << "terminals obey U+009B as they obey ESC [";
  EXPECT_EQ(plain_text("ab\xe2\x82\xac", 4), "ab");
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

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

TEST(Directory, WhatMonitorsSaidIsKnownAfterARestart) {  // D-041, D-084
  const test::Folder folder;
  const auto file = folder.path() + "/registrations.tsv";
  const auto topology = generated();
  {
    Directory names{topology};
    names.keep_registrations(file);
    EXPECT_EQ(text_of(file), "") << "no file before somebody registers";
    names.note(PointId{6}, {"Calle Mayor 1\t2\n", "10.0.0.7", 8001}, true);
    names.note(PointId{6}, {"", "10.0.0.8", 8001}, false);  // the location stays
    names.note(PointId{7}, {std::string(1'000, 'x'), "h", 1}, true);
    for (int i = 0; i < 3; ++i) names.note(PointId{6}, {"", "10.0.0.8", 8001}, false);
    EXPECT_EQ(names.registered(PointId{6}).location, "Calle Mayor 1 2 ");
  }
  const auto text = text_of(file);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3)
      << "what is said again is not written again";
  std::ofstream{file, std::ios::app} << "no row\n\t\t\t\nCP-000001\th\t99999\tx\nCP-000002\th";
  Directory names{topology};
  names.keep_registrations(file);
  EXPECT_EQ(names.registered(PointId{6}).location, "Calle Mayor 1 2 ");
  EXPECT_EQ(names.registered(PointId{6}).host, "10.0.0.8");
  EXPECT_EQ(names.registered(PointId{6}).port, 8001);
  EXPECT_EQ(names.registered(PointId{7}).location.size(), Registrations::kBytesMax);
  EXPECT_EQ(names.registered(PointId{0}).host, "") << "lines that are none are passed over";
}

TEST(Directory, AFileOfRegistrationsDoesNotGrowWithoutBound) {  // law 6
  const test::Folder folder;
  const auto file = folder.path() + "/registrations.tsv";
  const auto topology = generated();
  Directory names{topology};
  names.keep_registrations(file);
  for (int i = 0; i < 20'000; ++i)
    names.note(PointId{1}, {"here", "h" + std::to_string(i), 1}, true);
  const auto text = text_of(file);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 5'000);
  Directory again{topology};
  again.keep_registrations(file);
  EXPECT_EQ(again.registered(PointId{1}).host, "h19999");
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
