#include "app/commands/find_max_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "app/cli/values.hpp"
#include "app/commands/exit_code.hpp"
#include "app/commands/run_command.hpp"
#include "app/find_max/scaled.hpp"
#include "app/find_max/search.hpp"
#include "app/find_max/step.hpp"
#include "app/output/json_text.hpp"
#include "app/output/run_directory.hpp"
#include "app/output/series_row.hpp"
#include "app/output/terminal.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/plan_text.hpp"
#include "app/scenario/resolved_toml.hpp"
#include "app/scenario/thresholds.hpp"
#include "app/scenario/value.hpp"
#include "app/simulation/memory_limit.hpp"
#include "app/simulation/simulation.hpp"
#include "app/summary/summary.hpp"

namespace chargemill::app {
namespace {

constexpr Nanos kStep = std::chrono::seconds{10};  // after the warm-up
constexpr double kMostPoints = 1e7;
constexpr double kMostRate = 1e6;
constexpr double kLoadMax = 1e9;  // whatever is asked for
/// The warm start is over by then (actors/fleet): its requests are no rate.
constexpr Nanos kWarmStart = std::chrono::seconds{3};

Nanos unmeasured(const network::Scenario& scenario) {
  const bool is_warm = scenario.drivers.initial_supplying > 0.0;
  return std::max(scenario.run.warmup, is_warm ? kWarmStart : Nanos{0});
}

/// What came between two looks.
Measured measured_between(const network::Snapshot& from, const network::Snapshot& to) {
  const auto since = [](std::uint64_t before, std::uint64_t after) {
    return static_cast<double>(after - before);
  };
  return {std::chrono::duration<double>(to.sim - from.sim).count(),
          since(from.totals.requests_sent, to.totals.requests_sent),
          since(from.totals.offered, to.totals.offered), since(from.totals.shed, to.totals.shed)};
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

  Trial attempt(double load) {
    if (stop_.signal() != 0) return Trial::stop;
    const auto scenario = scaled(scenario_, kind_, load);
    const auto enough = check_memory(make_plan(scenario).memory_bytes, memory_);
    if (!enough) {
      // Not tried: a run that swaps, or is killed, would say no more.
      show(load, "fails   does not fit: " + enough.error().text);
      return Trial::fails;
    }
    network::Snapshot from;
    // In virtual time only what is the same in every run decides.
    const auto kind = scenario.run.speed.max ? LookKind::row : LookKind::live;
    const auto outcome = simulate(scenario, stop_, [&](const network::Snapshot& look, LookKind of) {
      if (of != kind) return;
      if (from.sim == SimTime{} && look.sim >= SimTime{unmeasured(scenario)}) from = look;
    });
    if (outcome.signal != 0) return Trial::stop;
    auto summary = make_summary(scenario, outcome, judge(scenario, outcome));
    summary["thresholds"] = to_json(evaluate(scenario.thresholds, summary));
    const auto measured = measured_between(from, outcome.last);
    const auto failure = failure_of(summary, measured, kind_);
    ++count_;
    show(load, step_text(failure, measured, summary));
    if (options_.out && !keep_step(scenario, outcome, summary, !failure)) return Trial::stop;
    if (!failure) {
      measured_ = measured;
      patience_.reset();
      return Trial::passes;
    }
    if (!patience_.is_lost_with(*failure)) return Trial::fails;
    fmt::print(stderr, "less does not help: {} at every size\n", failure->why);
    return Trial::hopeless;
  }

  /// Of the largest load that passed: the last one that did.
  [[nodiscard]] const Measured& measured() const noexcept { return measured_; }
  [[nodiscard]] int signal() const noexcept { return stop_.signal(); }
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  /// The scenario of the largest load that passed: the last one that did. Empty without --out.
  [[nodiscard]] const std::string& best_file() const noexcept { return best_file_; }

 private:
  [[nodiscard]] std::filesystem::path directory() const {
    return *options_.out / fmt::format("s{}", count_);
  }

  void show(double load, const std::string& text) const {
    fmt::print(stderr, "{:>12} {}  {}\n", load_text(load, kind_),
               kind_ == LoadKind::charge_points ? "charge points" : "requests/s", text);
  }

  [[nodiscard]] static std::string step_text(const std::optional<StepFailure>& failure,
                                             const Measured& measured,
                                             const nlohmann::ordered_json& summary) {
    const double wall = std::max(1e-9, summary["run"]["wall_s"].get<double>());
    return fmt::format(
        "{}  {:.4g} requests/s  lateness p99 {:.2f} ms  cpu {:.2f} cores  rss {:.2f} GiB{}",
        failure ? "fails " : "passes", measured.rate(),
        summary["latency_ms"]["tick_lateness"]["p99"].get<double>(),
        summary["resources"]["cpu_s"].get<double>() / wall,
        summary["resources"]["rss_bytes"].get<double>() / 0x1p30,
        failure ? "  " + failure->why : "");
  }

  /// False: it could not.
  bool keep_step(const network::Scenario& scenario, const RunOutcome& outcome,
                 const nlohmann::ordered_json& summary, bool passed) {
    const auto kept = keep(scenario, outcome, summary);
    if (!kept) error_ = kept.error().text;
    if (kept && passed) best_file_ = (directory() / "scenario.resolved.toml").string();
    return kept.has_value();
  }

  [[nodiscard]] Result<void> keep(const network::Scenario& scenario, const RunOutcome& outcome,
                                  const nlohmann::ordered_json& summary) const {
    auto made = RunDirectory::create(directory());
    if (!made) return tl::unexpected<Error>(made.error());
    made->append(SeriesRows{}.next(outcome.last));
    for (const auto& [name, content] :
         {std::pair<std::string, std::string>{"scenario.resolved.toml", resolved_toml(scenario)},
          {"summary.txt", summary_text(summary)},
          {"summary.json", json_text(summary, 2) + "\n"}}) {
      auto written = made->write(name, content);
      if (!written) return written;
    }
    return {};
  }

  const StopRequest stop_;
  const network::Scenario& scenario_;
  const LoadKind kind_;
  const FindMaxOptions& options_;
  const std::int64_t memory_ = available_memory();  // before the first step took any
  unsigned count_ = 0;
  Measured measured_;
  Patience patience_;
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

/// So many requests a second that a step has trips enough, three times over, to be judged.
double least_rate(const network::Scenario& scenario) {
  constexpr double kMargin = 3.0;
  const Nanos step = scenario.run.duration - unmeasured(scenario);
  return kMargin * kTripsToJudge / std::max(1e-3, std::chrono::duration<double>(step).count());
}

SearchLimits limits_of(const FindMaxOptions& options, LoadKind kind,
                       const network::Scenario& scenario, double present) {
  const bool points = kind == LoadKind::charge_points;
  SearchLimits limits;
  limits.from = options.from.value_or(present);
  limits.most = options.most.value_or(points ? kMostPoints : kMostRate);
  limits.least = points ? 1.0 : std::min(least_rate(scenario), limits.most);
  limits.whole = points;
  limits.precision = options.precision;
  return limits;
}

void announce(const network::Scenario& scenario, LoadKind kind, const SearchLimits& limits,
              const std::vector<std::string>& left_out) {
  fmt::print(stderr, "{}: scales {}; a step is {} of model time; {}\n", scenario.run.name,
             scaled_keys(scenario, kind), duration_text(scenario.run.duration),
             scenario.thresholds.empty()
                 ? "no thresholds: only conservation and lateness decide"
                 : fmt::format("thresholds: {}", scenario.thresholds.size()));
  if (!left_out.empty())
    fmt::print(stderr, "left out, for a step is shorter than the scenario's run: {}\n",
               fmt::join(left_out, ", "));
  if (kind == LoadKind::request_rate && !later_load(scenario).empty())
    fmt::print(stderr, "not the whole load: {}\n", later_load(scenario));
  if (kind == LoadKind::request_rate)
    fmt::print(stderr,
               "not below {} requests/s: a step would have too few to judge (a longer "
               "--duration has more)\n",
               load_text(limits.least, kind));
}

/// A step has neither journal nor doors.
Changes without_journal_and_doors(const FindMaxOptions& options) {
  Changes off{
      {"journal.dir", "--no-journal"}, {"http.listen", "--http off"}, {"tcp.listen", "--tcp off"}};
  off.erase(std::remove_if(off.begin(), off.end(),
                           [&](const auto& change) {
                             const auto& given = options.run.overrides;
                             return std::any_of(given.begin(), given.end(), [&](const auto& o) {
                               return o.key == change.first;
                             });
                           }),
            off.end());
  return off;
}

void print_again(const Steps& steps, const network::Scenario& scenario, LoadKind kind, double best,
                 const FindMaxOptions& options) {
  if (!steps.best_file().empty()) {
    fmt::print("again: chargemill run {} --no-journal --http off --tcp off\n",
               shell_word(steps.best_file()));
    return;
  }
  const auto changes = changed_keys(scaled(scenario, kind, best), kind);
  const auto again = run_again_text(options, duration_text(scenario.run.duration), changes);
  if (kind == LoadKind::charge_points) {
    fmt::print("again: {}\n", again);
  } else if (const auto stage = added_stage(scenario, kind, best); !stage.empty()) {
    fmt::print("again: {}\nwith this in the scenario:\n{}", again, stage);
  } else {
    fmt::print(
        "again: no option of run scales stages; with --out DIR each step's scenario stays\n");
  }
}

void print_result(const SearchResult& result, const Steps& steps, const network::Scenario& scenario,
                  LoadKind kind, const FindMaxOptions& options) {
  if (!result.best) {
    fmt::print("no load passes{}\n", result.interrupted ? " so far: interrupted" : "");
    return;
  }
  const bool points = kind == LoadKind::charge_points;
  fmt::print("{} {}{}{}{}\n", points ? "charge points" : "requests/s",
             load_text(*result.best, kind),
             points ? "" : fmt::format(" (measured: {:.4g})", steps.measured().rate()),
             result.failed ? fmt::format(", {} fails", load_text(*result.failed, kind))
                           : std::string{", and no larger load was tried"},
             result.interrupted ? " (interrupted)" : "");
  print_again(steps, scenario, kind, *result.best, options);
}

bool is_duration(const Override& given) { return given.key == "run.duration"; }

/// The scenario for the steps: as long as somebody said, else its warm-up and ten seconds. `whole`
/// is how long it is by itself.
tl::expected<Loaded, std::vector<Diagnostic>> load_step(const FindMaxOptions& options,
                                                        Nanos& whole) {
  const auto input = load_input(options.run);
  auto own = input;
  own.env.erase(environment_name("run.duration"));
  own.overrides.erase(std::remove_if(own.overrides.begin(), own.overrides.end(), is_duration),
                      own.overrides.end());
  auto loaded = load_scenario(own);
  if (!loaded) return loaded;
  if (loaded->elsewhere.is_on())
    return tl::unexpected<std::vector<Diagnostic>>(
        {{Code::contradiction,
          "find-max loads the central of its own process",
          {},
          "run --central"}});
  whole = loaded->scenario.run.duration;
  if (own.env.size() != input.env.size() || own.overrides.size() != input.overrides.size())
    return load_scenario(input);
  loaded->scenario.run.duration = loaded->scenario.run.warmup + kStep;
  return loaded;
}

}  // namespace

void add_find_max_options(CLI::App& app, FindMaxOptions& options) {
  app.add_option("SCENARIO", options.run.scenario, "the scenario whose load is to grow")
      ->required();
  app.add_option("--what", options.what, "what is to grow")
      ->check(one_of({"charge_points", "request_rate"}))
      ->capture_default_str();
  app.add_option("--from", options.from, "the first load to try [the scenario's own]")
      ->check(above_zero(kLoadMax));
  app.add_option("--max", options.most, "try no larger load")->check(above_zero(kLoadMax));
  app.add_option("--precision", options.precision, "of the result, as a share of it")
      ->check(number_in(0.001, 1.0))
      ->capture_default_str();
  app.add_option("--out", options.out, "a run directory a step: DIR/s1, DIR/s2, ...")
      ->type_name("DIR");
  add_key_options(app, options.run);
}

std::string run_again_text(const FindMaxOptions& options, const std::string& duration,
                           const Changes& changes) {
  std::string text = "chargemill run";
  if (options.run.scenario) text += " " + shell_word(options.run.scenario->string());
  const auto is_changed = [&](const std::string& key) {
    return std::any_of(changes.begin(), changes.end(),
                       [&](const auto& change) { return change.first == key; });
  };
  const auto& overrides = options.run.overrides;
  for (const auto& given : overrides) {
    if (is_changed(given.key)) continue;  // run takes a flag once
    text += given.flag.rfind("--set ", 0) == 0
                ? fmt::format(" --set {}", shell_word(given.key + "=" + given.value))
                : fmt::format(" {} {}", given.flag, shell_word(given.value));
  }
  if (std::none_of(overrides.begin(), overrides.end(), is_duration))
    text += " --duration " + duration;
  for (const auto& [key, value] : changes)
    text += fmt::format(" --set {}", shell_word(fmt::format("{}={}", key, value)));
  for (const auto& [key, flag] : without_journal_and_doors(options)) text += " " + flag;
  return text;
}

int find_max_command(const FindMaxOptions& options) {
  Nanos whole{};
  auto loaded = load_step(options, whole);
  const bool color = use_color(stderr, options.run.color);
  if (!loaded) {
    (void)std::fputs(render(loaded.error(), color).c_str(), stderr);
    return refusal_code(loaded.error());
  }
  if (!loaded->warnings.empty()) (void)std::fputs(render(loaded->warnings, color).c_str(), stderr);
  auto& scenario = loaded->scenario;
  const auto kind =
      options.what == "request_rate" ? LoadKind::request_rate : LoadKind::charge_points;
  const auto present = load_of(scenario, kind);
  if (!present) {
    fmt::print(stderr, "chargemill: {}\n", present.error().text);
    return kExitInvalidScenario;
  }
  std::vector<std::string> left_out;
  if (scenario.run.duration < whole) left_out = leave_out_least_counts(scenario.thresholds);
  const auto limits = limits_of(options, kind, scenario, *present);
  announce(scenario, kind, limits, left_out);
  Steps steps{scenario, kind, options};
  const auto result = find_largest(limits, [&](double load) { return steps.attempt(load); });
  if (!steps.error().empty()) {
    fmt::print(stderr, "chargemill: {}\n", steps.error());
    return kExitEnvironment;
  }
  print_result(result, steps, scenario, kind, options);
  if (steps.signal() != 0) return 128 + steps.signal();
  return result.best ? 0 : kExitThreshold;
}

}  // namespace chargemill::app
