// Overview, faults, sessions: what happens in the network.
#include "app/observability/panel_makers.hpp"

namespace chargemill::app::observability {
namespace {

Row demand_row() {
  return {"Drivers",
          {{"Requests",
            "Decisions a second, by result.",
            "reqps",
            PanelKind::lines,
            {{"sum by (result) (chargemill:requests:rate1m{" + kInstance + "})", "{{result}}"}}},
           {"Share of requests that get no answer",
            "Over five minutes; the alert is at 1 %.",
            "percentunit",
            PanelKind::lines,
            {{"chargemill:requests_timed_out:ratio_rate5m{" + kInstance + "}", "timed out"}}},
           {"Time to a decision", "From the due time of a request, wall time.", "s",
            PanelKind::lines, quantiles("chargemill_request_decision_seconds")},
           {"Decided within 400 ms",
            "Share over five minutes; the alert is at 99 %.",
            "percentunit",
            PanelKind::number,
            {{"chargemill:request_decision_within_400ms:ratio_rate5m{" + kInstance + "}", ""}}}}};
}

Row points_row() {
  return {"Charge points",
          {{"State",
            "What a person sees of each charge point.",
            "short",
            PanelKind::parts,
            {{"sum by (state) (chargemill_charge_points{" + kZoneInstance + "})", "{{state}}"}}},
           {"Faulted share by zone",
            "The alert is at 5 %.",
            "percentunit",
            PanelKind::lines,
            {{R"(chargemill:fault_ratio:by_zone{zone=~"$zone"})", "{{zone}}"}}},
           {"Power",
            "Of all sessions that supply.",
            "watt",
            PanelKind::lines,
            {{"sum(chargemill_power_watts{" + kZoneInstance + "})", "power"}}},
           {"Sessions",
            "Opened, ended as wished, ended otherwise, a second.",
            "ops",
            PanelKind::lines,
            {{"sum(" + zone_rate("chargemill_sessions_started_total") + ")", "started"},
             {"sum(" + zone_rate("chargemill_sessions_completed_total") + ")", "completed"},
             {"sum(" + zone_rate("chargemill_sessions_failed_total") + ")", "failed"}}}}};
}

Row health_row() {
  return {"Trouble",
          {{"Failing again and again",
            "Three faults or more within ten minutes.",
            "short",
            PanelKind::number,
            {{"sum(chargemill_repeated_fault_charge_points{" + kInstance + "})", ""}}},
           {"Open breakers",
            "Charge points that let nobody in.",
            "short",
            PanelKind::number,
            {{"sum(chargemill_circuit_breakers{state=\"open\"," + kInstance + "})", ""}}},
           {"Lost monitors",
            "Charge points without a heartbeat.",
            "short",
            PanelKind::number,
            {{"sum(chargemill_monitors{state=\"lost\"," + kInstance + "})", ""}}},
           {"Timers on time",
            "Within 250 ms; the alert is at 99 %.",
            "percentunit",
            PanelKind::number,
            {{"chargemill:tick_lateness_within_250ms:ratio_rate1m{" + kInstance + "}", ""}}}}};
}

Row faults_row() {
  return {
      "Faults",
      {{"Injected",
        "By the scenario, a second.",
        "ops",
        PanelKind::lines,
        {{"sum by (kind) (" + rate("chargemill_faults_injected_total") + ")", "{{kind}}"}}},
       {"Raised, notified, recovered",
        "A second. Raised by monitors and told to central: these two should not differ.",
        "ops",
        PanelKind::lines,
        {{"sum(" + rate("chargemill_faults_raised_total") + ")", "raised"},
         {"sum(" + rate("chargemill_faults_notified_total") + ")", "notified"},
         {"sum(" + rate("chargemill_recoveries_total") + ")", "recovered"}}},
       {"Time to detection", "From injection until central knows, wall time.", "s",
        PanelKind::lines, quantiles("chargemill_fault_detection_seconds")},
       {"Found within 15 s",
        "Share over five minutes; the goal of D-210.",
        "percentunit",
        PanelKind::number,
        {{"chargemill:fault_detection_within_15s:ratio_rate5m{" + kInstance + "}", ""}}},
       {"Failing again and again",
        "Charge points with three faults or more in ten minutes.",
        "short",
        PanelKind::lines,
        {{"sum(chargemill_repeated_fault_charge_points{" + kInstance + "})", "charge points"}}}}};
}

Row breakers_row() {
  return {"Breakers and monitors",
          {{"Breakers",
            "Charge points, by the state of their breaker.",
            "short",
            PanelKind::parts,
            {{"sum by (state) (chargemill_circuit_breakers{" + kInstance + "})", "{{state}}"}}},
           {"Breaker changes",
            "To a state, a second.",
            "ops",
            PanelKind::lines,
            {{"sum by (state) (" + rate("chargemill_circuit_breaker_changes_total") + ")",
              "{{state}}"}}},
           {"Monitors",
            "Charge points, by what central hears of their monitor.",
            "short",
            PanelKind::parts,
            {{"sum by (state) (chargemill_monitors{" + kInstance + "})", "{{state}}"}}}}};
}

Row losses_row() {
  return {"What did not work",
          {{"Commands",
            "That no engine carried out, a second.",
            "ops",
            PanelKind::lines,
            {{"sum by (result) (" + rate("chargemill_commands_failed_total") + ")", "{{result}}"}}},
           {"Unusable messages",
            "A second.",
            "ops",
            PanelKind::lines,
            {{"sum by (kind) (" + rate("chargemill_unusable_messages_total") + ")", "{{kind}}"}}},
           {"Reports of engines",
            "Merged into a later one, or dropped for want of room, a second.",
            "ops",
            PanelKind::lines,
            {{"sum by (result) (" + rate("chargemill_reports_total") + ")", "{{result}}"}}},
           {"Actors restarted",
            "By their supervisors.",
            "ops",
            PanelKind::lines,
            {{"sum(" + rate("chargemill_actor_restarts_total") + ")", "restarted"},
             {"sum(chargemill_actors_given_up_total{" + kInstance + "})", "given up so far"}}}}};
}

Row sessions_row() {
  return {
      "Sessions",
      {{"Active",
        "Sessions that central holds open.",
        "short",
        PanelKind::number,
        {{"sum(chargemill_sessions_active{" + kInstance + "})", ""}}},
       {"Started by zone",
        "A second.",
        "ops",
        PanelKind::lines,
        {{"sum by (zone) (" + zone_rate("chargemill_sessions_started_total") + ")", "{{zone}}"}}},
       {"Failed by zone",
        "A second.",
        "ops",
        PanelKind::lines,
        {{"sum by (zone) (" + zone_rate("chargemill_sessions_failed_total") + ")", "{{zone}}"}}},
       {"Time to supply", "From the decision about a request to the first telemetry.", "s",
        PanelKind::lines, quantiles("chargemill_session_start_seconds")},
       {"Corrected",
        "Sessions whose end came after they were closed, a second.",
        "ops",
        PanelKind::lines,
        {{"sum(" + rate("chargemill_sessions_corrected_total") + ")", "corrected"}}}}};
}

Row energy_row() {
  return {"Energy",
          {{"Power by zone",
            "Of sessions that supply.",
            "watt",
            PanelKind::parts,
            {{"sum by (zone) (chargemill_power_watts{" + kZoneInstance + "})", "{{zone}}"}}},
           {"Energy booked",
            "Joules a second; at speed N it is N times the power.",
            "watt",
            PanelKind::lines,
            {{"sum(" + zone_rate("chargemill_energy_delivered_joules_total") + ")", "booked"}}}}};
}

Row requests_row() {
  return {"Requests, trips, tickets",
          {{"Decisions by kind",
            "For a named charge point, or any one of a zone.",
            "reqps",
            PanelKind::lines,
            {{"sum by (kind, result) (" + rate("chargemill_requests_total") + ")",
              "{{kind}} {{result}}"}}},
           {"Sent",
            "A second.",
            "reqps",
            PanelKind::lines,
            {{"sum(" + rate("chargemill_requests_sent_total") + ")", "sent"}}},
           {"Open",
            "Requests without an answer so far.",
            "short",
            PanelKind::lines,
            {{"sum(chargemill_requests_open{" + kInstance + "})", "open"}}},
           {"Trips",
            "Due; made a request; shed for want of a driver, a second.",
            "ops",
            PanelKind::lines,
            {{"sum(" + rate("chargemill_trips_offered_total") + ")", "offered"},
             {"sum by (result) (" + rate("chargemill_trips_total") + ")", "{{result}}"}}},
           {"Tickets",
            "A second.",
            "ops",
            PanelKind::lines,
            {{"sum by (result) (" + rate("chargemill_tickets_total") + ")", "{{result}}"}}}}};
}

}  // namespace

std::vector<Dashboard> network_dashboards() {
  return {{"chargemill-overview",
           "chargemill: overview",
           "Do drivers get what they want, and is the simulator itself well?",
           true,
           {demand_row(), points_row(), health_row()}},
          {"chargemill-faults",
           "chargemill: faults",
           "What fails, who notices, how fast, and what does not come back.",
           false,
           {faults_row(), breakers_row(), losses_row()}},
          {"chargemill-sessions",
           "chargemill: sessions",
           "From a request to a ticket.",
           true,
           {sessions_row(), energy_row(), requests_row()}}};
}

}  // namespace chargemill::app::observability
