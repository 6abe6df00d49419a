#include "app/scenario/thresholds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "app/scenario/diagnostics.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

constexpr const char* kLatencies[] = {"request_decision", "session_start", "fault_detection",
                                      "tick_lateness", "node_transit"};
/// Times that stand in other sections.
constexpr const char* kOtherTimes[] = {"journal.commit_ms", "link.round_trip_ms"};
constexpr const char* kFigures[] = {"p50", "p90", "p99", "p999", "max", "count"};
/// The numbers of summary.json (contract, section 3) apart from times: those that only grow with a
/// run, and the others.
constexpr const char* kCounters[] = {"run.sim_s",
                                     "run.wall_s",
                                     "actors.failures",
                                     "requests.sent",
                                     "requests.accepted",
                                     "requests.denied",
                                     "requests.timed_out",
                                     "requests.lost",
                                     "sessions.started",
                                     "sessions.completed",
                                     "sessions.failed",
                                     "sessions.lost",
                                     "sessions.corrected",
                                     "energy.delivered_mj",
                                     "energy.sessions_mj",
                                     "energy.unreported_mj",
                                     "energy.unassigned_mj",
                                     "energy.delivered_kwh",
                                     "money.revenue_microeur",
                                     "money.revenue_eur",
                                     "faults.injected",
                                     "faults.raised",
                                     "faults.notified",
                                     "faults.recovered",
                                     "faults.restarts",
                                     "faults.given_up",
                                     "breaker.opened",
                                     "breaker.half_opened",
                                     "breaker.closed",
                                     "tickets.issued",
                                     "tickets.delivered",
                                     "tickets.dropped",
                                     "messages.delivered",
                                     "messages.shed",
                                     "messages.lost",
                                     "messages.events",
                                     "engines.telemetry_merged",
                                     "engines.payloads_invalid",
                                     "engines.commands_refused",
                                     "engines.commands_lost",
                                     "engines.phantom_starts",
                                     "engines.local_refusals",
                                     "engines.reports_dropped",
                                     "central.telemetry_unbilled",
                                     "central.messages_unknown",
                                     "central.messages_unheard",
                                     "central.orders_refused",
                                     "consoles.missed",
                                     "trips.offered",
                                     "trips.done",
                                     "trips.shed",
                                     "trips.bounded",
                                     "resources.cpu_s",
                                     "journal.records",
                                     "journal.durable_records",
                                     "journal.commits",
                                     "journal.bytes",
                                     "journal.merged",
                                     "journal.lost",
                                     "journal.denied_busy",
                                     "journal.failures",
                                     "link.lost",
                                     "link.sent",
                                     "link.taken",
                                     "link.declined",
                                     "link.unanswered",
                                     "link.unsent",
                                     "link.unclear"};
constexpr const char* kLevels[] = {"run.seed",
                                   "run.workers",
                                   "run.nodes",
                                   "run.speed",
                                   "run.speed_reached",
                                   "charge_points.total",
                                   "charge_points.activated",
                                   "charge_points.supplying",
                                   "charge_points.stopped",
                                   "charge_points.fault",
                                   "charge_points.disconnected",
                                   "actors.total",
                                   "requests.open",
                                   "requests.denied_ratio",
                                   "sessions.active",
                                   "sessions.carried_over",
                                   "messages.mailbox_depth",
                                   "messages.mailbox_depth_max",
                                   "messages.per_s",
                                   "resources.rss_bytes",
                                   "resources.bytes_per_charge_point",
                                   "resources.startup_s",
                                   "journal.segments",
                                   "link.charge_points_not_admitted",
                                   "link.drivers_not_admitted",
                                   "link.connections",
                                   "link.connected"};

tl::unexpected<ThresholdError> wrong(std::string text, std::string hint, std::string part) {
  return tl::unexpected<ThresholdError>(
      ThresholdError{std::move(text), std::move(hint), std::move(part)});
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::string pointer_to(const std::string& name) {
  const auto colon = name.find(':');
  std::string path = name;
  if (colon != std::string::npos) path[colon] = '.';
  if (colon != std::string::npos && name.find('.') == std::string::npos)
    path = "latency_ms." + path;
  std::replace(path.begin(), path.end(), '.', '/');
  return '/' + path;
}

std::optional<Comparison> comparison_of(std::string_view op) {
  if (op == "<") return Comparison::less;
  if (op == "<=") return Comparison::less_equal;
  if (op == ">") return Comparison::greater;
  if (op == ">=") return Comparison::greater_equal;
  if (op == "==") return Comparison::equal;
  return std::nullopt;
}

bool holds(double value, Comparison comparison, double limit) {
  switch (comparison) {
    case Comparison::less:
      return value < limit;
    case Comparison::less_equal:
      return value <= limit;
    case Comparison::greater:
      return value > limit;
    case Comparison::greater_equal:
      return value >= limit;
    case Comparison::equal:
      return value == limit;
  }
  return false;
}

std::optional<double> plain_number(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

/// The name that was meant, also where it was taken from the path in summary.json.
std::string name_hint(const std::string& name) {
  constexpr std::string_view kTimes = "latency_ms.";
  return did_you_mean(name.rfind(kTimes, 0) == 0 ? name.substr(kTimes.size()) : name,
                      threshold_names());
}

/// 20% as a ratio.
std::string share_hint(const std::string& limit) {
  const auto percent = limit.empty() || limit.back() != '%'
                           ? std::nullopt
                           : plain_number(limit.substr(0, limit.size() - 1));
  return percent ? fmt::format("as a ratio: {}", *percent / 100.0) : std::string{};
}

}  // namespace

const std::vector<std::string>& threshold_names() {
  static const std::vector<std::string> all_names = [] {
    std::vector<std::string> names;
    const auto add_times = [&](const char* times) {
      for (const char* figure : kFigures) names.push_back(fmt::format("{}:{}", times, figure));
    };
    for (const char* latency : kLatencies) add_times(latency);
    names.insert(names.end(), std::begin(kCounters), std::end(kCounters));
    names.insert(names.end(), std::begin(kLevels), std::end(kLevels));
    for (const char* times : kOtherTimes) add_times(times);
    return names;
  }();
  return all_names;
}

tl::expected<Threshold, ThresholdError> parse_threshold(std::string_view expr) {
  Threshold result;
  result.expr = std::string{expr};
  const auto op = expr.find_first_of("<>=!");
  if (op == std::string_view::npos)
    return wrong(fmt::format("threshold '{}' compares nothing", expr),
                 "like request_decision:p99 < 50ms", {});
  auto end = expr.find_first_not_of("<>=!", op);
  if (end == std::string_view::npos) end = expr.size();
  const auto comparison = comparison_of(expr.substr(op, end - op));
  if (!comparison)
    return wrong(fmt::format("unknown comparison '{}'", expr.substr(op, end - op)),
                 "one of < <= > >= ==", std::string{expr.substr(op, end - op)});
  result.comparison = *comparison;
  result.name = std::string{trimmed(expr.substr(0, op))};
  const auto& names = threshold_names();
  if (std::find(names.begin(), names.end(), result.name) == names.end())
    return wrong(fmt::format("unknown threshold '{}'", result.name), name_hint(result.name),
                 result.name);
  result.pointer = pointer_to(result.name);
  const std::string limit{trimmed(expr.substr(end))};
  const auto number = plain_number(limit);
  const bool time = result.name.find(':') != std::string::npos &&
                    result.name.substr(result.name.find(':')) != ":count";
  if (limit.empty())
    return wrong(fmt::format("threshold '{}' has no limit", trimmed(expr)),
                 fmt::format("like {} {}", trimmed(expr), time ? "50ms" : "100"), {});
  if (!time) {
    if (!number) return wrong(fmt::format("'{}' is no number", limit), share_hint(limit), limit);
    result.limit = *number;
    return result;
  }
  const auto duration = parse_duration(limit);
  if (!duration)
    return wrong(fmt::format("'{}' is no duration", limit), number ? "a unit is missing: 50ms" : "",
                 limit);
  result.limit = static_cast<double>(duration->count()) * 1e-6;
  return result;
}

bool asks_for_a_least_count(const Threshold& threshold) {
  const bool is_counter = std::find(std::begin(kCounters), std::end(kCounters), threshold.name) !=
                              std::end(kCounters) ||
                          threshold.name.find(":count") != std::string::npos;
  const bool asks_for_more = threshold.comparison == Comparison::greater ||
                             threshold.comparison == Comparison::greater_equal ||
                             (threshold.comparison == Comparison::equal && threshold.limit > 0.0);
  return is_counter && asks_for_more;
}

bool can_hold(const Threshold& threshold) {
  const auto ends_with = [&](std::string_view end) {
    const auto& name = threshold.name;
    return name.size() >= end.size() && name.substr(name.size() - end.size()) == end;
  };
  const double most = ends_with("_ratio") ? 1.0 : std::numeric_limits<double>::infinity();
  switch (threshold.comparison) {
    case Comparison::less:
      return threshold.limit > 0.0;
    case Comparison::less_equal:
      return threshold.limit >= 0.0;
    case Comparison::greater:
      return threshold.limit < most;
    case Comparison::greater_equal:
      return threshold.limit <= most;
    case Comparison::equal:
      return threshold.limit >= 0.0 && threshold.limit <= most;
  }
  return true;
}

ThresholdResult evaluate(const Threshold& threshold, const nlohmann::json& summary) {
  ThresholdResult result{threshold.expr};
  const nlohmann::json::json_pointer pointer{threshold.pointer};
  // The percentiles of nothing are no measurement: a run without any must not pass by them.
  const auto count = pointer.parent_pointer() / "count";
  const bool measured = threshold.name.find(':') == std::string::npos ||
                        threshold.name.find(":count") != std::string::npos ||
                        !summary.contains(count) || summary.at(count) != 0;
  // In virtual time no timer is late: such a threshold says nothing about the run.
  const nlohmann::json::json_pointer clock{"/latency_ms/clock"};
  const bool never_late = threshold.name.rfind("tick_lateness", 0) == 0 &&
                          summary.contains(clock) && summary.at(clock) == "model";
  if (never_late) {
    result.known = false;
    result.ok = true;
    return result;
  }
  result.known = measured && summary.contains(pointer) && summary.at(pointer).is_number();
  if (!result.known) return result;
  result.value = summary.at(pointer).get<double>();
  result.ok = holds(result.value, threshold.comparison, threshold.limit);
  return result;
}

std::vector<ThresholdResult> evaluate(const std::vector<std::string>& exprs,
                                      const nlohmann::json& summary) {
  std::vector<ThresholdResult> results;
  for (const auto& expr : exprs) {
    const auto parsed = parse_threshold(expr);
    ThresholdResult unknown{expr};
    unknown.known = false;
    results.push_back(parsed ? evaluate(*parsed, summary) : unknown);
  }
  return results;
}

nlohmann::json to_json(const std::vector<ThresholdResult>& results) {
  auto array = nlohmann::json::array();
  for (const auto& result : results) {
    array.push_back({{"expr", result.expr},
                     {"value", result.known ? nlohmann::json(result.value) : nlohmann::json()},
                     {"ok", result.ok}});
  }
  return array;
}

}  // namespace chargemill::app
