// Threads on one breaker: exactly N probes in each half-open episode, nothing lost.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "runtime/resilience/circuit_breaker.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

/// All threads ask at once, round after round; the last to finish a round ends the episode.
void race_for_probes(unsigned threads, std::uint16_t probes, std::uint64_t rounds) {
  const BreakerLimits limits{1, Millis{10}, probes};
  CircuitBreaker breaker{limits};
  breaker.record_failure(SimTime{});
  std::atomic<std::uint64_t> admitted{0};
  std::atomic<unsigned> arrived{0};
  std::atomic<std::uint64_t> round{1};
  std::uint64_t wrong = 0;  // written by whoever arrives last
  std::vector<std::thread> all;
  for (unsigned t = 0; t < threads; ++t) {
    all.emplace_back([&] {
      for (std::uint64_t r = 1; r <= rounds; ++r) {
        // acquire: sees the breaker and the counters that the last of the round before has reset;
        // pairs with its release below.
        while (round.load(std::memory_order_acquire) != r) std::this_thread::yield();
        const SimTime now{Millis{static_cast<std::int64_t>(r) * 20}};
        for (int i = 0; i < 3; ++i) {
          // relaxed: a counter that the last to arrive reads, after their acq_rel.
          if (breaker.try_acquire(now)) admitted.fetch_add(1, std::memory_order_relaxed);
        }
        // acq_rel: who arrives last sees what all others counted.
        if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 < threads) continue;
        // relaxed (three): this thread alone goes on, until its release.
        if (admitted.load(std::memory_order_relaxed) != probes) ++wrong;
        admitted.store(0, std::memory_order_relaxed);
        arrived.store(0, std::memory_order_relaxed);
        breaker.record_failure(now);  // open again
        // release: pairs with acquire above.
        round.store(r + 1, std::memory_order_release);
      }
    });
  }
  for (auto& thread : all) thread.join();
  EXPECT_EQ(wrong, 0U) << threads << " threads, " << probes << " probes";
}

TEST(CircuitBreakerStress, AdmitsExactlyNProbesWhoeverAsks) {  // D-151
  for (const unsigned threads : {2U, 4U}) {
    for (const std::uint16_t probes : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{5}})
      race_for_probes(threads, probes, test::stress_count(3'000));
  }
}

// Failures are counted by a compare-exchange: none is lost, so the breaker opens with the last one
// and never before.
TEST(CircuitBreakerStress, LosesNoFailure) {
  constexpr std::uint16_t kFailures = 100;
  for (std::uint64_t round = 0; round < test::stress_count(2'000); ++round) {
    CircuitBreaker breaker{{kFailures, Millis{10}, 1}};
    std::vector<std::thread> all;
    for (unsigned t = 0; t < 2; ++t) {
      all.emplace_back([&] {
        for (int i = 0; i < 49; ++i) breaker.record_failure(SimTime{});
      });
    }
    for (auto& thread : all) thread.join();
    ASSERT_EQ(breaker.mode(), BreakerMode::closed);
    breaker.record_failure(SimTime{});
    ASSERT_EQ(breaker.mode(), BreakerMode::closed);
    breaker.record_failure(SimTime{});
    ASSERT_EQ(breaker.mode(), BreakerMode::open);
  }
}

}  // namespace
}  // namespace chargemill::runtime
