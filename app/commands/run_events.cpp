#include "app/commands/run_events.hpp"

#include <algorithm>

#include "app/scenario/plan_text.hpp"
#include "app/summary/summary.hpp"
#include "app/version.hpp"

namespace chargemill::app {

using nlohmann::ordered_json;

void log_agreement(const RunLog& log, const Membership* membership) {
  if (membership == nullptr || !membership->bond) return;
  for (const auto& note : membership->bond->take_notes())
    log.write(note.is_warning ? Level::warning : Level::info, "etcd", {{"text", note.text}});
}

void RefusalLog::look(const RunLog& log, const network::Snapshot& snapshot) {
  if (snapshot.wall >= next_) tell(log, snapshot);
}

void RefusalLog::tell(const RunLog& log, const network::Snapshot& snapshot) {
  constexpr Nanos kPause = std::chrono::seconds{10};
  const auto& totals = snapshot.totals;
  const std::uint64_t refused = std::max(totals.commands_refused, refused_) - refused_;
  const std::uint64_t invalid = std::max(totals.payloads_invalid, invalid_) - invalid_;
  if (refused + invalid == 0) return;
  log.write(Level::warning, "refused",
            {{"sim_s", static_cast<double>(snapshot.sim.time_since_epoch().count()) / 1e9},
             {"commands", refused},
             {"payloads", invalid}});
  refused_ += refused;
  invalid_ += invalid;
  next_ = snapshot.wall + kPause;
}

std::optional<std::string> LossLog::look(const RunLog& log, const network::Snapshot& snapshot) {
  auto text = news_.take(snapshot.totals.records_lost);
  if (text) log.write(Level::error, "journal", {{"text", *text}});
  return text;
}

void log_door(const RunLog& log, const DoorAddress& door) {
  log.write(Level::info, "door",
            {{"door", door.name},
             {"address", door.at},
             {"access", door.has_tokens ? "token" : "everybody who reaches it"}});
}

void log_plan(RunLog& log, const Loaded& loaded, const std::vector<std::string>& argv,
              const Membership* membership) {
  const auto& run = loaded.scenario.run;
  log.speak_for({run.name, membership == nullptr ? "local" : membership->names[membership->self],
                 run.nodes == 1 ? "alone" : "leads", run.start_unix_s});
  log.write(Level::info, "start",
            {{"version", kVersion},
             {"commit", kCommit},
             {"scenario", run.name},
             {"seed", run.seed},
             {"argv", argv}});
  const Plan plan = make_plan(loaded.scenario);
  log.write(Level::info, "plan",
            {{"charge_points", plan.charge_points},
             {"drivers", plan.drivers},
             {"actors", plan.actors},
             {"sim_s", static_cast<double>(run.duration.count()) / 1e9},
             {"speed", run.speed.max ? ordered_json("max") : ordered_json(run.speed.factor)},
             {"expected_requests", plan.expected_requests},
             {"expected_faults", plan.expected_faults},
             {"memory_b", plan.memory_bytes},
             {"thresholds", loaded.scenario.thresholds.size()}});
  for (const auto& warning : loaded.warnings)
    log.write(Level::warning, "warning",
              {{"text", warning.text}, {"place", to_text(warning.place)}, {"hint", warning.hint}});
}

void log_outcome(const RunLog& log, const ordered_json& summary, int exit_code) {
  const auto& run = summary.at("run");
  log.write(Level::info, "stop",
            {{"reason", run.at("stop_reason")},
             {"sim_s", run.at("sim_s")},
             {"wall_s", run.at("wall_s")},
             {"partial", run.at("partial")}});
  if (run.at("invalid").get<bool>())
    log.write(Level::warning, "warning", {{"text", run.at("invalid_reason")}});
  for (const auto& broken : summary.at("conservation").at("broken"))
    log.write(Level::error, "warning", {{"text", broken}});
  for (const auto& warning : summary.at("warnings"))
    log.write(Level::warning, "warning", {{"text", warning}});
  for (const auto& threshold : summary.at("thresholds"))
    log.write(threshold.at("ok").get<bool>() ? Level::info : Level::error, "threshold", threshold);
  log.tell_suppressed();
  const auto verdict = verdict_line(summary);
  log.write(exit_code == 0 ? Level::info : Level::error, "verdict",
            {{"result", verdict.word}, {"reason", verdict.reason}, {"exit_code", exit_code}});
}

}  // namespace chargemill::app
