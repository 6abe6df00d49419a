// Question: can every admission pass a circuit breaker?
// Budget:   3 ns for an admission, 8 ns with its outcome, and two threads on one healthy breaker no
//           slower per thread: a healthy breaker is only read.
#include <benchmark/benchmark.h>

#include <mutex>

#include "runtime/resilience/circuit_breaker.hpp"
#include "runtime/resilience/local_breaker.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

constexpr BreakerLimits kLimits{5, Millis{2'000}, 2};
constexpr SimTime kNow{1s};

/// One admission by a healthy breaker.
void closed(benchmark::State& state) {
  CircuitBreaker breaker{kLimits};
  for (auto _ : state) benchmark::DoNotOptimize(breaker.try_acquire(kNow));
  if (breaker.mode() != BreakerMode::closed) state.SkipWithError("breaker tripped");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(closed)->Name("breaker/closed");

/// One admitted call that succeeds.
template <class Breaker>
void call_on(Breaker& breaker, benchmark::State& state) {
  for (auto _ : state) {
    const auto permit = breaker.try_acquire(kNow);
    if (!permit) return state.SkipWithError("a healthy breaker refused");
    // The permit alone: of the optional, the compiler would spill two halves and load them as one.
    benchmark::DoNotOptimize(*permit);
    breaker.succeeded(*permit);
  }
  if (breaker.mode() != BreakerMode::closed) state.SkipWithError("breaker tripped");
  state.SetItemsProcessed(state.iterations());
}
void call(benchmark::State& state) {
  CircuitBreaker breaker{kLimits};
  call_on(breaker, state);
}
BENCHMARK(call)->Name("breaker/call");

/// The same by two threads on one breaker.
void contended(benchmark::State& state) {
  static CircuitBreaker breaker{kLimits};
  call_on(breaker, state);
}
BENCHMARK(contended)->Name("breaker/contended/2")->Threads(2)->UseRealTime();

/// The rival: the same rules behind a mutex.
class MutexBreaker {
 public:
  std::optional<Permit> try_acquire(SimTime now) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return breaker_.try_acquire(kLimits, now);
  }
  void succeeded(Permit permit) {
    const std::lock_guard<std::mutex> lock(mutex_);
    breaker_.succeeded(permit, kLimits);
  }
  BreakerMode mode() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return breaker_.mode();
  }

 private:
  std::mutex mutex_;
  LocalBreaker breaker_;  // guarded by mutex_
};
void behind_mutex(benchmark::State& state) {
  static MutexBreaker breaker;
  call_on(breaker, state);
}
BENCHMARK(behind_mutex)->Name("breaker/mutex/2")->Threads(2)->UseRealTime();

/// One call turned away: the price of failing fast.
void open(benchmark::State& state) {
  CircuitBreaker breaker{{1, Millis{2'000}, 2}};
  breaker.record_failure(kNow);
  for (auto _ : state) benchmark::DoNotOptimize(breaker.try_acquire(kNow));
  if (breaker.mode() != BreakerMode::open) state.SkipWithError("breaker is not open");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(open)->Name("breaker/open");

}  // namespace
}  // namespace chargemill::runtime
