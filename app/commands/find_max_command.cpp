#include "app/commands/find_max_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/find_max/scaled.hpp"
#include "app/find_max/search.hpp"
#include "app/output/run_directory.hpp"
#include "app/output/series_row.hpp"
#include "app/output/terminal.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/scenario/thresholds.hpp"
#include "app/scenario/value.hpp"
#include "app/simulation/simulation.hpp"
#include "app/summary/summary.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitInvalidScenario = 3;
constexpr int kExitEnvironment = 4;
constexpr int kExitThreshold = 99;
constexpr const char* kStep = "10s";
constexpr double kMostPoints = 1e7;
constexpr double kMostRate = 1e6;
constexpr double kShedMax = 0.01;  // of the trips; a load that was not offered was not met

/// Why a run does not count, in words; empty: it passes.
std::string failure_of(const nlohmann::json& summary, LoadKind kind) {
  const auto& run = summary.at("run");
  if (!summary.at("conservation").at("ok").get<bool>()) return "conservation is broken";
  if (run.at("invalid").get<bool>()) return run.at("invalid_reason").get<std::string>();
  const auto& trips = summary.at("trips");
  const auto shed = trips.at("shed").get<double>();
  const auto offered = trips.at("offered").get<double>();
  if (kind == LoadKind::request_rate && offered == 0)
    return "no trip was offered: a longer --duration shows so small a rate";
  if (shed > kShedMax * offered)
    return fmt::format("{:.0f} of {:.0f} trips were shed: no idle driver, raise drivers.count",
                       shed, offered);
  for (const auto& t : summary.at("thresholds")) {
    if (t.at("ok").get<bool>()) continue;
    return t.at("expr").get<std::string>() +
           (t.at("value").is_null() ? ", but nothing was measured"
                                    : fmt::format(", but is {:.4g}", t.at("value").get<double>()));
  }
  return {};
}

/// 20000, not 2e+04: it is to be pasted.
std::string load_text(double load, LoadKind kind) {
  return kind == LoadKind::charge_points ? fmt::format("{:.0f}", load)
                                         : fmt::format("{:.4g}", load);
}

/// The steps of a search, each a run.
class Steps {
 public:
  Steps(const network::Scenario& scenario, LoadKind kind, const FindMaxOptions& options)
      : scenario_(scenario), kind_(kind), options_(options) {}

  /// Whether `load` passes; nothing: a signal or an error ended the search.
  std::optional<bool> try_load(double load) {
    if (stop_.signal() != 0) return std::nullopt;
    const auto scenario = scaled(scenario_, kind_, load);
    const auto outcome = simulate(scenario, stop_, [](const network::Snapshot&) {});
    if (outcome.signal != 0) return std::nullopt;
    auto summary = make_summary(scenario, outcome, judge(scenario, outcome));
    summary["thresholds"] = to_json(evaluate(scenario.thresholds, summary));
    const auto why = failure_of(summary, kind_);
    ++count_;
    show(load, why, summary);
    if (options_.out) {
      const auto kept = keep(scenario, outcome, summary);
      if (!kept) {
        error_ = kept.error().text;
        return std::nullopt;
      }
      if (why.empty()) best_file_ = (directory() / "scenario.resolved.toml").string();
    }
    return why.empty();
  }

  [[nodiscard]] int signal() const noexcept { return stop_.signal(); }
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  /// The scenario of the largest load that passed: the last one that did. Empty without --out.
  [[nodiscard]] const std::string& best_file() const noexcept { return best_file_; }

 private:
  [[nodiscard]] std::filesystem::path directory() const {
    return *options_.out / fmt::format("s{}", count_);
  }

  void show(double load, const std::string& why, const nlohmann::ordered_json& summary) const {
    const double wall = std::max(1e-9, summary["run"]["wall_s"].get<double>());
    fmt::print(
        stderr,
        "{:>12} {}  {}  {:.4g} requests/s  lateness p99 {:.2f} ms  cpu {:.2f} cores  rss {:.2f} "
        "GiB{}\n",
        load_text(load, kind_), kind_ == LoadKind::charge_points ? "charge points" : "requests/s",
        why.empty() ? "passes" : "fails ",
        summary["requests"]["sent"].get<double>() /
            std::max(1e-9, summary["run"]["sim_s"].get<double>()),
        summary["latency_ms"]["tick_lateness"]["p99"].get<double>(),
        summary["resources"]["cpu_s"].get<double>() / wall,
        summary["resources"]["rss_bytes"].get<double>() / 0x1p30, why.empty() ? "" : "  " + why);
  }

  [[nodiscard]] Result<void> keep(const network::Scenario& scenario, const RunOutcome& outcome,
                                  const nlohmann::ordered_json& summary) const {
    auto made = RunDirectory::create(directory());
    if (!made) return tl::unexpected<Error>(made.error());
    made->append(SeriesRows{}.next(outcome.last));
    for (const auto& [name, content] :
         {std::pair<std::string, std::string>{"scenario.resolved.toml", resolved_toml(scenario)},
          {"summary.txt", summary_text(summary)},
          {"summary.json", summary.dump(2) + "\n"}}) {
      auto written = made->write(name, content);
      if (!written) return written;
    }
    return {};
  }

  const StopRequest stop_;
  const network::Scenario& scenario_;
  const LoadKind kind_;
  const FindMaxOptions& options_;
  unsigned count_ = 0;
  std::string error_;
  std::string best_file_;
};

/// In quotes when a shell would read more than one word, or another one.
std::string shell_word(const std::string& text) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string{R"('\'')"} : std::string(1, c);
  return quoted + "'";
}

SearchLimits limits_of(const FindMaxOptions& options, LoadKind kind, double present) {
  const bool points = kind == LoadKind::charge_points;
  SearchLimits limits;
  limits.from = options.from.value_or(present);
  limits.most = options.most.value_or(points ? kMostPoints : kMostRate);
  limits.least = points ? 1.0 : std::min(1e-3, limits.most);
  limits.whole = points;
  limits.precision = options.precision;
  return limits;
}

void announce(const network::Scenario& scenario, LoadKind kind) {
  fmt::print(stderr, "{}: scales {}; a step is {} of model time; {}\n", scenario.run.name,
             scaled_keys(scenario, kind), duration_text(scenario.run.duration),
             scenario.thresholds.empty()
                 ? "no thresholds: only conservation and lateness decide"
                 : fmt::format("thresholds: {}", scenario.thresholds.size()));
}

void print_result(const SearchResult& result, const Steps& steps, const network::Scenario& scenario,
                  LoadKind kind, const FindMaxOptions& options) {
  if (!result.best) {
    fmt::print("no load passes{}\n", result.interrupted ? " so far: interrupted" : "");
    return;
  }
  fmt::print("{} {}{}{}\n", kind == LoadKind::charge_points ? "charge points" : "requests/s",
             load_text(*result.best, kind),
             result.failed ? fmt::format(", {} fails", load_text(*result.failed, kind))
                           : std::string{", and no larger load was tried"},
             result.interrupted ? " (interrupted)" : "");
  const auto changes = changed_keys(scaled(scenario, kind, *result.best), kind);
  if (!steps.best_file().empty()) {
    fmt::print("again: chargemill run {}\n", shell_word(steps.best_file()));
  } else if (!changes.empty()) {
    fmt::print("again: {}\n", run_again_text(options, changes));
  } else {
    fmt::print(
        "again: no option of run scales stages; with --out DIR each step's scenario stays\n");
  }
}

}  // namespace

void add_find_max_options(CLI::App& app, FindMaxOptions& options) {
  app.add_option("SCENARIO", options.run.scenario, "the scenario whose load is to grow")
      ->required();
  app.add_option("--what", options.what, "charge_points or request_rate")
      ->check(CLI::IsMember({"charge_points", "request_rate"}))
      ->capture_default_str();
  app.add_option("--from", options.from, "the first load to try (else the scenario's own)")
      ->check(CLI::PositiveNumber);
  app.add_option("--max", options.most, "try no larger load")->check(CLI::PositiveNumber);
  app.add_option("--precision", options.precision, "of the result, as a share of it")
      ->check(CLI::Range(0.001, 1.0))
      ->capture_default_str();
  app.add_option("--out", options.out, "a run directory a step: DIR/s1, DIR/s2, ...")
      ->type_name("DIR");
  add_key_options(app, options.run);
}

std::string run_again_text(const FindMaxOptions& options, const Changes& changes) {
  std::string text = "chargemill run";
  if (options.run.scenario) text += " " + shell_word(options.run.scenario->string());
  const auto is_changed = [&](const std::string& key) {
    return std::any_of(changes.begin(), changes.end(),
                       [&](const auto& change) { return change.first == key; });
  };
  bool has_duration = false;
  for (const auto& given : options.run.overrides) {
    if (is_changed(given.key)) continue;  // run takes a flag once
    has_duration = has_duration || given.key == "run.duration";
    text += given.flag.rfind("--set ", 0) == 0
                ? fmt::format(" --set {}", shell_word(given.key + "=" + given.value))
                : fmt::format(" {} {}", given.flag, shell_word(given.value));
  }
  if (!has_duration) text += fmt::format(" --duration {}", kStep);
  for (const auto& [key, value] : changes)
    text += fmt::format(" --set {}", shell_word(fmt::format("{}={}", key, value)));
  return text;
}

int find_max_command(const FindMaxOptions& options) {
  auto input = load_input(options.run);
  // A step of its own length, unless somebody says how long.
  const auto is_duration = [](const Override& given) { return given.key == "run.duration"; };
  if (input.env.count(environment_name("run.duration")) == 0 &&
      std::none_of(input.overrides.begin(), input.overrides.end(), is_duration))
    input.overrides.push_back({"run.duration", kStep, "--duration"});
  const auto loaded = load_scenario(input);
  const bool color = use_color(stderr, options.run.color);
  if (!loaded) {
    (void)std::fputs(render(loaded.error(), color).c_str(), stderr);
    return kExitInvalidScenario;
  }
  if (!loaded->warnings.empty()) (void)std::fputs(render(loaded->warnings, color).c_str(), stderr);
  const auto kind =
      options.what == "request_rate" ? LoadKind::request_rate : LoadKind::charge_points;
  const auto present = load_of(loaded->scenario, kind);
  if (!present) {
    fmt::print(stderr, "chargemill: {}\n", present.error().text);
    return kExitInvalidScenario;
  }
  announce(loaded->scenario, kind);
  Steps steps{loaded->scenario, kind, options};
  const auto result = find_largest(limits_of(options, kind, *present),
                                   [&](double load) { return steps.try_load(load); });
  if (!steps.error().empty()) {
    fmt::print(stderr, "chargemill: {}\n", steps.error());
    return kExitEnvironment;
  }
  print_result(result, steps, loaded->scenario, kind, options);
  if (steps.signal() != 0) return 128 + steps.signal();
  return result.best ? 0 : kExitThreshold;
}

}  // namespace chargemill::app
