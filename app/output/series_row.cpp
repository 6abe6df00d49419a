#include "app/output/series_row.hpp"

#include <fmt/format.h>

#include "app/output/interval.hpp"

namespace chargemill::app {

const char* const kSeriesHeader =
    "sim_s,wall_s,activated,supplying,stopped,fault,disconnected,requests_sent,requests_accepted,"
    "requests_denied,requests_timed_out,sessions_started,sessions_completed,sessions_failed,"
    "faults_raised,faults_recovered,breaker_opened,messages_delivered,decision_p99_ms,"
    "tick_lateness_p99_ms,decision_interval_p50_ms,decision_interval_p90_ms,"
    "decision_interval_p99_ms,energy_mj,detection_p99_ms,detection_interval_p99_ms,"
    "tick_lateness_interval_p99_ms,power_w\n";

std::string SeriesRows::next(const network::Snapshot& s) {
  const auto& t = s.totals;
  const auto shown = [&](DisplayState state) { return t.display[static_cast<std::size_t>(state)]; };
  const auto ms = [](Nanos d) { return static_cast<double>(d.count()) / 1e6; };
  const auto& l = s.latencies;
  const auto decided = recorded_since(before_.request_decision, l.request_decision);
  const auto detected = recorded_since(before_.fault_detection, l.fault_detection);
  const auto late = recorded_since(before_.tick_lateness, l.tick_lateness);
  before_ = l;
  return fmt::format(
      "{:.3f},{:.3f},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{:.3f},{:.3f},{:.3f},{:.3f},"
      "{:.3f},{},{:.3f},{:.3f},{:.3f},{}\n",
      static_cast<double>(s.sim.time_since_epoch().count()) / 1e9, ms(s.wall) / 1e3,
      shown(DisplayState::activated), shown(DisplayState::supplying), shown(DisplayState::stopped),
      shown(DisplayState::broken), shown(DisplayState::disconnected), t.requests_sent,
      t.requests_accepted, t.requests_denied, t.requests_timed_out, t.sessions_started,
      t.sessions_completed, t.sessions_failed, t.faults_raised, t.faults_recovered,
      t.breaker_opened, t.messages_delivered, ms(l.request_decision.quantile(0.99)),
      ms(l.tick_lateness.quantile(0.99)), ms(decided.quantile(0.5)), ms(decided.quantile(0.9)),
      ms(decided.quantile(0.99)), t.energy_delivered_mj, ms(l.fault_detection.quantile(0.99)),
      ms(detected.quantile(0.99)), ms(late.quantile(0.99)), t.power_w);
}

}  // namespace chargemill::app
