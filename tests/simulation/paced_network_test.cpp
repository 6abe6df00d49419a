// Whole networks on threads of their own at speed, looked at while they run: what only the clock
// decides must still add up. For ThreadSanitizer as well (`./dev sanitize tsan`).
#include <gtest/gtest.h>

#include <thread>

#include "actors/network/network.hpp"
#include "runtime/engine/engine.hpp"
#include "tests/simulation/any_scenario.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;

/// Runs `scenario` on three workers, 60 times as fast as life, and looks at it without a pause.
void play(const network::Scenario& scenario) {
  runtime::EngineOptions options;
  options.workers = 3;
  options.speed = 60.0;
  options.lead_max = 6s;
  runtime::Engine engine{options};
  auto& coordinator = engine.coordinator();
  network::Network network{scenario, coordinator};
  const SimTime end{scenario.run.duration};
  coordinator.set_horizon(end);
  network.start();
  coordinator.start_clock();
  const auto deadline = std::chrono::steady_clock::now() + 120s;
  std::uint64_t delivered = 0;
  while (coordinator.reached() < end) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the horizon is never reached";
    const auto seen = network.look().totals.messages_delivered;
    ASSERT_GE(seen, delivered);
    delivered = seen;
    (void)network.detail();
    std::this_thread::yield();
  }
  ASSERT_TRUE(coordinator.freeze(60s));
  const auto totals = network.count().totals;
  EXPECT_GE(totals.messages_delivered, delivered);
  for (const auto& text : network::broken_identities(totals)) ADD_FAILURE() << text;
}

TEST(PacedNetwork, AddsUpOnThreadsOfItsOwnWhileSomebodyLooks) {
  for (std::uint64_t seed = 1; seed <= stress_count(6); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    play(any_scenario(seed));
  }
}

}  // namespace
}  // namespace chargemill::test
