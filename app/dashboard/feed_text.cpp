#include "app/dashboard/feed_text.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "actors/texts.hpp"
#include "app/dashboard/marks.hpp"
#include "app/history/history_rows.hpp"
#include "app/history/history_times.hpp"
#include "app/output/interval.hpp"
#include "app/simulation/resident_memory.hpp"
#include "app/version.hpp"

namespace chargemill::app::dashboard {
namespace {

using nlohmann::ordered_json;

double seconds_of(Nanos time) { return std::chrono::duration<double>(time).count(); }

/// Since the run began.
Nanos wall_of_run(const api::World& world) {
  const auto& clock = world.desk.engine().model_clock();
  if (!clock.started()) return Nanos{0};
  return runtime::ModelClock::wall_now() - clock.wall_of(SimTime{});
}

/// Names may hold any bytes; what is not UTF-8 becomes U+FFFD.
std::string text_of(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json latency(const runtime::LatencyHistogram& histogram) {
  const auto ms = [](Nanos time) { return static_cast<double>(time.count()) / 1e6; };
  return {{"count", histogram.count()},
          {"p50", ms(histogram.quantile(0.5))},
          {"p99", ms(histogram.quantile(0.99))}};
}

/// ms; null where nothing was measured.
ordered_json quantile_ms(const runtime::LatencyHistogram& fresh, double quantile) {
  if (fresh.count() == 0) return nullptr;
  return static_cast<double>(fresh.quantile(quantile).count()) / 1e6;
}

void append_row(std::string& rows, const archive::FaultRow& row, bool is_numbered) {
  const Table table = to_table(std::vector<archive::FaultRow>{row});
  ordered_json object;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    object[table.columns[i]] = table.rows.front()[i];
  if (!is_numbered) object["id"] = nullptr;
  if (!rows.empty()) rows += ',';
  rows += text_of(object);
}

}  // namespace

std::string hello_text(const api::World& world, const Abilities& abilities) {
  const auto& run = world.scenario.run;
  const auto& topology = world.desk.topology();
  ordered_json hello{{"type", "hello"}, {"version", kVersion}, {"commit", kCommit}};
  hello["run"] = {{"name", run.name},
                  {"seed", run.seed},
                  {"start", time_text(world.utc(SimTime{}))},
                  {"duration_s", seconds_of(run.duration)},
                  {"speed", run.speed.max ? ordered_json("max") : ordered_json(run.speed.factor)},
                  {"workers", world.desk.engine().workers()}};
  hello["instance"] = std::to_string(abilities.instance);  // too large for a number of JavaScript
  hello["thresholds"] = world.scenario.thresholds;
  hello["marks"] = marks_json(world.scenario);
  hello["nodes"] = run.nodes;
  hello["points"] = world.desk.points();
  hello["zones"] = topology.zones;
  hello["lateness_limit_ms"] = seconds_of(run.lateness_limit) * 1e3;
  hello["may_act"] = abilities.may_act && world.desk.may_change();
  hello["has_journal"] = abilities.has_journal;
  return text_of(hello);
}

std::string Pulses::next(const api::World& world,
                         const std::array<std::uint32_t, kStateCodes>& count) {
  network::Snapshot look = world.desk.look();
  const auto& t = look.totals;
  ordered_json pulse{{"type", "pulse"},
                     {"state", world.is_draining && world.is_draining() ? "draining" : "running"},
                     {"sim_s", seconds_of(look.sim.time_since_epoch())},
                     {"wall_s", seconds_of(wall_of_run(world))},
                     {"states", count},
                     {"power_w", t.power_w},
                     {"energy_mj", t.energy_delivered_mj}};
  pulse["requests"] = {{"sent", t.requests_sent},
                       {"accepted", t.requests_accepted},
                       {"denied", t.requests_denied},
                       {"timed_out", t.requests_timed_out},
                       {"open", t.requests_open}};
  pulse["sessions"] = {{"started", t.sessions_started},
                       {"completed", t.sessions_completed},
                       {"failed", t.sessions_failed},
                       {"active", t.sessions_active}};
  pulse["faults"] = {{"injected", t.faults_injected},
                     {"raised", t.faults_raised},
                     {"notified", t.faults_notified},
                     {"recovered", t.faults_recovered}};
  pulse["messages"] = {{"delivered", t.messages_delivered}, {"shed", t.messages_shed}};
  pulse["latency_ms"] = {{"request_decision", latency(look.latencies.request_decision)},
                         {"session_start", latency(look.latencies.session_start)},
                         {"fault_detection", latency(look.latencies.fault_detection)},
                         {"tick_lateness", latency(look.latencies.tick_lateness)}};
  if (before_) {
    const auto& now = look.latencies;
    const auto decided = recorded_since(before_->request_decision, now.request_decision);
    const auto found = recorded_since(before_->fault_detection, now.fault_detection);
    const auto late = recorded_since(before_->tick_lateness, now.tick_lateness);
    pulse["interval_p50_ms"] = {{"request_decision", quantile_ms(decided, 0.5)}};
    pulse["interval_p99_ms"] = {{"request_decision", quantile_ms(decided, 0.99)},
                                {"fault_detection", quantile_ms(found, 0.99)},
                                {"tick_lateness", quantile_ms(late, 0.99)}};
  }
  before_ = std::move(look.latencies);
  pulse["rss_bytes"] = resident_bytes();
  return text_of(pulse);
}

std::string full_text(int watchers) { return text_of({{"type", "full"}, {"watchers", watchers}}); }

std::string end_text(const api::World& world) {
  return text_of({{"type", "end"},
                  {"sim_s", seconds_of(world.desk.engine().reached().time_since_epoch())},
                  {"reason", world.is_draining && world.is_draining() ? "stopped" : "duration"}});
}

std::string faults_text(const std::string& rows) {
  return R"({"type":"faults","rows":[)" + rows + "]}";
}

void append_fault_row(std::string& rows, const archive::Found& found) {
  const auto* const fault = std::get_if<archive::Fault>(&found.record);
  if (fault == nullptr) return;
  append_row(rows,
             {found.sequence, found.time, std::string{found.names.point}, fault->zone, fault->type,
              fault->reason},
             true);
}

std::string trouble_rows(const api::World& world, const std::vector<Trouble>& troubles,
                         SimTime at) {
  std::string rows;
  for (const Trouble& trouble : troubles) {
    const auto& spec = world.desk.spec(trouble.point);
    const auto type = trouble.is_fault ? archive::EventType::fault : archive::EventType::recovery;
    append_row(rows,
               {0, world.utc(at), world.names.name(trouble.point), spec.zone, type, trouble.reason},
               false);
  }
  return rows;
}

}  // namespace chargemill::app::dashboard
