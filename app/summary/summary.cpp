#include "app/summary/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/version.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

constexpr double kLateModelSeconds = 60.0;  // so late, people would not call it the same minute
constexpr double kSaturated = 0.95;  // the share of its time that a worker has no rest beyond

double ms(Nanos duration) { return static_cast<double>(duration.count()) / 1e6; }
double seconds(Nanos duration) { return static_cast<double>(duration.count()) / 1e9; }

ordered_json latency(const runtime::LatencyHistogram& h) {
  return {
      {"count", h.count()},          {"p50", ms(h.quantile(0.5))},    {"p90", ms(h.quantile(0.9))},
      {"p99", ms(h.quantile(0.99))}, {"p999", ms(h.quantile(0.999))}, {"max", ms(h.max())}};
}

ordered_json charge_points(const network::Totals& t) {
  const auto shown = [&](DisplayState s) { return t.display[static_cast<std::size_t>(s)]; };
  std::uint64_t total = 0;
  for (const auto count : t.display) total += count;
  return {{"total", total},
          {"activated", shown(DisplayState::activated)},
          {"supplying", shown(DisplayState::supplying)},
          {"stopped", shown(DisplayState::stopped)},
          {"fault", shown(DisplayState::broken)},
          {"disconnected", shown(DisplayState::disconnected)}};
}

ordered_json sessions(const RunOutcome& outcome) {
  const auto& t = outcome.last.totals;
  return {{"started", t.sessions_started},
          {"completed", t.sessions_completed},
          {"failed", t.sessions_failed},
          {"active", t.sessions_active},
          {"lost", t.sessions_lost},
          {"corrected", t.sessions_corrected},
          {"carried_over", outcome.sessions_carried}};
}

ordered_json run_facts(const network::Scenario& scenario, const RunOutcome& outcome,
                       const Verdict& verdict) {
  return {{"scenario", scenario.run.name},
          {"seed", scenario.run.seed},
          {"workers", outcome.cost.workers},
          {"nodes", outcome.cost.nodes},
          {"speed",
           scenario.run.speed.max ? ordered_json("max") : ordered_json(scenario.run.speed.factor)},
          {"speed_reached", outcome.speed_reached},
          {"sim_s", seconds(outcome.last.sim - SimTime{})},
          {"wall_s", seconds(outcome.last.wall)},
          {"stop_reason", outcome.stop_reason},
          {"partial", outcome.signal != 0 || !outcome.quiet || !outcome.failure.empty()},
          {"invalid", verdict.invalid},
          {"invalid_reason", verdict.invalid_reason},
          {"digest", outcome.digest ? ordered_json(outcome.digest->hex()) : ordered_json()},
          {"version", kVersion},
          {"commit", kCommit}};
}

/// Empty: all were let in.
std::string kept_out_text(const LinkFigures::Kept& kept, const char* who) {
  if (kept.out == 0) return {};
  return fmt::format(
      "{} of {} {} were never admitted by central ({})", kept.out, kept.of, who,
      kept.reason.empty() ? "it answered nothing that they said" : "most heard: " + kept.reason);
}

/// In the words of a central elsewhere.
void add_link_warnings(const LinkFigures& link, ordered_json& to) {
  for (const auto& text : {kept_out_text(link.points, "charge points"),
                           kept_out_text(link.drivers, "drivers that asked for something")})
    if (!text.empty()) to.push_back(text);
  if (link.declined > 0)
    to.push_back(fmt::format("{} messages were declined by central (the last trouble: {})",
                             link.declined, link.last_trouble));
  if (link.lost > 0)
    to.push_back(fmt::format("{} connections to central were lost, {} messages with them ({})",
                             link.lost, link.unanswered, link.last_trouble));
}

/// Whoever had joined an earlier run has nobody else to ask where it is.
void add_rejoining_warnings(const network::TakenBack& back, ordered_json& to) {
  const auto add = [&to](const network::TakenBack::Group& group, const char* what) {
    if (group.count == 0) return;
    to.push_back(fmt::format("{} who had joined an earlier run {}: the first was '{}' ({})",
                             group.count, what, group.first, group.why));
  };
  add(back.renamed, "could not keep their names, and go on under generated ones");
  add(back.left, "have no place in this one");
}

/// What does not make a run invalid, but what its reader should know.
ordered_json warnings(const network::Scenario& scenario, const RunOutcome& outcome) {
  auto result = ordered_json::array();
  const auto& t = outcome.last.totals;
  if (outcome.has_left && !outcome.leader_now.empty())
    result.push_back(
        fmt::format("this node has handed the run over: node {} leads now, and counts "
                    "it to its end; figures here are those of that moment, not exact",
                    outcome.leader_now));
  if (t.shed > 0)
    result.push_back(fmt::format(
        "{} of {} trips were shed: no driver of their shard was idle (try --drivers above {}, or "
        "fewer central.shards)",
        t.shed, t.offered, scenario.drivers.count));
  if (t.given_up > 0)
    result.push_back(fmt::format(
        "{} actors were given up: they failed more often than a supervisor restarts them",
        t.given_up));
  if (!outcome.was_ready)
    result.push_back("time began before all actors were in their places: the first were late");
  if (const auto& failures = outcome.survived_failures; failures.count > 0)
    result.push_back(
        fmt::format("{} handlers failed, and nobody asked for it: a defect of chargemill. Their "
                    "actors were restarted. The first, {}",
                    failures.count, failures.first));
  if (t.tickets_dropped > 0)
    result.push_back(fmt::format(
        "{} tickets were dropped: their drivers never confirmed them, and too many were "
        "kept",
        t.tickets_dropped));
  if (t.sessions_lost + t.requests_lost > 0)
    result.push_back(
        fmt::format("{} sessions and {} requests were open on nodes that were lost, and nobody "
                    "knows what became of them",
                    t.sessions_lost, t.requests_lost));
  if (t.orders_refused > 0)
    result.push_back(fmt::format(
        "{} orders were refused: they came from a central that another one had followed",
        t.orders_refused));
  if (t.messages_unknown > 0 && !outcome.link)
    result.push_back(
        fmt::format("{} messages were about charge points that central does not know: dropped",
                    t.messages_unknown));
  if (outcome.consoles_missed > 0)
    result.push_back(
        fmt::format("{} console lines are missing: they came faster than they could be shown",
                    outcome.consoles_missed));
  const auto busy =
      static_cast<std::size_t>(std::count_if(outcome.worker_busy.begin(), outcome.worker_busy.end(),
                                             [](double share) { return share > kSaturated; }));
  if (busy > 0 && !scenario.run.speed.max)
    result.push_back(fmt::format(
        "{} of {} workers were busy all the time: latencies are upper bounds (try a lower --speed)",
        busy, outcome.worker_busy.size()));
  const double late_s = seconds(outcome.last.latencies.tick_lateness.quantile(0.99));
  if (!scenario.run.speed.max && scenario.run.speed.factor * late_s > kLateModelSeconds)
    result.push_back(
        fmt::format("timers were late: tick lateness p99 {:.0f} ms is {:.0f} s of model time at "
                    "this speed (try "
                    "a lower --speed)",
                    late_s * 1e3, late_s * scenario.run.speed.factor));
  if (outcome.journal && outcome.journal->appended != outcome.journal->status.records)
    result.push_back(fmt::format("the journal does not hold all: {} of {} records are on disk ({})",
                                 outcome.journal->status.records, outcome.journal->appended,
                                 outcome.journal->status.last_failure.empty()
                                     ? "no time left"
                                     : outcome.journal->status.last_failure));
  add_rejoining_warnings(outcome.taken_back, result);
  if (outcome.link) add_link_warnings(*outcome.link, result);
  if (t.records_lost > 0)
    result.push_back(
        fmt::format("{} records found no room in the journal and are lost", t.records_lost));
  return result;
}

const char* state_text(runtime::journal::JournalState state) {
  switch (state) {
    case runtime::journal::JournalState::working:
      return "working";
    case runtime::journal::JournalState::stalled:
      return "stalled";
    case runtime::journal::JournalState::abandoned:
      return "abandoned";
  }
  return "";
}

/// Without a journal all figures are zero.
ordered_json journal_facts(const RunOutcome& outcome) {
  const JournalOutcome journal = outcome.journal.value_or(JournalOutcome{});
  const auto& status = journal.status;
  const auto& t = outcome.last.totals;
  return {{"state", outcome.journal ? state_text(status.state) : "off"},
          {"records", journal.appended},
          {"durable_records", status.records},
          {"commits", status.commits},
          {"bytes", journal.bytes},
          {"segments", status.segments},
          {"commit_ms", latency(status.commit_times)},
          {"merged", t.records_merged},
          {"lost", t.records_lost + status.discarded},
          {"denied_busy", t.denied_journal_busy},
          {"failures", status.failures},
          {"last_failure", status.last_failure}};
}

ordered_json link_facts(const LinkFigures& link) {
  return {{"address", link.address},
          {"connections", link.connections},
          {"connected", link.connected},
          {"lost", link.lost},
          {"sent", link.sent},
          {"taken", link.taken},
          {"declined", link.declined},
          {"unanswered", link.unanswered},
          {"unsent", link.unsent},
          {"unclear", link.unclear},
          {"last_trouble", link.last_trouble},
          {"charge_points_not_admitted", link.points.out},
          {"drivers_not_admitted", link.drivers.out},
          {"round_trip_ms", latency(link.round_trip)}};
}

}  // namespace

Verdict judge(const network::Scenario& scenario, const RunOutcome& outcome) {
  Verdict verdict;
  const Nanos late = outcome.last.latencies.tick_lateness.quantile(0.99);
  if (!outcome.failure.empty()) {
    verdict.invalid = true;
    verdict.invalid_reason =
        outcome.stop_reason == "peers" ? outcome.failure : "internal error of " + outcome.failure;
  } else if (outcome.has_left) {
    // It goes on elsewhere, and is judged there: here nothing is exact, and nothing says so.
  } else if (!outcome.quiet) {
    verdict.invalid = true;
    verdict.invalid_reason = "actors still ran after the stop time-out: figures are not exact";
  } else if (late > scenario.run.lateness_limit) {
    verdict.invalid = true;
    verdict.invalid_reason = fmt::format(
        "the generator was late: tick lateness p99 {:.1f} ms is above run.lateness_limit {:.1f} ms",
        ms(late), ms(scenario.run.lateness_limit));
  }
  if (outcome.quiet) verdict.broken = network::broken_identities(outcome.last.totals);
  if (const auto& link = outcome.link;
      link && link->sent != link->taken + link->declined + link->unanswered)
    verdict.broken.push_back(
        fmt::format("messages sent to central = {}, but taken + declined + unanswered = {}",
                    link->sent, link->taken + link->declined + link->unanswered));
  return verdict;
}

ordered_json make_summary(const network::Scenario& scenario, const RunOutcome& outcome,
                          const Verdict& verdict) {
  const auto& t = outcome.last.totals;
  const auto& l = outcome.last.latencies;
  const double wall = std::max(1e-9, seconds(outcome.last.wall));
  ordered_json s;
  s["run"] = run_facts(scenario, outcome, verdict);
  s["charge_points"] = charge_points(t);
  s["actors"] = {{"total", t.actors}, {"failures", outcome.survived_failures.count}};
  const double denied_ratio = t.requests_sent == 0 ? 0.0
                                                   : static_cast<double>(t.requests_denied) /
                                                         static_cast<double>(t.requests_sent);
  s["requests"] = {{"sent", t.requests_sent},     {"accepted", t.requests_accepted},
                   {"denied", t.requests_denied}, {"timed_out", t.requests_timed_out},
                   {"open", t.requests_open},     {"lost", t.requests_lost},
                   {"denied_ratio", denied_ratio}};
  s["sessions"] = sessions(outcome);
  s["energy"] = {{"delivered_mj", t.energy_delivered_mj},
                 {"sessions_mj", t.energy_sessions_mj},
                 {"unreported_mj", t.energy_unreported_mj},
                 {"unassigned_mj", t.energy_unassigned_mj},
                 {"delivered_kwh", static_cast<double>(t.energy_delivered_mj) /
                                       static_cast<double>(kMillijoulesPerKwh)}};
  s["money"] = {{"revenue_microeur", t.revenue_microeur},
                {"revenue_eur", static_cast<double>(t.revenue_microeur) / 1e6}};
  s["faults"] = {{"injected", t.faults_injected}, {"raised", t.faults_raised},
                 {"notified", t.faults_notified}, {"recovered", t.faults_recovered},
                 {"restarts", t.restarts},        {"given_up", t.given_up}};
  s["breaker"] = {{"opened", t.breaker_opened},
                  {"half_opened", t.breaker_half_opened},
                  {"closed", t.breaker_closed}};
  s["tickets"] = {{"issued", t.tickets_issued},
                  {"delivered", t.tickets_delivered},
                  {"dropped", t.tickets_dropped}};
  s["messages"] = {{"delivered", t.messages_delivered},
                   {"shed", t.messages_shed},
                   {"lost", t.letters_lost},
                   {"events", t.messages_delivered + t.timers_fired},
                   {"per_s", static_cast<double>(t.messages_delivered) / wall},
                   {"mailbox_depth", t.mailbox_depth},
                   {"mailbox_depth_max", t.mailbox_depth_max}};
  s["engines"] = {
      {"telemetry_merged", t.telemetry_merged}, {"payloads_invalid", t.payloads_invalid},
      {"commands_refused", t.commands_refused}, {"commands_lost", t.commands_lost},
      {"phantom_starts", t.phantom_starts},     {"local_refusals", t.local_refusals},
      {"reports_dropped", t.reports_dropped}};
  s["central"] = {{"telemetry_unbilled", t.telemetry_unbilled},
                  {"messages_unknown", t.messages_unknown},
                  {"messages_unheard", t.messages_unheard},
                  {"orders_refused", t.orders_refused}};
  s["consoles"] = {{"missed", outcome.consoles_missed}};
  s["trips"] = {
      {"offered", t.offered}, {"done", t.done}, {"shed", t.shed}, {"bounded", t.trips_bounded}};
  s["latency_ms"] = {{"request_decision", latency(l.request_decision)},
                     {"session_start", latency(l.session_start)},
                     {"fault_detection", latency(l.fault_detection)},
                     {"tick_lateness", latency(l.tick_lateness)},
                     {"clock", scenario.run.speed.max ? "model" : "wall"}};
  if (l.node_transit.count() > 0) s["latency_ms"]["node_transit"] = latency(l.node_transit);
  s["journal"] = journal_facts(outcome);
  if (outcome.link) s["link"] = link_facts(*outcome.link);
  s["conservation"] = {{"ok", verdict.broken.empty()}, {"broken", verdict.broken}};
  s["resources"] = {{"cpu_s", outcome.cost.cpu_s},
                    {"rss_bytes", outcome.cost.rss_bytes},
                    {"bytes_per_charge_point", outcome.cost.bytes_per_charge_point},
                    {"startup_s", outcome.cost.startup_s},
                    {"worker_busy", outcome.worker_busy}};
  s["warnings"] = warnings(scenario, outcome);
  s["thresholds"] = ordered_json::array();
  return s;
}

int exit_code(const nlohmann::json& s, int signal) {
  if (s.at("run").at("stop_reason") == "failed") return 1;
  if (s.at("run").at("stop_reason") == "peers") return 5;
  if (!s.at("conservation").at("ok").get<bool>() || s.at("run").at("invalid").get<bool>())
    return 98;
  if (signal != 0) return 128 + signal;
  for (const auto& threshold : s.at("thresholds")) {
    if (!threshold.at("ok").get<bool>()) return 99;
  }
  return 0;
}

}  // namespace chargemill::app
