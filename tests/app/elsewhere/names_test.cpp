// What those elsewhere call things.
#include "app/elsewhere/names.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

network::Topology topology() {
  network::Scenario scenario;
  scenario.network.charge_points = 3;
  scenario.drivers.count = 2;
  return network::make_topology(scenario);
}

TEST(ElsewhereNames, SessionsAreCalledWhatTheyAreCalledThere) {  // D-030: readers accept any string
  const auto here = topology();
  Directory directory{here};
  ElsewhereNames names{directory, 2};
  const auto text = [&](SessionId id) {
    std::string name;
    names.append(name, id);
    return name;
  };
  const auto a = names.find_session("session-10000000001");
  const auto b = names.find_session("Sitzung 7");
  EXPECT_EQ(names.find_session("session-10000000001"), a);
  EXPECT_NE(a, b);
  EXPECT_EQ(text(*a), "session-10000000001");
  EXPECT_EQ(text(*b), "Sitzung 7");
  (void)names.find_session("a third one");
  EXPECT_EQ(text(*b), "Sitzung 7");
  EXPECT_EQ(text(*a), "session-00000001") << "forgotten: only two are remembered";
  EXPECT_NE(names.find_session("session-10000000001"), a);
}
// It is said again with all that is told of the session, and must fit a frame, escaped.
TEST(ElsewhereNames, ANameWithoutEndIsNone) {
  const auto here = topology();
  Directory directory{here};
  ElsewhereNames names{directory, 2};
  const std::string longest(ElsewhereNames::kNameBytesMax, 'x');
  EXPECT_TRUE(names.find_session(longest));
  EXPECT_FALSE(names.find_session(longest + "x"));
  EXPECT_FALSE(names.find_session(std::string(60'000, 'x')));
}
TEST(ElsewhereNames, StrangersAreNobodyAndTheirRequestsHaveNoNumber) {
  const auto here = topology();
  Directory directory{here};
  ElsewhereNames names{directory, 2};
  EXPECT_EQ(names.find_driver("DRV-000001"), DriverId{0});
  EXPECT_EQ(names.find_driver("somebody"), kNobody);
  EXPECT_EQ(names.find_request("r1"), RequestId::none);
  EXPECT_EQ(names.find_request("req-0000002a"), RequestId{42});
  EXPECT_FALSE(names.find_point("CP-999999"));
}

}  // namespace
}  // namespace chargemill::app
