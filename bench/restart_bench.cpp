// Question: how soon is a central back that has 100,000 charge points, 20,000 open sessions and ten
//           million records to come back to?
// Budget:   3 s. A restart reads two rounds of each shard, about a million records, however long
//           the journal is: 0.3 s, and as much for 200,000 actors.
// Shape:    a network in virtual time leaves the journal; a process of its own goes on with it, as
//           `run --data` does, and is ready when it would open its doors. Cold: nothing of the
//           files is in memory.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "bench/support/evening.hpp"
#include "bench/support/fresh_process.hpp"
#include "runtime/journal/reader.hpp"

namespace chargemill::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Seconds until a network of `points` would open its doors again; 0 when it did not.
double ready_s(std::size_t points, bool is_cold) {
  const std::string path = BenchFolder::path_of(EveningJournal::kFolder);
  if (is_cold) forget_cached(path);
  network::Scenario scenario = evening(static_cast<std::uint32_t>(points));
  scenario.run.speed = {};
  scenario.run.duration = 1ms;
  const auto begun = Clock::now();
  const auto journal = app::open_run_journal(path, scenario);
  if (!journal || !journal->image) {
    std::fprintf(stderr, "no network to go on with: %s\n",
                 journal ? "nothing to come back to" : journal.error().text.c_str());
    return 0.0;
  }
  double took = 0.0;
  const app::StopRequest nobody;
  (void)app::simulate(
      scenario, nobody, [](const network::Snapshot&, app::LookKind) {}, {}, {}, *journal,
      [&](network::Desk&) -> std::shared_ptr<void> {
        took = std::chrono::duration<double>(Clock::now() - begun).count();
        return nullptr;
      });
  return took;
}
const Measurement kWarm{"restart_warm_s",
                        [](std::size_t points) { return ready_s(points, false); }};
const Measurement kCold{"restart_cold_s", [](std::size_t points) { return ready_s(points, true); }};

void restart(benchmark::State& state) {
  const std::uint32_t points = evening_points();
  const EveningJournal& evening = EveningJournal::get();
  if (!evening.is_there()) return state.SkipWithError("the run before left no journal");
  {
    auto reader = runtime::journal::Reader::open(evening.path());
    const auto last = archive::find_last_run(*reader);
    const auto image = archive::restore(*reader, (*last)->run, archive::Origin{0});
    state.counters["records"] = static_cast<double>(*reader->last());
    state.counters["records_read"] = static_cast<double>(image->records);
    state.counters["open_sessions"] = static_cast<double>(
        std::count_if(image->points.begin(), image->points.end(),
                      [](const auto& point) { return point.session != SessionId::none; }));
  }
  for (auto _ : state) {
    const double cold = in_a_fresh_process("restart_cold_s", points);
    const double warm = in_a_fresh_process("restart_warm_s", points);
    if (cold == 0.0 || warm == 0.0) return state.SkipWithError("it did not come back");
    state.counters["cold_s"] = cold;
    state.SetIterationTime(warm);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(restart)
    ->Name("journal/restart")
    ->Arg(100'000)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chargemill::bench
