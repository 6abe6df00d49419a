#include "app/commands/run_command.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <thread>

#include "app/commands/run_events.hpp"
#include "app/output/digest_log.hpp"
#include "app/output/live_view.hpp"
#include "app/output/run_directory.hpp"
#include "app/output/run_log.hpp"
#include "app/report/html_report.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/scenario/thresholds.hpp"
#include "app/simulation/simulation.hpp"
#include "app/summary/summary.hpp"
#include "app/version.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitInvalidScenario = 3;
constexpr int kExitEnvironment = 4;

void say(const std::string& text) { (void)std::fputs((text + "\n").c_str(), stderr); }

std::string manifest(const network::Scenario& scenario, const RunOutcome& outcome,
                     const std::vector<std::string>& argv) {
  utsname host{};
  (void)uname(&host);
  const nlohmann::ordered_json m = {{"version", kVersion},
                                    {"commit", kCommit},
                                    {"build", kBuildType},
                                    {"compiler", kCompiler},
                                    {"host",
                                     {{"name", host.nodename},
                                      {"system", host.release},
                                      {"machine", host.machine},
                                      {"cores", std::thread::hardware_concurrency()}}},
                                    {"seed", scenario.run.seed},
                                    {"workers", outcome.cost.workers},
                                    {"argv", argv}};
  return m.dump(2) + "\n";
}

/// A second of wall time between two rows of the series; in virtual time a row for every look.
class Rows {
 public:
  Rows(RunDirectory* directory, bool all) : directory_(directory), all_(all) {}
  void add(const network::Snapshot& snapshot) {
    if (directory_ == nullptr || (snapshot.wall < next_ && !all_)) return;
    directory_->append(snapshot);
    next_ += std::chrono::seconds{1};
  }

 private:
  RunDirectory* const directory_;
  const bool all_;
  Nanos next_{0};
};

Result<void> write_all(RunDirectory& directory, const network::Scenario& scenario,
                       const RunOutcome& outcome, const nlohmann::ordered_json& summary,
                       const std::string& text, const std::vector<std::string>& argv) {
  directory.append(outcome.last);
  // summary.json is the last one: it marks a finished run.
  for (const auto& [name, content] :
       {std::pair<std::string, std::string>{"manifest.json", manifest(scenario, outcome, argv)},
        {"scenario.resolved.toml", resolved_toml(scenario)},
        {"latency.hgrm", hgrm_text(outcome.last.latencies)},
        {"summary.txt", text},
        {"report.html", html_report(summary, directory.series_text())},
        {"summary.json", summary.dump(2) + "\n"}}) {
    auto written = directory.write(name, content);
    if (!written) return written;
  }
  return {};
}

/// One run of a loaded scenario; `index` 0: the only one, else the how-manieth of --repeat.
int run_once(const Loaded& loaded, std::uint32_t index, const std::vector<std::string>& argv) {
  const auto& scenario = loaded.scenario;
  std::unique_ptr<RunDirectory> directory;
  if (loaded.output.dir != "off") {
    auto path = std::filesystem::path{loaded.output.dir};
    if (index > 0 && !path.empty()) path /= fmt::format("r{}", index);
    auto made = RunDirectory::create(path, scenario.run.name);
    if (!made) {
      say("chargemill: " + made.error().text);
      return kExitEnvironment;
    }
    directory = std::make_unique<RunDirectory>(std::move(*made));
  }
  const RunLog log = directory ? RunLog{directory->path() / "log.ndjson"} : RunLog{};
  log_plan(log, loaded, argv);
  const ViewMode mode = view_mode(loaded.output.progress, loaded.output.quiet);
  if (mode != ViewMode::off)
    say(fmt::format("chargemill {} ({}, {})  scenario {}  seed {}{}{}", kVersion, kCommit,
                    kBuildType, scenario.run.name, scenario.run.seed, directory ? "  output " : "",
                    directory ? directory->path().string() : ""));
  const StopRequest stop;
  LiveView view{mode, stderr, scenario.run.name, scenario.run.duration};
  Rows rows{directory.get(), scenario.run.speed.max};
  DigestSink digests;
  if (directory && scenario.run.digest_every) digests = DigestLog{directory->path()};
  const RunOutcome outcome = simulate(
      scenario, stop,
      [&](const network::Snapshot& snapshot) {
        view.show(snapshot);
        rows.add(snapshot);
      },
      digests);
  view.end();

  auto summary = make_summary(scenario, outcome, judge(scenario, outcome));
  summary["thresholds"] = to_json(evaluate(scenario.thresholds, summary));
  const int code = exit_code(summary, outcome.signal);
  log_outcome(log, summary, code);
  const std::string text = summary_text(summary);
  (void)std::fputs(text.c_str(), stdout);
  (void)std::fflush(stdout);
  if (directory) {
    const auto written = write_all(*directory, scenario, outcome, summary, text, argv);
    if (!written) {
      log.write(Level::error, "output", {{"text", written.error().text}});
      say("chargemill: " + written.error().text);
      return kExitEnvironment;
    }
    if (!loaded.output.quiet)
      say(fmt::format("REPORT    {}", (directory->path() / "report.html").string()));
  }
  return code;
}

}  // namespace

int run_command(const RunOptions& options, const std::vector<std::string>& argv) {
  RunOptions chosen = options;
  if (!chosen.scenario) chosen.scenario = demo_scenario();
  if (!chosen.scenario) {
    say("chargemill: config/scenarios/demo.toml is neither beside the sources nor installed; name "
        "a "
        "scenario");
    return kExitEnvironment;
  }
  const auto loaded = load_scenario(load_input(chosen));
  const bool color = options.color == "always";
  if (!loaded) {
    (void)std::fputs(render(loaded.error(), color).c_str(), stderr);
    return kExitInvalidScenario;
  }
  if (!loaded->warnings.empty()) (void)std::fputs(render(loaded->warnings, color).c_str(), stderr);
  if (loaded->output.repeat <= 1) return run_once(*loaded, 0, argv);
  int worst = 0;
  for (std::uint32_t i = 1; i <= loaded->output.repeat; ++i) {
    const int code = run_once(*loaded, i, argv);
    if (code >= 128) return code;
    if (worst == 0 || code == 98 || code == kExitEnvironment) worst = code == 0 ? worst : code;
  }
  return worst;
}

}  // namespace chargemill::app
