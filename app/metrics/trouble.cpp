// What goes wrong in the network, and who notices (D-206 to D-209).
#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {
namespace {

constexpr std::array<const char*, central::kBreakerModes> kBreakers{"closed", "open", "half_open"};
constexpr std::array<const char*, central::kMonitorStates> kMonitors{"unregistered", "alive",
                                                                     "lost"};
constexpr std::array<const char*, central::kFaultCauses> kCauses{"health_check", "other"};
constexpr std::array<const char*, director::kFaultKinds> kInjected{
    "engine_crash", "engine_silent",   "engine_ko", "start_refused",
    "monitor_loss", "central_restart", "partition", "telemetry_error"};

template <std::size_t N>
void by(runtime::MetricFamily& family, const char* label, const std::array<const char*, N>& names,
        const std::array<std::uint64_t, N>& counts) {
  for (std::size_t i = 0; i < N; ++i) family.add(number(counts[i]), {{label, names[i]}});
}

void add_faults(Families& out, const Sources& s) {
  const auto& watch = s.detail.watch;
  by(counter(out, "chargemill_faults_injected_total", "Faults that the scenario brought about."),
     kKind, kInjected, s.detail.injected);
  by(counter(out, "chargemill_faults_raised_total", "Faults that monitors found."), kKind, kCauses,
     watch.raised);
  by(counter(out, "chargemill_faults_notified_total",
             "Those that central was told of, and passed on to charge point and driver."),
     kKind, kCauses, watch.notified);
  by(counter(out, "chargemill_recoveries_total", "Faults whose end central heard of."), kKind,
     kCauses, watch.recovered);
  histogram(out, "chargemill_fault_detection_seconds",
            "From the injection of a fault until central knows it, wall time.")
      .add(classic(s.snapshot.latencies.fault_detection, s.facts.edges.fault_detection));
  gauge(out, "chargemill_repeated_fault_charge_points",
        "Charge points with three or more faults within ten minutes of model time.")
      .add(number(watch.repeated_faults));
}

void add_losses(Families& out, const network::Totals& t) {
  counter(out, "chargemill_commands_failed_total", "Commands that no engine carried out.")
      .add(number(t.commands_refused), {{kResult, "refused"}})
      .add(number(t.commands_lost), {{kResult, "lost"}});
  counter(out, "chargemill_unusable_messages_total", "Messages of which nothing could be made.")
      .add(number(t.messages_unknown), {{kKind, "unknown_charge_point"}})
      .add(number(t.messages_unheard), {{kKind, "central_down"}})
      .add(number(t.payloads_invalid), {{kKind, "invalid_payload"}})
      .add(number(t.phantom_starts), {{kKind, "phantom_start"}})
      .add(number(t.telemetry_unbilled), {{kKind, "unbilled_telemetry"}});
  counter(out, "chargemill_reports_total", "Reports of engines that did not go as they were.")
      .add(number(t.telemetry_merged), {{kResult, "merged"}})
      .add(number(t.reports_dropped), {{kResult, "dropped"}});
}

}  // namespace

void add_trouble(Families& out, const Sources& s) {
  const auto& t = s.snapshot.totals;
  const auto& watch = s.detail.watch;
  add_faults(out, s);
  by(gauge(out, "chargemill_circuit_breakers", "Charge points, by the state of their breaker."),
     kState, kBreakers, watch.breakers);
  counter(out, "chargemill_circuit_breaker_changes_total", "Breakers that went to a state.")
      .add(number(t.breaker_opened), {{kState, "open"}})
      .add(number(t.breaker_half_opened), {{kState, "half_open"}})
      .add(number(t.breaker_closed), {{kState, "closed"}});
  by(gauge(out, "chargemill_monitors", "Charge points, by what central hears of their monitor."),
     kState, kMonitors, watch.monitors);
  counter(out, "chargemill_actor_restarts_total", "Actors that failed and were restarted.")
      .add(number(t.restarts));
  counter(out, "chargemill_actors_given_up_total", "Actors that failed too often: they stay down.")
      .add(number(t.given_up));
  add_losses(out, t);
}

}  // namespace chargemill::app::metrics
