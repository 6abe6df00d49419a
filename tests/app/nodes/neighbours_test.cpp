#include "app/nodes/neighbours.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chargemill::app {
namespace {

Membership at(const std::vector<std::string>& hosts, unsigned self) {
  Membership membership;
  membership.self = self;
  unsigned port = 7'000;
  for (const auto& host : hosts) {
    if (host.empty()) {
      membership.nodes.emplace_back();  // nobody is there
      continue;
    }
    const std::string stem = "tcp://" + host + ":";
    membership.nodes.push_back({stem + std::to_string(port), stem + std::to_string(port + 1), {}});
    port += 2;
  }
  return membership;
}

TEST(Neighbours, AreThoseWithTheSameAddress) {
  for (unsigned self = 0; self < 3; ++self) {
    EXPECT_EQ(neighbours_of(at({"10.0.0.1", "10.0.0.2", "10.0.0.3"}, self)), 1U);
    EXPECT_EQ(neighbours_of(at({"127.0.0.1", "127.0.0.1", "127.0.0.1"}, self)), 3U);
  }
  EXPECT_EQ(neighbours_of(at({"alpha", "beta", "alpha"}, 0)), 2U);
  EXPECT_EQ(neighbours_of(at({"alpha", "beta", "alpha"}, 1)), 1U);
  EXPECT_EQ(neighbours_of(at({"10.0.0.1", "10.0.0.11"}, 0)), 1U);
}
TEST(Neighbours, AreOneMachineByEachOfItsLocalAddresses) {
  EXPECT_EQ(neighbours_of(at({"127.0.0.1", "localhost", "127.0.0.2", "[::1]"}, 1)), 4U);
}
TEST(Neighbours, AreNotInPlacesThatNobodyHas) {
  EXPECT_EQ(neighbours_of(at({"127.0.0.1", "", "127.0.0.1", ""}, 2)), 2U);
}

}  // namespace
}  // namespace chargemill::app
