#include "app/commands/run_texts.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "app/commands/run_journal.hpp"
#include "app/scenario/plan_text.hpp"
#include "app/scenario/thresholds.hpp"
#include "app/summary/summary.hpp"
#include "app/version.hpp"

namespace chargemill::app {

std::string which_run(const Loaded& loaded, std::uint32_t index) {
  const auto repeat = loaded.output.repeat;
  return repeat > 1 ? fmt::format("run {} of {}", index, repeat) : std::string{};
}

std::vector<std::string> what_joins_the_demo(const RunOptions& options) {
  std::vector<std::string> notes;
  for (const auto& given : options.overrides) {
    if (given.key == "drivers.replay" || given.key == "drivers.requests")
      notes.push_back(
          fmt::format("note: no scenario is named, so {} joins the load of the demo; name a "
                      "scenario to drive it "
                      "alone",
                      given.flag));
  }
  return notes;
}

std::string title_of(const Loaded& loaded, const std::filesystem::path& path, std::uint32_t index) {
  const auto& run = loaded.scenario.run;
  const Plan plan = make_plan(loaded.scenario);
  const auto which = which_run(loaded, index);
  return fmt::format(
      "chargemill {} ({}, {})  scenario {}  seed {}{}{}\nplan: {}, {}, about {} and {}, {} MiB{}{}",
      kVersion, kCommit, kBuildType, run.name, run.seed, which.empty() ? "" : "  " + which,
      path.empty() ? "" : "  output " + path.string(), counted(plan.charge_points, "charge point"),
      counted(plan.drivers, "driver"), counted(plan.expected_requests, "request"),
      counted(plan.expected_faults, "fault"), plan.memory_bytes >> 20,
      journal_path(loaded.output.data, path).empty() ? "" : " without the journal",
      plan.recorded > 0 ? "\nreplay: " + recording_text(plan) : "");
}

std::optional<Diagnostic> word_on_workers(const Loaded& loaded, unsigned cores) {
  constexpr unsigned kTurnsMax = 8;  // a machine may seem smaller than it is, and tests run on few
  const unsigned workers = loaded.scenario.run.workers;
  if (cores == 0 || workers <= kTurnsMax * cores) return std::nullopt;
  const auto origin = loaded.origins.find("run.workers");
  Diagnostic word{Code::range,
                  fmt::format("{} workers on {} core{}: they wait for each other's turn", workers,
                              cores, cores == 1 ? "" : "s"),
                  origin == loaded.origins.end() ? Place{} : origin->second.place,
                  "left out, there is one for each core"};
  word.severity = Severity::warning;
  return word;
}

namespace {

/// A key that says how much happens, given by a flag or a variable.
struct Cut {
  const char* key;
  const char* of;
  std::string by;
};
std::optional<Cut> what_was_cut(const Loaded& loaded) {
  for (const auto& [key, of] :
       {std::pair{"run.duration", "run"}, std::pair{"network.charge_points", "network"},
        std::pair{"drivers.count", "network"}}) {
    const auto origin = loaded.origins.find(key);
    if (origin != loaded.origins.end() && origin->second.source != Source::file)
      return Cut{key, of, origin->second.place.source};
  }
  return std::nullopt;
}

}  // namespace

std::string other_length_text(const Loaded& loaded, const nlohmann::json& summary) {
  const auto reason = summary.at("run").at("stop_reason").get<std::string>();
  const bool is_stopped = reason.rfind("SIG", 0) == 0;
  if (!is_stopped && reason != "duration") return {};  // it failed, and has said so
  const auto changed = what_was_cut(loaded);
  if (!changed && !is_stopped) return {};
  std::string missed;
  for (const auto& t : summary.at("thresholds")) {
    const auto expr = t.at("expr").get<std::string>();
    const auto parsed = parse_threshold(expr);
    if (t.at("ok").get<bool>() || !parsed || !asks_for_a_least_count(*parsed)) continue;
    missed += (missed.empty() ? "" : ", ") + expr;
  }
  if (missed.empty()) return {};
  if (is_stopped)
    return fmt::format("crossed: {}; it counts over the whole run, and {} ended this one early",
                       missed, reason);
  return fmt::format(
      "crossed: {}; it counts over the whole {}, and {} is not what the scenario says ({})", missed,
      changed->of, changed->key, changed->by);
}

std::string reason_text(const nlohmann::json& summary, const std::string& which) {
  const auto verdict = verdict_line(summary);
  std::string text = fmt::format("chargemill: {}{}{}: {}", which, which.empty() ? "" : ": ",
                                 verdict.word, verdict.reason);
  for (const auto& threshold : summary.at("thresholds")) {
    if (!threshold.at("ok").get<bool>()) text += "; " + threshold.at("expr").get<std::string>();
  }
  return text;
}

}  // namespace chargemill::app
