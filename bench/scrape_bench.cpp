// Question: how long does a scrape (GET /metrics) take while the network works?
// Budget:   20 ms with 1,000,000 charge points; it must not grow with them, since it reads what
//           shards and workers publish: 64 shards, 64 zones, a histogram of 45 KiB a worker.
// Shape:    busy: at speed 1, health checks at 1 Hz, a fifth of all supplying, as in the front
//           page's run.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <caf/actor_system.hpp>
#include <memory>
#include <thread>

#include "app/metrics/collector.hpp"
#include "app/metrics/labels.hpp"

namespace chargemill::app::metrics {
namespace {

using namespace std::chrono_literals;

constexpr double kBudgetMs = 20;

network::Scenario busy_city(std::uint32_t points) {
  network::Scenario scenario;
  scenario.network.charge_points = points;
  scenario.network.zones = 64;
  scenario.run.duration = 24h;
  scenario.drivers.count = points / 5;
  scenario.drivers.sessions_per_cp_per_day = 1.0;
  scenario.drivers.initial_supplying = 0.2;
  return scenario;
}

/// Waits until all points are on, or says that they never were.
bool all_on(const network::Network& network, std::uint64_t points) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto& display = network.look().totals.display;
    if (display[static_cast<std::size_t>(DisplayState::disconnected)] * 100 < points) return true;
    std::this_thread::sleep_for(50ms);
  }
  return false;
}

void scrape(benchmark::State& state) {
  const auto points = static_cast<std::uint32_t>(state.range(0));
  const network::Scenario scenario = busy_city(points);
  runtime::EngineConfig config{runtime::EngineOptions{}};
  auto system = std::make_unique<caf::actor_system>(config);
  auto& engine = runtime::Coordinator::of(*system);
  network::Network network{scenario, engine};
  if (!engine.freeze(60s)) return state.SkipWithError("the actors did not come to rest");
  engine.thaw();
  const network::Desk desk{network, engine};
  Collector collector{desk, facts_of(scenario, network.topology(), "bench", "none"), nullptr,
                      nullptr};
  engine.start_clock();
  network.start();
  if (!all_on(network, points)) return state.SkipWithError("the charge points did not come up");
  std::vector<double> took_ms;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto begun = std::chrono::steady_clock::now();
    const auto text = collector.scrape();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    state.SetIterationTime(took.count());
    took_ms.push_back(took.count() * 1e3);
    bytes = text.size();
    std::this_thread::sleep_for(20ms);  // nobody scrapes without a pause; caches are cold again
  }
  if (bytes == 0 || bytes > kScrapeBytesMax) state.SkipWithError("a scrape of the wrong size");
  std::sort(took_ms.begin(), took_ms.end());
  if (took_ms[took_ms.size() / 2] > kBudgetMs) state.SkipWithError("a scrape over its budget");
  state.counters["p99_ms"] = took_ms[took_ms.size() * 99 / 100];
  state.counters["bytes"] = static_cast<double>(bytes);
  system.reset();
}
BENCHMARK(scrape)
    ->Name("scrape/busy")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->UseManualTime()
    ->Iterations(100)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chargemill::app::metrics
