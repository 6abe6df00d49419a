// Question: how many events a second does virtual time carry when the model itself does nothing?
// Budget:   25 M events/s for 100,000 logical processes on two cores: 80 ns of a core for an event,
//           of which two cold actors and packets, a sort, a logarithm and a virtual call.
// Shape:    PHOLD as ROSS defines it: every logical process starts with one event; whoever gets one
//           sends one, a quarter of them to any process, the others to itself, after a lookahead
//           of 1.0 and an exponential increment of mean 1.0. That is what ROSS calls --mean=2: its
//           main() takes the lookahead off the mean, which by default leaves increments of 0.
// Check:    a process has an event every 2.0, so in a step of T it has T / 2.0; none is lost.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "bench/support/figures.hpp"
#include "runtime/base/random_stream.hpp"
#include "runtime/engine/engine.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kUnit = 1s;  // what PHOLD calls 1.0
constexpr double kRemoteFraction = 0.25;
constexpr double kUnitsPerEvent = 2.0;  // of a process: the lookahead and the mean increment
const double kSeconds = bench::is_quick() ? 0.05 : 1.0;  // of a case

/// All that matters is when it comes.
struct Hop {};
/// With a number of the model that nobody reads, as ROSS's message has one.
struct LadenHop {
  std::int64_t dummy_data = 0;
};

/// Who is where: processes are spawned in order, and neighbours share a home.
struct Layout {
  std::uint32_t processes;
  unsigned workers;
  Entity first = 0;

  [[nodiscard]] unsigned home(std::uint64_t index) const {
    return static_cast<unsigned>(index * workers / processes);
  }
  [[nodiscard]] Address at(std::uint64_t index) const {
    return Address::of(first + static_cast<Entity>(index), home(index));
  }
};

template <class M>
class Process final : public LeanActor {
 public:
  Process(caf::actor_config& cfg, std::uint32_t id, const Layout& layout)
      : LeanActor(cfg), layout_(layout), random_(1, id, Purpose::choice) {}

 private:
  void on_message(const Message& m) override {
    if (m.get_if<M>() == nullptr) return drop(m);
    const bool remote = random_.uniform() < kRemoteFraction;
    const Address to = remote ? layout_.at(random_.below(layout_.processes)) : Address{this};
    const auto increment =
        static_cast<std::int64_t>(random_.exponential() * static_cast<double>(kUnit.count()));
    send_after(to, kUnit + Nanos{increment}, M{});
  }

  const Layout& layout_;
  RandomStream random_;
};

template <class M>
void run_phold(benchmark::State& state, unsigned workers) {
  EngineOptions options;
  options.pacing = Pacing::virtual_time;
  options.latency = kUnit;
  options.workers = workers;
  Engine engine{options};
  auto& coordinator = engine.coordinator();
  Layout layout{static_cast<std::uint32_t>(state.range(0)), options.workers};
  std::vector<Process<M>*> all;
  for (std::uint32_t i = 0; i < layout.processes; ++i)
    all.push_back(coordinator.spawn<Process<M>>(layout.home(i), i, layout));
  layout.first = all.front()->entity();
  for (auto* process : all) LeanActor::post(process, M{});
  const auto sum_of = [&](std::atomic<std::uint64_t> WorkerCounters::*counter) {
    std::uint64_t sum = 0;
    for (unsigned i = 0; i < coordinator.workers(); ++i)
      sum += (coordinator.worker(i).counters().*counter).load(std::memory_order_relaxed);  // a look
    return sum;
  };
  const auto events = [&] { return sum_of(&WorkerCounters::messages); };
  // Warm: each process has had some ten events.
  SimTime until{20s};
  coordinator.go_until(until);
  if (!coordinator.await_pause(1h)) return state.SkipWithError("the windows did not end");
  const std::uint64_t before = events();
  const Nanos step = kUnit * std::max<std::int64_t>(20, 4'000'000 / layout.processes);
  for (auto _ : state) {
    until += step;
    coordinator.go_until(until);
    if (!coordinator.await_pause(1h)) return state.SkipWithError("the windows did not end");
  }
  const std::uint64_t handled = events() - before;
  const double units = static_cast<double>(step / kUnit) * static_cast<double>(state.iterations());
  const double expected = layout.processes * units / kUnitsPerEvent;
  if (std::abs(static_cast<double>(handled) - expected) > expected / 100)
    return state.SkipWithError("more or fewer events than the model has");
  if (sum_of(&WorkerCounters::undeliverable) != 0) return state.SkipWithError("an event was lost");
  state.SetItemsProcessed(static_cast<std::int64_t>(handled));
}
void phold(benchmark::State& state) { run_phold<Hop>(state, 2); }
BENCHMARK(phold)
    ->Name("phold")
    ->Arg(1'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->MinTime(kSeconds)
    ->UseRealTime();

void phold_laden(benchmark::State& state) { run_phold<LadenHop>(state, 2); }
BENCHMARK(phold_laden)
    ->Name("phold/laden")
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->MinTime(kSeconds)
    ->UseRealTime();

void phold_on_one_worker(benchmark::State& state) { run_phold<Hop>(state, 1); }
BENCHMARK(phold_on_one_worker)
    ->Name("phold/one_worker")
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->MinTime(kSeconds)
    ->UseRealTime();

}  // namespace
}  // namespace chargemill::runtime
