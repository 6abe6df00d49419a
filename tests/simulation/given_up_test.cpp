// A whole network in which requests are given up before anybody says where they were let in.
#include <gtest/gtest.h>

#include <string>

#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;

/// An answer takes three messages of 400 ms, and nobody waits longer than a second for it.
network::Scenario impatient() {
  network::Scenario s;
  for (int p = 0; p < 20; ++p) {
    network::PointSpec spec;
    spec.id = "CP-" + std::to_string(p);
    s.network.points.push_back(spec);
  }
  s.network.control_latency = 400ms;
  s.drivers.count = 20;
  s.drivers.sessions_per_cp_per_day = 2'000;
  s.drivers.choose = network::Choice::any_in_zone;
  s.drivers.timeout = 1s;
  s.central.shards = 2;
  s.run.duration = 100s;
  return s;
}

TEST(GivenUp, WhatIsLetInTooLateEndsAtOnceAndCountsAsTimedOut) {  // D-125
  for (const unsigned workers : {1U, 2U}) {
    VirtualNetwork network{impatient(), workers};
    const auto t = network.finish();
    EXPECT_EQ(t.requests_accepted, 0U);
    EXPECT_GT(t.requests_timed_out, 0U);
    ASSERT_GT(t.sessions_completed, 0U) << "all were let in, and ended in good order";
    EXPECT_EQ(t.sessions_failed, 0U);
    EXPECT_LE(t.sessions_active, 20U) << "those of the last seconds";
    // From the answer on a session has the time of two messages: to its shard, and to its point.
    const auto most = static_cast<std::int64_t>(t.sessions_started) * (Power{22'000} * 2s).mj;
    EXPECT_LE(t.energy_sessions_mj, most);
    for (const auto& text : network::broken_identities(t)) ADD_FAILURE() << text;
  }
}

}  // namespace
}  // namespace chargemill::test
