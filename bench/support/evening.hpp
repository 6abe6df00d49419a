// What an evening of a busy network leaves in its journal: made once, and kept for all who measure
// on it.
#pragma once

#include "app/commands/run_journal.hpp"
#include "app/simulation/simulation.hpp"
#include "bench/support/journal_load.hpp"

namespace chargemill::bench {

[[nodiscard]] inline std::uint32_t evening_points() { return is_quick() ? 10'000 : 100'000; }

/// Monday evening, a fifth of all supplying; each session a checkpoint every ten seconds, and of
/// three charge points one that has a fault within the hour.
[[nodiscard]] inline network::Scenario evening(std::uint32_t points) {
  using namespace std::chrono_literals;
  network::Scenario scenario;
  scenario.run.start_unix_s += 64'800;  // 18 h
  scenario.run.speed.max = true;
  scenario.run.duration = is_quick() ? 5min : 65min;
  scenario.network.charge_points = points;
  scenario.network.health_interval = 30s;
  scenario.network.telemetry_interval = 10s;
  scenario.drivers.count = points / 2;
  scenario.drivers.sessions_per_cp_per_day = 4.5;  // of 100,000 points 20,000 are open at its end
  scenario.drivers.initial_supplying = 0.2;
  network::FaultSpec ko;
  ko.kind = network::FaultKind::engine_ko;
  ko.rate_per_cp_per_hour = 0.3;
  ko.duration = 2min;
  scenario.faults.push_back(ko);
  return scenario;
}

class EveningJournal {
 public:
  static constexpr const char* kFolder = "evening";

  /// The one of this process.
  [[nodiscard]] static const EveningJournal& get() {
    static const EveningJournal journal;
    return journal;
  }
  [[nodiscard]] const std::string& path() const { return folder_.path(); }
  /// Whether the evening left a whole one.
  [[nodiscard]] bool is_there() const { return is_there_; }

 private:
  EveningJournal() {
    network::Scenario run = evening(evening_points());
    const auto journal = app::open_run_journal(folder_.path(), run);
    if (!journal) return;
    const app::StopRequest nobody;
    const auto outcome = app::simulate(
        run, nobody, [](const network::Snapshot&, app::LookKind) {}, {}, {}, *journal);
    is_there_ = outcome.quiet && outcome.journal && outcome.journal->status.failures == 0;
  }

  BenchFolder folder_{kFolder};
  bool is_there_ = false;
};

}  // namespace chargemill::bench
