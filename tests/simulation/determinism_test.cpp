// The promise of virtual time (design, section 5): the same scenario and seed give the same digest
// on any number of workers, run after run.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "tests/simulation/any_scenario.hpp"
#include "tests/simulation/mismatch.hpp"
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

VirtualNetwork run_on(const network::Scenario& scenario, unsigned workers) {
  return {scenario, workers};
}
Digest digest_on(const network::Scenario& scenario, unsigned workers) {
  return digest_at_end(run_on(scenario, workers));
}

TEST(Determinism, GivesOneDigestOnAnyNumberOfWorkers) {
  ASSERT_GT(seeds(), 0U) << "CHARGEMILL_SEEDS";
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_EQ(mismatch_of(any_scenario(seed), {2, 3}, run_on), "");
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

/// Ten seconds of eight charge points, the sixth of which refuses to start for a while.
network::Scenario with_refusal(SimTime at) {
  network::Scenario scenario;
  scenario.run.duration = std::chrono::seconds{10};
  scenario.network.spare = scenario.drivers.spare = 0;  // in virtual time nobody joins
  scenario.network.charge_points = 8;
  scenario.central.shards = 2;
  network::FaultSpec refusal;
  refusal.kind = network::FaultKind::start_refused;
  refusal.point = network::generated_point_name(5);
  refusal.at = at;
  refusal.duration = std::chrono::seconds{4};
  scenario.faults.push_back(refusal);
  return scenario;
}

TEST(Determinism, ADifferenceOfOneChargePointIsFoundWhenItBegins) {
  const auto scenario = with_refusal(SimTime{std::chrono::seconds{3}});
  auto other = scenario;
  other.faults[0].duration = std::chrono::seconds{5};
  VirtualNetwork a{scenario, 2};
  VirtualNetwork b{other, 1};
  // The director does the same in both; the order that names the end arrives one latency later.
  EXPECT_EQ(first_difference(a, b, scenario.network.control_latency),
            "at 3100000000 ns: CP-000006");
}

TEST(Determinism, ADifferenceThatArisesAfterTheEndIsFoundThere) {
  const auto scenario = with_refusal(SimTime{std::chrono::seconds{10}});
  auto other = scenario;
  other.faults[0].duration = std::chrono::seconds{5};
  VirtualNetwork a{scenario, 1};
  VirtualNetwork b{other, 1};
  EXPECT_EQ(first_difference(a, b, scenario.network.control_latency), "after the end: CP-000006");
}

/// Makes runs on several workers as if the engine let each fault last a second longer, in those
/// runs only whose number, from 0, `shows`.
template <class Shows>
auto with_a_mistake_in(const Shows& shows) {
  return [shows, made = std::make_shared<int>(0)](network::Scenario scenario, unsigned workers) {
    if (workers > 1 && shows((*made)++)) {
      for (auto& fault : scenario.faults) fault.duration += std::chrono::seconds{1};
    }
    return VirtualNetwork{scenario, workers};
  };
}

// A race is seen in some runs only: where it is seen, and in the smallest scenario that has it.
TEST(Determinism, AMismatchThatComesAndGoesIsLocated) {
  const auto scenario = with_refusal(SimTime{std::chrono::seconds{3}});
  EXPECT_EQ(mismatch_of(scenario, {2, 3}, run_on), "");
  const auto text = mismatch_of(scenario, {2, 3}, with_a_mistake_in([](int n) {
                                  return n % 3 == 1;  // not on two workers, but then on three
                                }));
  const std::string first = "at 3100000000 ns: CP-000006";
  EXPECT_EQ(text.find("on 3 workers: " + first + "; shrunk to seed "), 0U) << text;
  EXPECT_NE(text.find(" 0 drivers, 0 recorded sessions, 1 shards, 5000000000 ns,"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("; there " + first), std::string::npos) << text;
}

TEST(Determinism, AMismatchThatDoesNotComeAgainIsAMismatchAllTheSame) {
  const auto scenario = with_refusal(SimTime{std::chrono::seconds{3}});
  EXPECT_EQ(mismatch_of(scenario, {2}, with_a_mistake_in([](int n) { return n == 0; })),
            "on 2 workers: not seen again in 20 tries");
}

TEST(Determinism, AScenarioThatShowsAMistakeIsMadeSmall) {
  const auto has_partition = [](const network::Scenario& s) {
    return std::any_of(s.faults.begin(), s.faults.end(), [](const auto& fault) {
      return fault.kind == network::FaultKind::partition;
    });
  };
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto scenario = any_scenario(seed);
    network::FaultSpec cut;
    cut.kind = network::FaultKind::partition;
    cut.at = SimTime{std::chrono::seconds{1}};
    scenario.faults.push_back(cut);
    const auto least = shrink(scenario, has_partition);
    ASSERT_EQ(least.faults.size(), 1U);
    EXPECT_TRUE(has_partition(least));
    EXPECT_TRUE(least.actions.empty());
    EXPECT_TRUE(least.stages.empty());
    EXPECT_TRUE(least.drivers.replay.empty());
    EXPECT_TRUE(least.drivers.named.empty());
    EXPECT_EQ(least.drivers.count, 0U);
    EXPECT_EQ(std::max<std::size_t>(least.network.charge_points, least.network.points.size()), 1U);
    EXPECT_EQ(least.central.shards, 1U);
    EXPECT_LT(least.run.duration, 2 * least.network.control_latency);
    EXPECT_NO_FATAL_FAILURE((void)digest_on(least, 1)) << "it can be run";
  }
}

TEST(Determinism, AScenarioThatIsMadeSmallKeepsWhomItIsAbout) {
  network::Scenario scenario = with_refusal(SimTime{std::chrono::seconds{3}});
  for (std::uint32_t d = 0; d < 3; ++d) {
    network::DriverSpec driver;
    driver.id = "driver-" + std::to_string(d);
    scenario.drivers.named.push_back(driver);
  }
  network::ActionSpec leave;
  leave.kind = network::ActionKind::leave;
  leave.driver = "driver-1";
  scenario.actions.push_back(leave);
  auto listed = scenario;
  for (std::uint32_t p = 0; p < 8; ++p) {
    listed.network.points.emplace_back();
    listed.network.points.back().id = network::generated_point_name(p);
  }
  listed.network.charge_points = 0;
  const auto is_about_both = [](const network::Scenario& s) {
    return !s.faults.empty() && !s.actions.empty();
  };
  const auto least = shrink(listed, is_about_both);
  ASSERT_EQ(least.network.points.size(), 1U);
  EXPECT_EQ(least.network.points[0].id, network::generated_point_name(5));
  ASSERT_EQ(least.drivers.named.size(), 1U);
  EXPECT_EQ(least.drivers.named[0].id, "driver-1");
  EXPECT_EQ(shrink(scenario, is_about_both).network.charge_points, 8U) << "the sixth is the last";
}

/// Wide enough that 16 shards, and so up to 16 workers, have charge points of their own.
network::Scenario wide_scenario(std::uint64_t seed) {
  auto scenario = any_scenario(seed);
  scenario.network.points.clear();
  scenario.network.charge_points = 64;
  scenario.network.zones = 16;
  scenario.central.shards = 16;
  return scenario;
}

TEST(Determinism, GivesOneDigestOnMoreWorkersThanCoresAndRunAfterRun) {
  for (std::uint64_t seed = 77; seed <= 81; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = wide_scenario(seed);
    const Digest one = digest_on(scenario, 1);
    for (const unsigned workers : {3U, 8U, 8U}) {
      VirtualNetwork network{scenario, workers};
      (void)network.finish();
      EXPECT_EQ(network.digest(), one) << workers << " workers";
      for (unsigned w = 0; w < workers; ++w)
        EXPECT_GT(network.engine().worker(w).counters().messages.load(), 100U) << "worker " << w;
    }
  }
}

/// Empty: `scenario` comes to the same in the plain simulator and in the run that `make` makes.
template <class Make>
std::string mismatch_with_simulator(const network::Scenario& scenario, const Make& make) {
  SequentialSimulator plain{scenario};
  plain.run();
  if (digest_at_end(make(scenario, 2U)) == plain.digest()) return {};
  const auto found =
      first_difference_of_any([&] { return SequentialSimulator{scenario}; },
                              [&] { return make(scenario, 2U); }, scenario.network.control_latency);
  return found.empty() ? "not seen again" : found;
}

// The engine against a simulator of one queue that has the same cores, initial states and places,
// and none of the engine.
TEST(Determinism, AgreesWithAPlainSequentialSimulator) {
  ASSERT_GT(seeds(), 0U) << "CHARGEMILL_SEEDS";
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_EQ(mismatch_with_simulator(any_scenario(seed), run_on), "");
  }
}

// Not at the end only: what differs for a while is found as well.
TEST(Determinism, AgreesWithAPlainSequentialSimulatorAfterEachWindow) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto scenario = any_scenario(seed);
    SequentialSimulator plain{scenario};
    VirtualNetwork network{scenario, 2};
    EXPECT_EQ(first_difference(plain, network, scenario.network.control_latency), "");
  }
}

TEST(Determinism, WhereTheEngineLeavesThePlainSimulatorIsSaid) {
  const auto scenario = with_refusal(SimTime{std::chrono::seconds{3}});
  EXPECT_EQ(mismatch_with_simulator(scenario, run_on), "");
  EXPECT_EQ(mismatch_with_simulator(scenario, with_a_mistake_in([](int) { return true; })),
            "at 3100000000 ns: CP-000006");
  EXPECT_EQ(mismatch_with_simulator(scenario, with_a_mistake_in([](int n) { return n == 0; })),
            "not seen again");
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
  std::array<std::uint64_t, director::kFaultKinds> injected{};
  std::uint64_t replayed = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    VirtualNetwork network{any_scenario(seed), 2};
    const auto t = network.finish();
    const std::size_t shards = network.network().topology().shards.size();
    for (std::uint16_t s = 0; s < shards; ++s) {
      const auto& by_kind = network.network().director(ShardId{s}).state().totals.by_kind;
      for (std::size_t k = 0; k < injected.size(); ++k) injected[k] += by_kind[k];
      replayed += network.network().fleet(ShardId{s}).state().next_replay;
    }
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
        sum.faults_recovered, sum.breaker_opened, sum.restarts, replayed})
    EXPECT_GT(count, 10U);
  for (std::size_t k = 0; k < injected.size(); ++k)
    EXPECT_GT(injected[k], 0U) << "fault kind " << k;
}

}  // namespace
}  // namespace chargemill::test
