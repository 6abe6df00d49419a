// The promise of virtual time (design, section 5): the same scenario and seed give the same digest
// on any number of workers, run after run.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/sequential_simulator.hpp"
#include "tests/simulation/shrink.hpp"
#include "tests/simulation/virtual_network.hpp"

namespace chargemill::test {
namespace {

/// Seeds to try; thousands in the long form (CHARGEMILL_SEEDS, tests/README.md).
std::uint64_t seeds() {
  const char* const text =
      std::getenv("CHARGEMILL_SEEDS");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? 200 : std::strtoull(text, nullptr, 10);
}

/// Where two runs of one scenario part: the first step of model time after which an entity differs,
/// and which. Empty: nowhere.
std::string first_difference(VirtualNetwork& one, VirtualNetwork& other, Nanos step) {
  for (SimTime t{step}; t < one.end() + step; t += step) {
    one.run_until(t);
    other.run_until(t);
    const auto left = one.entities();
    const auto right = other.entities();
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i].digest != right[i].digest)
        return "at " + std::to_string(t.time_since_epoch().count()) +
               " ns: " + network::entity_name(left[i].kind, left[i].index);
    }
  }
  return {};
}

Digest digest_on(const network::Scenario& scenario, unsigned workers) {
  VirtualNetwork network{scenario, workers};
  const auto totals = network.finish();
  for (const auto& text : network::broken_identities(totals)) ADD_FAILURE() << text;
  return network.digest();
}

TEST(Determinism, GivesOneDigestOnAnyNumberOfWorkers) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    const Digest one = digest_on(scenario, 1);
    for (const unsigned workers : {2U, 3U}) {
      if (digest_on(scenario, workers) == one) continue;
      const auto least = shrink(scenario, [&](const network::Scenario& s) {
        return digest_on(s, workers) != digest_on(s, 1);
      });
      VirtualNetwork a{least, 1};
      VirtualNetwork b{least, workers};
      FAIL() << "on " << workers << " workers; shrunk to " << summary_of(least) << "; first "
             << first_difference(a, b, least.network.control_latency);
    }
  }
}

TEST(Determinism, ADifferenceIsFoundWhereItBegins) {
  const auto scenario = any_scenario(77);
  auto other = scenario;
  network::FaultSpec crash;
  crash.kind = network::FaultKind::engine_crash;
  crash.at = SimTime{std::chrono::seconds{3}};
  crash.duration = std::chrono::seconds{20};
  other.faults.push_back(crash);
  VirtualNetwork a{scenario, 1};
  VirtualNetwork same{scenario, 2};
  EXPECT_EQ(first_difference(a, same, scenario.network.control_latency), "");
  VirtualNetwork begin{scenario, 1};
  VirtualNetwork b{other, 1};
  // The first director plans another fault from the beginning, so the first window tells; it is
  // named though whole shards differ later.
  const Nanos window = scenario.network.control_latency;
  EXPECT_EQ(first_difference(begin, b, window),
            "at " + std::to_string(window.count()) + " ns: director 0");
}

TEST(Determinism, ADifferenceOfOneChargePointIsFoundWhenItBegins) {
  network::Scenario scenario;
  scenario.run.duration = std::chrono::seconds{10};
  scenario.network.charge_points = 8;
  scenario.central.shards = 2;
  network::FaultSpec silence;
  silence.kind = network::FaultKind::engine_silent;
  silence.point = network::generated_point_name(5);
  silence.at = SimTime{std::chrono::seconds{3}};
  silence.duration = std::chrono::seconds{4};
  scenario.faults.push_back(silence);
  auto other = scenario;
  other.faults[0].duration = std::chrono::seconds{5};
  VirtualNetwork a{scenario, 2};
  VirtualNetwork b{other, 1};
  // The director does the same in both; the order that names the end arrives one latency later.
  EXPECT_EQ(first_difference(a, b, scenario.network.control_latency),
            "at 3100000000 ns: CP-000006");
}

TEST(Determinism, AScenarioThatShowsAMistakeIsMadeSmall) {
  auto scenario = any_scenario(77);
  network::FaultSpec crash;
  crash.kind = network::FaultKind::partition;
  crash.at = SimTime{std::chrono::seconds{1}};
  scenario.faults.push_back(crash);
  const auto has_partition = [](const network::Scenario& s) {
    return std::any_of(s.faults.begin(), s.faults.end(), [](const auto& fault) {
      return fault.kind == network::FaultKind::partition;
    });
  };
  const auto least = shrink(scenario, has_partition);
  ASSERT_EQ(least.faults.size(), 1U);
  EXPECT_TRUE(has_partition(least));
  EXPECT_TRUE(least.actions.empty());
  EXPECT_LE(least.central.shards, 1U);
  EXPECT_LT(least.run.duration, 2 * least.network.control_latency);
}

TEST(Determinism, GivesOneDigestOnMoreWorkersThanCoresAndRunAfterRun) {
  const auto scenario = any_scenario(77);
  const Digest one = digest_on(scenario, 8);
  for (int again = 0; again < 3; ++again) EXPECT_EQ(digest_on(scenario, 8), one);
  EXPECT_EQ(digest_on(scenario, 1), one);
}

// The engine against a simulator of one queue that shares nothing with it but the cores.
TEST(Determinism, AgreesWithAPlainSequentialSimulator) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    SequentialSimulator plain{scenario};
    plain.run();
    ASSERT_EQ(digest_on(scenario, 2), plain.digest());
  }
}

TEST(Determinism, AnotherSeedGivesAnotherDigest) {
  auto scenario = any_scenario(5);
  const Digest five = digest_on(scenario, 1);
  scenario.run.seed = 6;
  EXPECT_NE(digest_on(scenario, 1), five);
}

// Looking changes nothing: rows of a time series may fall on any time.
TEST(Determinism, StoppingToLookChangesNothing) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    const Digest straight = digest_on(scenario, 2);
    VirtualNetwork network{scenario, 2};
    for (SimTime t{std::chrono::milliseconds{37}}; t < network.end();
         t += std::chrono::milliseconds{1'370})
      network.run_until(t);
    (void)network.finish();
    EXPECT_EQ(network.digest(), straight);
  }
}

// The scenarios must be worth comparing: sessions, denials, faults and restarts happen in them.
TEST(Determinism, ItsScenariosAreFullOfLife) {
  network::Totals sum;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    VirtualNetwork network{any_scenario(seed), 2};
    const auto t = network.finish();
    sum.sessions_completed += t.sessions_completed;
    sum.sessions_failed += t.sessions_failed;
    sum.requests_denied += t.requests_denied;
    sum.faults_raised += t.faults_raised;
    sum.faults_recovered += t.faults_recovered;
    sum.breaker_opened += t.breaker_opened;
    sum.restarts += t.restarts;
  }
  for (const auto count :
       {sum.sessions_completed, sum.sessions_failed, sum.requests_denied, sum.faults_raised,
        sum.faults_recovered, sum.breaker_opened, sum.restarts})
    EXPECT_GT(count, 10U);
}

}  // namespace
}  // namespace chargemill::test
