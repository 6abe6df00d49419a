#include "app/api/live_summary.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "app/scenario/thresholds.hpp"
#include "app/simulation/resident_memory.hpp"
#include "app/summary/summary.hpp"

namespace chargemill::app::api {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto s = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return s(usage.ru_utime) + s(usage.ru_stime);
}

/// Since the run began.
Nanos wall_of_run(const World& world) {
  const auto& clock = world.desk.engine().model_clock();
  if (!clock.started()) return Nanos{0};
  return runtime::ModelClock::wall_now() - clock.wall_of(SimTime{});
}

}  // namespace

nlohmann::ordered_json live_summary(const World& world) {
  RunOutcome outcome;
  outcome.last = world.desk.look();
  outcome.last.wall = wall_of_run(world);
  const std::chrono::duration<double> wall = outcome.last.wall;
  const std::chrono::duration<double> sim = outcome.last.sim - SimTime{};
  if (wall.count() > 0) outcome.speed_reached = sim / wall;
  outcome.stop_reason = "running";
  outcome.cost.workers = world.desk.engine().workers();
  outcome.cost.cpu_s = cpu_seconds();
  outcome.cost.rss_bytes = resident_bytes();
  const auto points = std::max<std::size_t>(1, world.desk.topology().points.size());
  outcome.cost.bytes_per_charge_point =
      static_cast<double>(outcome.cost.rss_bytes) / static_cast<double>(points);
  if (world.journal_status) {
    outcome.journal = JournalOutcome{};
    outcome.journal->status = world.journal_status();
    outcome.journal->appended = outcome.journal->status.records;
  }
  auto summary = make_summary(world.scenario, outcome, Verdict{});
  summary["run"]["partial"] = true;
  summary["conservation"]["ok"] = nullptr;
  summary["thresholds"] = to_json(evaluate(world.scenario.thresholds, summary));
  return summary;
}

}  // namespace chargemill::app::api
