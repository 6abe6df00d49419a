// Question: how many request/status/acknowledge round trips a second does the engine carry, how
//           fast does it spawn, and what does an actor cost in memory?
// Budget:   8 M round trips/s at 100,000 actors on two cores (three messages and two cold
//           activations each: 0.25 core-microseconds), 6 M/s at 1,000,000, 512 bytes of RSS an
//           actor.
// Shape:    a starter per central sends `go` to each of its charge points, 4,096 at a time; each
//           answers its central with a status; the central acknowledges. A round is over when every
//           charge point has its acknowledgement. Peers in other languages do the same, and so do
//           these actors in a program of their own, by which they are compared (peers/).
// Check:    a charge point tells 22 mJ more in each round, so after r rounds the centrals have
//           added up 22 r(r + 1) / 2 for each; and a round ends.
#include <benchmark/benchmark.h>

#include <caf/actor_system.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "bench/support/figures.hpp"
#include "bench/support/fresh_process.hpp"
#include "bench/support/memory.hpp"
#include "bench/support/round_trip.hpp"
#include "runtime/engine/coordinator.hpp"

namespace chargemill::runtime {
namespace {

using bench::round_trip::Homes;
using bench::round_trip::Network;

const double kSeconds = bench::is_quick() ? 0.05 : 2.0;  // of a case

void play_rounds(benchmark::State& state, Homes homes) {
  const auto points = static_cast<std::size_t>(state.range(0));
  EngineConfig config{{}};
  std::optional<Network> network;  // its actors read it for as long as the system lives
  caf::actor_system system{config};
  network.emplace(points, static_cast<unsigned>(state.range(1)), Coordinator::of(system), homes);
  bool ends = network->round();  // warm: pools, rings, pages
  for (auto _ : state) ends = ends && network->round();
  if (!ends) return state.SkipWithError("a round did not end");
  if (network->energy_mj() != network->energy_told_mj())
    return state.SkipWithError("checksum: the centrals have added up another energy");
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["rounds"] = static_cast<double>(network->rounds());
  state.counters["energy_mj"] = static_cast<double>(network->energy_mj());
}

void round_trip(benchmark::State& state) { play_rounds(state, Homes::with_central); }
BENCHMARK(round_trip)
    ->Name("engine/round_trip")
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {1, 4}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(kSeconds)
    ->UseRealTime();

/// What the engine gives when its actors do not live with whom they talk to: on two workers every
/// second message crosses from one to the other.
void round_trip_spread(benchmark::State& state) { play_rounds(state, Homes::spread); }
BENCHMARK(round_trip_spread)
    ->Name("engine/round_trip_spread")
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {4}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(kSeconds)
    ->UseRealTime();

/// What each of `points` actors adds to the resident memory of a process that does nothing else.
double bytes_per_actor(std::size_t points) {
  EngineConfig config{{}};
  const auto system = std::make_unique<caf::actor_system>(config);
  const std::int64_t before = bench::resident_bytes();
  Network network{points, 4, Coordinator::of(*system), Homes::with_central};
  if (!network.round()) std::abort();  // all have run once
  return static_cast<double>(bench::resident_bytes() - before) / static_cast<double>(points);
}
const bench::Measurement kBytesPerActor{"bytes_per_actor", bytes_per_actor};

void spawn(benchmark::State& state) {
  const auto points = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    EngineConfig config{{}};
    auto system = std::make_unique<caf::actor_system>(config);
    auto network =
        std::make_unique<Network>(points, 4, Coordinator::of(*system), Homes::with_central);
    // All have run once.
    const bool is_right = network->round() && network->energy_mj() == network->energy_told_mj();
    state.PauseTiming();
    system.reset();
    if (!is_right) return state.SkipWithError("not all have run once");
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes_per_actor"] = bench::in_a_fresh_process("bytes_per_actor", points);
}
BENCHMARK(spawn)
    ->Name("engine/spawn")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
}  // namespace chargemill::runtime
