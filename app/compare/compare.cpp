#include "app/compare/compare.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <string_view>

#include "app/compare/rank_sum.hpp"

namespace chargemill::app {
namespace {

using nlohmann::json;

struct Figure {
  const char* name;
  const char* pointer;
  const char* unit;
  bool less_is_better;
};
constexpr Figure kFigures[] = {
    {"request_decision:p50", "/latency_ms/request_decision/p50", "ms", true},
    {"request_decision:p99", "/latency_ms/request_decision/p99", "ms", true},
    {"request_decision:p99.9", "/latency_ms/request_decision/p999", "ms", true},
    {"session_start:p99", "/latency_ms/session_start/p99", "ms", true},
    {"fault_detection:p99", "/latency_ms/fault_detection/p99", "ms", true},
    {"tick_lateness:p99", "/latency_ms/tick_lateness/p99", "ms", true},
    {"tick_lateness:p99.9", "/latency_ms/tick_lateness/p999", "ms", true},
    {"messages.per_s", "/messages/per_s", "1/s", false},
    {"run.wall_s", "/run/wall_s", "s", true},
    {"resources.cpu_s", "/resources/cpu_s", "s", true},
    {"resources.startup_s", "/resources/startup_s", "s", true},
    {"resources.rss_bytes", "/resources/rss_bytes", "bytes", true},
    {"requests.denied_ratio", "/requests/denied_ratio", "", true},
    {"requests.timed_out", "/requests/timed_out", "", true},
    {"sessions.failed", "/sessions/failed", "", true}};

/// A latency of nothing is no figure.
bool is_measured(const json& summary, const json::json_pointer& pointer) {
  if (!summary.contains(pointer) || !summary.at(pointer).is_number()) return false;
  const auto count = pointer.parent_pointer() / "count";
  return !summary.contains(count) || summary.at(count) != 0;
}

std::vector<double> values_of(const std::vector<json>& summaries, const Figure& figure) {
  const json::json_pointer pointer{figure.pointer};
  std::vector<double> values;
  for (const auto& summary : summaries) {
    if (is_measured(summary, pointer)) values.push_back(summary.at(pointer).get<double>());
  }
  return values;
}

/// The different values of a fact among all runs of a side, as one text.
std::string facts_of(const std::vector<json>& summaries, const char* key) {
  std::set<std::string> seen;
  for (const auto& summary : summaries) {
    const json::json_pointer pointer{std::string{"/run/"} + key};
    if (summary.contains(pointer)) seen.insert(summary.at(pointer).dump());
  }
  return fmt::format("{}", fmt::join(seen, ", "));
}

double sim_s(const json& summary) { return summary.at("run").at("sim_s").get<double>(); }

/// A line a side, however many of its runs were stopped or cannot be trusted.
void warn_of_side(Comparison& result, const std::vector<json>& runs, const char* side) {
  std::size_t partial = 0;
  std::size_t invalid = 0;
  std::string reason;  // of the first one
  for (const auto& summary : runs) {
    const auto& run = summary.at("run");
    if (run.at("partial").get<bool>()) ++partial;
    if (run.at("invalid").get<bool>() && invalid++ == 0) reason = run.value("invalid_reason", "");
  }
  if (partial > 0)
    result.warnings.push_back(
        fmt::format("{} of {} {} runs stopped before the end", partial, runs.size(), side));
  if (invalid > 0)
    result.warnings.push_back(
        fmt::format("{} of {} {} runs invalid: {}", invalid, runs.size(), side, reason));
}

void warn(Comparison& result, const std::vector<json>& base, const std::vector<json>& fresh) {
  for (const char* key : {"scenario", "version", "speed", "workers", "sim_s", "seed"}) {
    const auto a = facts_of(base, key);
    const auto b = facts_of(fresh, key);
    // Repeated runs end within milliseconds of each other; that is no other scenario.
    if (std::string{key} == "sim_s" && std::abs(sim_s(base.front()) - sim_s(fresh.front())) < 1.0)
      continue;
    if (a != b) result.warnings.push_back(fmt::format("{} differs: {} and {}", key, a, b));
  }
  warn_of_side(result, base, "base");
  warn_of_side(result, fresh, "new");
}

/// Of the latencies: wall, model, or both.
std::string clocks_of(const std::vector<json>& summaries) {
  std::set<std::string> seen;
  for (const auto& summary : summaries)
    seen.insert(summary.value("/latency_ms/clock"_json_pointer, "unknown"));
  return fmt::format("{}", fmt::join(seen, " and "));
}

}  // namespace

Comparison compare(const std::vector<json>& base, const std::vector<json>& fresh) {
  Comparison result;
  result.base_runs = base.size();
  result.new_runs = fresh.size();
  warn(result, base, fresh);
  // A millisecond of model time is none of a clock on the wall.
  const auto base_clocks = clocks_of(base);
  const auto new_clocks = clocks_of(fresh);
  const bool is_one_clock =
      base_clocks == new_clocks && base_clocks.find(" and ") == std::string::npos;
  if (!is_one_clock)
    result.warnings.push_back(fmt::format(
        "latencies are left out: they are in {} time and in {} time", base_clocks, new_clocks));
  for (const Figure& figure : kFigures) {
    if (!is_one_clock && std::string_view{figure.pointer}.rfind("/latency_ms/", 0) == 0) continue;
    const auto a = values_of(base, figure);
    const auto b = values_of(fresh, figure);
    if (a.empty() || b.empty()) continue;
    FigureComparison c;
    c.name = figure.name;
    c.unit = figure.unit;
    c.less_is_better = figure.less_is_better;
    c.base = median(a);
    c.fresh = median(b);
    c.p = rank_sum(a, b).p;
    if (a.size() < kRunsToTell || b.size() < kRunsToTell) {
      c.verdict = Difference::too_few_runs;
    } else if (c.p >= kSignificance || c.base == c.fresh) {
      c.verdict = Difference::no_difference;
    } else {
      c.verdict = (c.fresh < c.base) == c.less_is_better ? Difference::better : Difference::worse;
    }
    result.figures.push_back(c);
  }
  return result;
}

std::string verdict_text(const FigureComparison& figure) {
  switch (figure.verdict) {
    case Difference::too_few_runs:
      return "too few runs to tell";
    case Difference::no_difference:
      return "no difference";
    case Difference::better:
    case Difference::worse:
      break;
  }
  const bool is_speed = figure.unit == "ms" || figure.unit == "s" || figure.unit == "1/s";
  if (is_speed) return figure.verdict == Difference::better ? "faster" : "slower";
  return figure.fresh < figure.base ? "less" : "more";
}

std::string comparison_text(const Comparison& c) {
  std::string text;
  for (const auto& warning : c.warnings) text += "WARNING   " + warning + "\n";
  text += fmt::format("{:<24}{:>16}{:>16}{:>9}{:>8}  {}\n", "median",
                      fmt::format("base ({})", c.base_runs), fmt::format("new ({})", c.new_runs),
                      "new/base", "p", "verdict");
  for (const auto& f : c.figures) {
    text += fmt::format("{:<24}{:>16.6g}{:>16.6g}{:>9}{:>8.4f}  {}\n",
                        f.name + (f.unit.empty() ? "" : " " + f.unit), f.base, f.fresh,
                        f.base == 0.0 ? "-" : fmt::format("{:.3f}", f.fresh / f.base), f.p,
                        verdict_text(f));
  }
  if (c.base_runs < kRunsToTell || c.new_runs < kRunsToTell)
    text += fmt::format("At least {} runs a side can show a difference: run --repeat {}.\n",
                        kRunsToTell, kRunsToTell);
  return text;
}

nlohmann::ordered_json comparison_json(const Comparison& c) {
  nlohmann::ordered_json result = {{"base_runs", c.base_runs},
                                   {"new_runs", c.new_runs},
                                   {"significance", kSignificance},
                                   {"warnings", c.warnings},
                                   {"figures", nlohmann::ordered_json::array()}};
  for (const auto& f : c.figures) {
    result["figures"].push_back(
        {{"name", f.name},
         {"unit", f.unit},
         {"base", f.base},
         {"new", f.fresh},
         {"ratio",
          f.base == 0.0 ? nlohmann::ordered_json() : nlohmann::ordered_json(f.fresh / f.base)},
         {"p", f.p},
         {"verdict", verdict_text(f)}});
  }
  return result;
}

}  // namespace chargemill::app
