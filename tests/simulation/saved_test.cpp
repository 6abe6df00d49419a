// States as bytes: whatever moment a network is cut at, another process that has the same plan goes
// on from there as if nothing had happened.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

using Bytes = std::vector<std::byte>;

/// Seeds to try; more in the long form (CHARGEMILL_SAVED_SEEDS, tests/README.md).
std::uint64_t seeds() {
  const char* const text =
      std::getenv("CHARGEMILL_SAVED_SEEDS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? 20 : std::strtoull(text, nullptr, 10);
}

/// Any moment of the run; every other one lies on the border of two windows.
SimTime any_moment(const network::Scenario& scenario, std::uint64_t seed) {
  RandomStream random{seed, 1, Purpose::choice};
  const auto end = static_cast<std::uint64_t>(scenario.run.duration.count());
  const SimTime moment{Nanos{static_cast<std::int64_t>(random.below(end))}};
  const Nanos window = scenario.network.control_latency;
  return seed % 2 == 0 ? moment : SimTime{moment.time_since_epoch() / window * window};
}

Bytes saved(VirtualNetwork& network) {
  auto bytes = network.network().save();
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().text);
  return bytes ? *bytes : Bytes{};
}

/// Empty: they came to the same.
std::string difference(const network::Snapshot& a, const network::Snapshot& b) {
  const auto& x = a.totals;
  const auto& y = b.totals;
  const std::pair<const char*, bool> alike[] = {
      {"requests", x.requests_sent == y.requests_sent},
      {"accepted", x.requests_accepted == y.requests_accepted},
      {"denied", x.requests_denied == y.requests_denied},
      {"sessions", x.sessions_started == y.sessions_started},
      {"energy", x.energy_delivered_mj == y.energy_delivered_mj},
      {"faults", x.faults_injected == y.faults_injected && x.faults_raised == y.faults_raised},
      {"restarts", x.restarts == y.restarts},
      {"messages", x.messages_delivered == y.messages_delivered},
      {"timers", x.timers_fired == y.timers_fired},
      {"mailboxes", x.mailbox_depth_max == y.mailbox_depth_max},
      {"actors", x.actors == y.actors},
      {"latencies", a.latencies.request_decision.count() == b.latencies.request_decision.count() &&
                        a.latencies.request_decision.max() == b.latencies.request_decision.max()},
      {"time", a.sim == b.sim}};
  std::string result;
  for (const auto& [what, is_alike] : alike) {
    if (!is_alike) result += std::string{what} + " differ; ";
  }
  return result;
}

TEST(Saved, ANetworkCutAtAnyMomentGoesOnElsewhereAsItWas) {
  ASSERT_GT(seeds(), 0U) << "CHARGEMILL_SAVED_SEEDS";
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    const unsigned workers = 1 + static_cast<unsigned>(seed % 3);
    VirtualNetwork straight{scenario, workers};
    (void)straight.finish();
    const auto expected = straight.network().count();

    VirtualNetwork first{scenario, workers};
    first.run_until(any_moment(scenario, seed));
    const Bytes bytes = saved(first);
    VirtualNetwork second{scenario, workers, VirtualNetwork::Unstarted{}};
    ASSERT_TRUE(second.load(bytes));
    EXPECT_EQ(second.digest(), first.digest());
    EXPECT_EQ(saved(second), bytes) << "equal states have equal bytes";
    const auto totals = second.finish();
    ASSERT_EQ(second.digest(), straight.digest());
    EXPECT_EQ(difference(second.network().count(), expected), "");
    for (const auto& text : network::broken_identities(totals)) ADD_FAILURE() << text;

    (void)first.finish();
    ASSERT_EQ(first.digest(), straight.digest()) << "saving changes nothing";
  }
}

TEST(Saved, ANetworkMayBeCutAgainAndAgain) {
  const auto scenario = any_scenario(3);
  VirtualNetwork straight{scenario, 2};
  (void)straight.finish();
  auto network = std::make_unique<VirtualNetwork>(scenario, 2);
  for (SimTime t{std::chrono::milliseconds{4'370}}; t < network->end();
       t += std::chrono::milliseconds{4'370}) {
    network->run_until(t);
    const Bytes bytes = saved(*network);
    network = std::make_unique<VirtualNetwork>(scenario, 2U, VirtualNetwork::Unstarted{});
    ASSERT_TRUE(network->load(bytes));
  }
  (void)network->finish();
  EXPECT_EQ(network->digest(), straight.digest());
}

TEST(Saved, AnotherNetworkRefusesWhatIsNotItsOwn) {
  const auto scenario = any_scenario(4);
  VirtualNetwork network{scenario, 2};
  network.run_until(SimTime{std::chrono::seconds{10}});
  const Bytes bytes = saved(network);
  VirtualNetwork fewer{scenario, 1, VirtualNetwork::Unstarted{}};
  EXPECT_FALSE(fewer.load(bytes)) << "other workers";
  auto larger = scenario;
  ++larger.network.charge_points;
  VirtualNetwork other{larger, 2, VirtualNetwork::Unstarted{}};
  EXPECT_FALSE(other.load(bytes)) << "another plan";
}

// Whatever a disk makes of it: nothing is read beyond the bytes, nothing is asked for that they
// could not fill, and whoever reads survives it. (The file's checksum refuses all of these.)
TEST(Saved, AnyBytesAreReadWithoutHarm) {
  const auto scenario = any_scenario(5);
  VirtualNetwork network{scenario, 2};
  network.run_until(SimTime{std::chrono::seconds{20}});
  const Bytes bytes = saved(network);
  std::uint64_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 40 * seeds() / 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream random{seed, 2, Purpose::choice};
    Bytes damaged = bytes;
    if (seed % 4 == 0) damaged.resize(random.below(damaged.size()));
    for (auto i = random.below(8) + 1; i > 0 && !damaged.empty(); --i)
      damaged[random.below(damaged.size())] = static_cast<std::byte>(random.below(256));
    VirtualNetwork reader{scenario, 2, VirtualNetwork::Unstarted{}};
    if (!reader.load(damaged)) ++refused;
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace chargemill::test
