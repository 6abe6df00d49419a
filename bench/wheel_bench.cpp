// Question: what does a timer cost when a million others are pending?
// Budget:   60 ns to arm and fire one: a million charge points check their health every second on a
//           tenth of a core.
#include <benchmark/benchmark.h>

#include <random>

#include "runtime/engine/timing_wheel.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

/// A wheel with `pending` timers, each due within the next second, at random.
struct Loaded {
  explicit Loaded(std::int64_t pending) {
    for (std::int64_t i = 0; i < pending; ++i) (void)wheel.arm(SimTime{} + ahead(), this);
  }
  Nanos ahead() { return Nanos{static_cast<std::int64_t>(random() % 1'000'000'000)}; }

  TimingWheel wheel;
  std::mt19937_64 random{42};
};

/// Each timer that fires is armed again one second later, as a health check is.
void arm_fire(benchmark::State& state) {
  Loaded loaded{state.range(0)};
  SimTime now{};
  std::int64_t fired = 0;
  for (auto _ : state) {
    auto due = loaded.wheel.pop(kNever);
    if (!due || due->due < now) return state.SkipWithError("fired out of order");
    now = due->due;
    benchmark::DoNotOptimize(loaded.wheel.arm(now + 1s, due->payload));
    ++fired;
  }
  state.SetItemsProcessed(fired);
}
BENCHMARK(arm_fire)->Name("wheel/arm_fire")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

/// As dense as a million within a second, but so near that few of them move down: what is missing
/// to wheel/arm_fire/1000000 is the cascade, and the memory that it walks over.
void arm_fire_near(benchmark::State& state) {
  TimingWheel wheel;
  std::mt19937_64 random{42};
  for (std::int64_t i = 0; i < state.range(0); ++i)
    (void)wheel.arm(SimTime{} + Nanos{static_cast<std::int64_t>(random() % 1'000'000)}, &wheel);
  SimTime now{};
  for (auto _ : state) {
    auto due = wheel.pop(kNever);
    if (!due || due->due < now) return state.SkipWithError("fired out of order");
    now = due->due;
    benchmark::DoNotOptimize(wheel.arm(now + 1ms, due->payload));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(arm_fire_near)->Name("wheel/arm_fire_near")->Arg(1'000);

/// A time-out that is called off, as nearly all are.
void arm_cancel(benchmark::State& state) {
  Loaded loaded{state.range(0)};
  for (auto _ : state) {
    const TimerId id = loaded.wheel.arm(SimTime{1s}, &loaded);
    if (!loaded.wheel.cancel(id)) return state.SkipWithError("was not pending");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(arm_cancel)->Name("wheel/arm_cancel")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace chargemill::runtime
