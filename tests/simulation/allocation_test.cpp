// Hot paths do not allocate: in steady state a message costs no memory that was not there before.
#include <gtest/gtest.h>

#include "tests/simulation/virtual_network.hpp"
#include "tests/support/allocation_count.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;

/// Three hundred charge points with a health check a second; all supply for as long as the test
/// lasts, so that telemetry flows and no session begins or ends.
network::Scenario steady() {
  network::Scenario scenario;
  scenario.run.duration = 10min;
  scenario.network.charge_points = 300;
  scenario.central.shards = 4;
  scenario.drivers.count = 300;
  scenario.drivers.initial_supplying = 1.0;
  return scenario;
}

/// As many, where people come all day, charge for twenty seconds and get their tickets, and little
/// else is said.
network::Scenario churning() {
  network::Scenario scenario = steady();
  scenario.run.start_unix_s += std::chrono::seconds{12h}.count();  // noon
  scenario.network.health_interval = 10s;
  scenario.network.telemetry_interval = 10s;
  scenario.network.max_session = 20s;
  scenario.drivers.initial_supplying = 0.0;
  scenario.drivers.sessions_per_cp_per_day = 3'000;
  scenario.drivers.day_spread_k = 0.0;
  scenario.drivers.choose = network::Choice::any_in_zone;
  return scenario;
}

/// Allocations a message, over `time` of model time, of a network that is warm.
double allocations_a_message(VirtualNetwork& network, SimTime from, SimTime to) {
  network.run_until(from);
  const std::uint64_t messages = network.messages();
  const std::uint64_t before = allocations();
  network.run_until(to);
  const auto spent = static_cast<double>(allocations() - before);
  return spent / static_cast<double>(network.messages() - messages);
}

TEST(Allocations, AreNoneForAMessageOfAWarmNetworkInVirtualTime) {
  if (!kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  VirtualNetwork network{steady(), 2};
  // Lists grow to what the fullest window needs: the odd one may still do so.
  EXPECT_LT(allocations_a_message(network, SimTime{300s}, SimTime{360s}), 0.001);
}

/// What churns in a minute of `network`, which is warm: at most one allocation a message, a
/// session's place in the lists of its shard and driver included.
void expect_one_at_most(VirtualNetwork& network) {
  const auto tickets = [&] { return network.network().look().totals.tickets_issued; };
  network.run_until(SimTime{300s});
  const std::uint64_t before = tickets();
  EXPECT_LT(allocations_a_message(network, SimTime{300s}, SimTime{360s}), 1.0);
  EXPECT_GT(tickets() - before, 100U) << "nothing churned";
}

TEST(Allocations, AreOneAtMostForAMessageWhereSessionsComeAndGo) {
  if (!kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  VirtualNetwork network{churning(), 2};
  expect_one_at_most(network);
}

// The journal's own thread is counted too.
TEST(Allocations, AreOneAtMostForAMessageWhereSessionsComeAndGoAndAreWrittenDown) {
  if (!kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  const Folder folder{"allocations"};
  Recording::Options options;
  options.journal.chain.directory = folder.path();
  options.journal.batch_time = 1ms;
  options.pace = Recorder::Pace::own_time;
  const auto recording = std::move(*Recording::open(std::move(options)));
  VirtualNetwork network{churning(), 2, recording.get()};
  expect_one_at_most(network);
  EXPECT_GT(recording->appended(), 100U);
}

TEST(Allocations, AreNoneForAMessageOfAWarmNetworkInTimeMovedByHand) {
  if (!kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  StillEngine still{2};
  network::Network network{steady(), still.engine};
  network.start();
  still.pass(300s);
  const auto messages = [&] { return network.count().totals.messages_delivered; };
  const std::uint64_t seen = messages();
  const std::uint64_t before = allocations();
  still.pass(60s);
  const std::uint64_t spent = allocations() - before;
  const std::uint64_t handled = messages() - seen;
  EXPECT_GT(handled, 50'000U);
  EXPECT_LT(static_cast<double>(spent) / static_cast<double>(handled), 0.001);
}

}  // namespace
}  // namespace chargemill::test
