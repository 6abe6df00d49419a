// Question: how many messages a second does a whole charging network deliver, with all its domain
//           logic, and what does a charge point cost in memory?
// Budget:   a million charge points with health checks at 1 Hz are 3 M messages/s on two cores;
//           2,048 bytes of RSS a charge point (engine, monitor, share of central).
// Shape:    real: the model clock is set a thousand times too fast, so the workers never rest;
//           virtual: as much model time as goes, window by window.
#include <benchmark/benchmark.h>

#include <caf/actor_system.hpp>
#include <memory>
#include <thread>

#include "actors/network/network.hpp"
#include "bench/support/fresh_process.hpp"
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

/// What each charge point of a running network adds to the resident memory of a process that does
/// nothing else: engine, monitor, its share of drivers and central.
double bytes_per_charge_point(std::size_t points) {
  Scenario scenario = saturated(static_cast<std::uint32_t>(points));
  runtime::EngineOptions options;
  runtime::EngineConfig config{options};
  auto system = std::make_unique<caf::actor_system>(config);
  auto& engine = runtime::Coordinator::of(*system);
  const std::int64_t before = bench::resident_bytes();
  Network network{scenario, engine};
  if (!engine.freeze(60s)) return 0.0;
  engine.thaw();
  engine.start_clock();
  network.start();
  std::this_thread::sleep_for(10s);  // all are on, a fifth of them supplies
  const std::int64_t after = bench::resident_bytes();
  system.reset();
  return static_cast<double>(after - before) / static_cast<double>(points);
}
const bench::Measurement kBytesPerChargePoint{"bytes_per_charge_point", bytes_per_charge_point};

void real(benchmark::State& state) {
  const Scenario scenario = saturated(static_cast<std::uint32_t>(state.range(0)));
  std::uint64_t delivered = 0;
  for (auto _ : state) {
    runtime::EngineOptions options;
    options.speed = scenario.run.speed.factor;
    runtime::EngineConfig config{options};
    auto system = std::make_unique<caf::actor_system>(config);
    auto& engine = runtime::Coordinator::of(*system);
    auto network = std::make_unique<Network>(scenario, engine);
    if (!engine.freeze(60s)) return state.SkipWithError("the actors did not come to rest");
    engine.thaw();
    const auto start = std::chrono::steady_clock::now();
    engine.start_clock();
    network->start();
    std::this_thread::sleep_for(3s);
    const std::uint64_t seen = network->look().totals.messages_delivered;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(took.count());
    delivered += seen;
    system.reset();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
  state.counters["bytes_per_charge_point"] =
      bench::in_a_fresh_process("bytes_per_charge_point", static_cast<std::size_t>(state.range(0)));
}
/// In virtual time: health checks every 30 s, as a city has them, and a fifth of all supplying.
void in_windows(benchmark::State& state) {
  Scenario scenario = saturated(static_cast<std::uint32_t>(state.range(0)));
  scenario.network.health_interval = 30s;
  std::uint64_t delivered = 0;
  for (auto _ : state) {
    runtime::EngineOptions options;
    options.pacing = runtime::Pacing::virtual_time;
    options.latency = scenario.network.control_latency;
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
    system.reset();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(delivered));
  state.counters["bytes_per_charge_point"] =
      bench::in_a_fresh_process("bytes_per_charge_point", static_cast<std::size_t>(state.range(0)));
}

BENCHMARK(real)->Name("network/10000/real")->Arg(10'000)->Iterations(1)->UseManualTime();
BENCHMARK(real)->Name("network/100000/real")->Arg(100'000)->Iterations(1)->UseManualTime();
BENCHMARK(in_windows)->Name("network/10000/virtual")->Arg(10'000)->Iterations(1)->UseManualTime();
BENCHMARK(in_windows)->Name("network/100000/virtual")->Arg(100'000)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace chargemill::network
