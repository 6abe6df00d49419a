#include "app/commands/find_max_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "app/find_max/scaled.hpp"
#include "app/find_max/search.hpp"
#include "app/scenario/load.hpp"
#include "app/scenario/thresholds.hpp"
#include "app/scenario/value.hpp"
#include "app/simulation/simulation.hpp"
#include "app/summary/summary.hpp"

namespace chargemill::app {
namespace {

constexpr int kExitInvalidScenario = 3;
constexpr int kExitThreshold = 99;
constexpr const char* kStep = "10s";
constexpr double kMostPoints = 1e7;
constexpr double kMostRate = 1e6;

/// Why a run does not count, in words; empty: it passes.
std::string failure_of(const nlohmann::json& summary) {
  const auto& run = summary.at("run");
  if (!summary.at("conservation").at("ok").get<bool>()) return "conservation is broken";
  if (run.at("invalid").get<bool>()) return run.at("invalid_reason").get<std::string>();
  for (const auto& t : summary.at("thresholds")) {
    if (!t.at("ok").get<bool>())
      return fmt::format("{} is {}", t.at("expr").get<std::string>(),
                         t.at("value").is_null() ? "not measured" : t.at("value").dump());
  }
  return {};
}

/// One load, tried.
std::optional<bool> try_load(const network::Scenario& scenario, double load, const char* unit,
                             const StopRequest& stop) {
  if (stop.signal() != 0) return std::nullopt;
  const auto outcome = simulate(scenario, stop, [](const network::Snapshot&) {});
  if (outcome.signal != 0) return std::nullopt;
  auto summary = make_summary(scenario, outcome, judge(scenario, outcome));
  summary["thresholds"] = to_json(evaluate(scenario.thresholds, summary));
  const auto why = failure_of(summary);
  const double wall = std::max(1e-9, summary["run"]["wall_s"].get<double>());
  fmt::print(
      stderr, "{:>14.6g} {}  {}  lateness p99 {:.2f} ms  cpu {:.2f} cores  rss {:.2f} GiB{}\n",
      load, unit, why.empty() ? "passes" : "fails ",
      summary["latency_ms"]["tick_lateness"]["p99"].get<double>(),
      summary["resources"]["cpu_s"].get<double>() / wall,
      summary["resources"]["rss_bytes"].get<double>() / 0x1p30, why.empty() ? "" : "  " + why);
  return why.empty();
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
  add_key_options(app, options.run);
}

int find_max_command(const FindMaxOptions& options) {
  auto input = load_input(options.run);
  // A step of its own length, unless somebody says how long.
  input.overrides.insert(input.overrides.begin(), {"run.duration", kStep, "--duration"});
  auto loaded = load_scenario(input);
  if (!loaded) {
    (void)std::fputs(render(loaded.error(), options.run.color == "always").c_str(), stderr);
    return kExitInvalidScenario;
  }
  const auto kind =
      options.what == "request_rate" ? LoadKind::request_rate : LoadKind::charge_points;
  const bool points = kind == LoadKind::charge_points;
  const char* const unit = points ? "charge points" : "requests/s";
  const auto present = load_of(loaded->scenario, kind);
  if (!present) {
    fmt::print(stderr, "chargemill: {}\n", present.error().text);
    return kExitInvalidScenario;
  }
  SearchLimits limits;
  limits.from = options.from.value_or(*present);
  limits.most = options.most.value_or(points ? kMostPoints : kMostRate);
  limits.least = points ? 1.0 : 1e-3;
  limits.precision = options.precision;

  const StopRequest stop;
  const auto result = find_largest(limits, [&](double load) {
    return try_load(scaled(loaded->scenario, kind, load), load, unit, stop);
  });
  if (!result.best) {
    fmt::print("no load passes{}\n", result.interrupted ? " so far: interrupted" : "");
    return stop.signal() != 0 ? 128 + stop.signal() : kExitThreshold;
  }
  fmt::print("{} {:.6g}{}{}\n", unit, *result.best,
             result.failed ? fmt::format(", {:.6g} fails", *result.failed)
                           : std::string{", and no larger load was tried"},
             result.interrupted ? " (interrupted)" : "");
  fmt::print("again: chargemill run {} --duration {} {}\n",
             options.run.scenario ? options.run.scenario->string() : "",
             duration_text(loaded->scenario.run.duration),
             override_text(scaled(loaded->scenario, kind, *result.best), kind));
  return stop.signal() != 0 ? 128 + stop.signal() : 0;
}

}  // namespace chargemill::app
