// Question: how many messages a second does a whole charging network deliver, with all its domain
//           logic, and what does a charge point cost in memory?
// Budget:   a million charge points with health checks at 1 Hz are 3 M messages/s on two cores;
// 2,048
//           bytes of RSS a charge point (engine, monitor, share of central).
// Shape:    real: the model clock is set a thousand times too fast, so the workers never rest;
//           virtual: as much model time as goes, window by window.
#include <benchmark/benchmark.h>

#include <caf/actor_system.hpp>
#include <memory>
#include <thread>

#include "actors/network/network.hpp"
#include "bench/support/memory.hpp"

namespace chargemill::network {
namespace {

using namespace std::chrono_literals;

Scenario saturated(std::uint32_t points) {
  Scenario scenario;
  scenario.network.charge_points = points;
  scenario.run.speed.factor = 1'000.0;
  scenario.run.duration = 24h;
  scenario.drivers.count = points / 5;
  scenario.drivers.sessions_per_cp_per_day = 1.0;
  scenario.drivers.initial_supplying = 0.2;
  return scenario;
}

void real(benchmark::State& state) {
  const Scenario scenario = saturated(static_cast<std::uint32_t>(state.range(0)));
  std::uint64_t delivered = 0;
  double bytes = 0;
  for (auto _ : state) {
    runtime::EngineOptions options;
    options.speed = scenario.run.speed.factor;
    const std::int64_t before = bench::resident_bytes();
    runtime::EngineConfig config{options};
    auto system = std::make_unique<caf::actor_system>(config);
    auto& engine = runtime::Coordinator::of(*system);
    auto network = std::make_unique<Network>(scenario, engine);
    if (!engine.freeze(60s)) return state.SkipWithError("the actors did not come to rest");
    engine.thaw();
    bytes = static_cast<double>(bench::resident_bytes() - before);
    const auto start = std::chrono::steady_clock::now();
    engine.start_clock();
    network->start();
    std::this_thread::sleep_for(3s);
    const std::uint64_t seen = network->look().totals.messages_delivered;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count());
    delivered += seen;
    bytes = std::max(bytes, static_cast<double>(bench::resident_bytes() - before));
    system.reset();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
  state.counters["bytes_per_charge_point"] = bytes / static_cast<double>(state.range(0));
}
/// In virtual time: health checks every 30 s, as a city has them, and a fifth of all supplying.
void in_windows(benchmark::State& state) {
  Scenario scenario = saturated(static_cast<std::uint32_t>(state.range(0)));
  scenario.network.health_interval = 30s;
  std::uint64_t delivered = 0;
  double bytes = 0;
  for (auto _ : state) {
    runtime::EngineOptions options;
    options.pacing = runtime::Pacing::virtual_time;
    options.latency = scenario.network.control_latency;
    const std::int64_t before = bench::resident_bytes();
    runtime::EngineConfig config{options};
    auto system = std::make_unique<caf::actor_system>(config);
    auto& engine = runtime::Coordinator::of(*system);
    auto network = std::make_unique<Network>(scenario, engine);
    network->start();
    const auto start = std::chrono::steady_clock::now();
    engine.go_until(SimTime{300s});
    if (!engine.await_pause(600s)) return state.SkipWithError("the windows did not end");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count());
    delivered += network->look().totals.messages_delivered;
    bytes = static_cast<double>(bench::resident_bytes() - before);
    system.reset();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
  state.counters["bytes_per_charge_point"] = bytes / static_cast<double>(state.range(0));
}

BENCHMARK(real)->Name("network/10000/real")->Arg(10'000)->Iterations(1)->UseManualTime();
BENCHMARK(real)->Name("network/100000/real")->Arg(100'000)->Iterations(1)->UseManualTime();
BENCHMARK(in_windows)->Name("network/10000/virtual")->Arg(10'000)->Iterations(1)->UseManualTime();
BENCHMARK(in_windows)->Name("network/100000/virtual")->Arg(100'000)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace chargemill::network
