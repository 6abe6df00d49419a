#include "app/observability/rule_table.hpp"

namespace chargemill::app::observability {
namespace {

constexpr const char* kHere = R"({instance="a:8000",job="chargemill"})";

/// `name{labels,instance,job}`
std::string series(const std::string& name, const std::string& labels = {}) {
  const std::string here = kHere;
  return labels.empty() ? name + here : name + "{" + labels + "," + here.substr(1);
}

/// D-209
std::vector<Alert> point_alerts() {
  return {
      {"ChargemillRepeatedFaults",
       "chargemill_repeated_fault_charge_points > 0",
       "15s",
       "5m",
       Severity::ticket,
       "{{ $value }} charge points failed three times or more within ten minutes",
       "Something is wrong with these charge points themselves: a fault that is over comes back.",
       "chargemill-faults",
       {{{series("chargemill_repeated_fault_charge_points"), "0x8 2x40"}}, "2m", "3m"}},
      {"ChargemillBreakersOpen",
       R"(chargemill_circuit_breakers{state="open"} > 0)",
       "1m",
       "1m",
       Severity::ticket,
       "{{ $value }} circuit breakers are open",
       "Drivers are turned away from these charge points until their breaker lets a probe pass.",
       "chargemill-faults",
       {{{series("chargemill_circuit_breakers", R"(state="open")"), "0x8 3x40"},
         {series("chargemill_circuit_breakers", R"(state="closed")"), "9x48"}},
        "3m",
        "4m"}},
      {"ChargemillMonitorsLost",
       R"(chargemill_monitors{state="lost"} > 0)",
       "1m",
       "1m",
       Severity::ticket,
       "{{ $value }} charge points have no heartbeat",
       "Their monitors have been silent for longer than the monitor time-out; nobody would notice "
       "a fault there.",
       "chargemill-faults",
       {{{series("chargemill_monitors", R"(state="lost")"), "0x8 4x40"},
         {series("chargemill_monitors", R"(state="alive")"), "9x48"}},
        "3m",
        "4m"}},
  };
}

std::vector<Alert> fault_alerts() {
  return {
      {"ChargemillFaultRatioHigh",
       "chargemill:fault_ratio:by_zone > 0.05",
       "2m",
       "5m",
       Severity::page,
       "{{ $value | humanizePercentage }} of charge points in zone {{ $labels.zone }} are faulted",
       "More than one in twenty for two minutes: drivers find no charge point there.",
       "chargemill-faults",
       {{{series("chargemill_charge_points", R"(zone="Z01",state="fault")"), "0x8 10x40"},
         {series("chargemill_charge_points", R"(zone="Z01",state="activated")"), "90x48"},
         {series("chargemill_charge_points", R"(zone="Z02",state="fault")"), "1x48"},
         {series("chargemill_charge_points", R"(zone="Z02",state="activated")"), "99x48"}},
        "3m",
        "5m"}},
      {"ChargemillFaultsNotNotified",
       "sum by (instance) (increase(chargemill_faults_raised_total[10m])) - sum by (instance) "
       "(increase(chargemill_faults_notified_total[10m])) > 0.5",
       "1m",
       "5m",
       Severity::page,
       "{{ $value | humanize }} more faults were found within ten minutes than central was told of",
       "Monitors repeat a fault until central confirms it: central is down or cut off, or was for "
       "more than four faults of one charge point.",
       "chargemill-faults",
       {{{series("chargemill_faults_raised_total", R"(kind="health_check")"), "0x8 5x100"},
         {series("chargemill_faults_notified_total", R"(kind="health_check")"), "0x8 4x100"}},
        "2m",
        "4m",
        1,
        "20m"}},
      {"ChargemillDetectionSlow",
       "chargemill:fault_detection_within_15s:ratio_rate5m < 0.99",
       "2m",
       "5m",
       Severity::page,
       "only {{ $value | humanizePercentage }} of faults are found within 15 s",
       "The goal is 15 s for each (D-210). Wall time: at a speed above 1 it is met earlier.",
       "chargemill-faults",
       {{{series("chargemill_fault_detection_seconds_bucket", R"(le="15")"), "0+10x8 80x40"},
         {series("chargemill_fault_detection_seconds_count"), "0+10x48"}},
        "2m",
        "10m"}},
  };
}

std::vector<Alert> demand_alerts() {
  return {
      {"ChargemillDecisionsSlow",
       "chargemill:request_decision_within_400ms:ratio_rate5m < 0.99",
       "2m",
       "5m",
       Severity::page,
       "only {{ $value | humanizePercentage }} of requests are decided within 400 ms",
       "Drivers wait in front of the charge point.",
       "chargemill-overview",
       {{{series("chargemill_request_decision_seconds_bucket", R"(le="0.4")"), "0+10x8 80x40"},
         {series("chargemill_request_decision_seconds_count"), "0+10x48"}},
        "2m",
        "10m"}},
      {"ChargemillRequestsTimeOut",
       "chargemill:requests_timed_out:ratio_rate5m > 0.01",
       "2m",
       "5m",
       Severity::page,
       "{{ $value | humanizePercentage }} of requests get no answer in time",
       "Drivers give up: central does not answer, or the link to it is cut.",
       "chargemill-overview",
       {{{series("chargemill_requests_total", R"(kind="named",result="timed_out")"), "0x8 0+1x40"},
         {series("chargemill_requests_total", R"(kind="named",result="accepted")"), "0+10x48"}},
        "2m",
        "10m"}},
      {"ChargemillJournalTrouble",
       R"(chargemill_journal_state{state=~"stalled|abandoned"} > 0)",
       "15s",
       "1m",
       Severity::page,
       "the journal is {{ $labels.state }}",
       "Nothing is durable at the moment: new sessions are refused (stalled), or no longer "
       "recorded "
       "at all (abandoned).",
       "chargemill-journal",
       {{{series("chargemill_journal_state", R"(state="stalled")"), "0x8 1x40"},
         {series("chargemill_journal_state", R"(state="working")"), "1x8 0x40"}},
        "2m",
        "3m"}},
      {"ChargemillJournalFailures",
       R"(increase(chargemill_journal_commits_total{result="failed"}[5m]) > 0)",
       "15s",
       "5m",
       Severity::ticket,
       "{{ $value }} batches could not be written at once",
       "Each was written again, unless the journal was abandoned. The disk is full or failing.",
       "chargemill-journal",
       {{{series("chargemill_journal_commits_total", R"(result="failed")"), "0x8 3x40"}},
        "2m",
        "4m"}},
      {"ChargemillRecordsLost",
       R"(increase(chargemill_journal_writes_total{result="lost"}[5m]) > 0)",
       "15s",
       "5m",
       Severity::page,
       "{{ $value }} records are lost",
       "No journal has them and none will: it was given up, or more came than waits for room.",
       "chargemill-journal",
       {{{series("chargemill_journal_writes_total", R"(result="lost")"), "0x8 3x40"}}, "2m", "4m"}},
  };
}

std::vector<Alert> simulator_alerts() {
  return {
      {"ChargemillTicksLate",
       "chargemill:tick_lateness_within_250ms:ratio_rate1m < 0.99",
       "1m",
       "5m",
       Severity::page,
       "only {{ $value | humanizePercentage }} of timers are handled within 250 ms",
       "The simulator itself is too slow: its figures say less about the central than about this "
       "machine.",
       "chargemill-engine",
       {{{series("chargemill_tick_lateness_seconds_bucket", R"(worker="0",le="0.25")"),
          "0+10x8 80x40"},
         {series("chargemill_tick_lateness_seconds_count", R"(worker="0")"), "0+10x48"}},
        "2m",
        "6m"}},
      {"ChargemillActorsGivenUp",
       "chargemill_actors_given_up_total > 0",
       "1m",
       "1m",
       Severity::ticket,
       "{{ $value }} actors failed too often and stay down",
       "Their supervisor has restarted them as often as it may.",
       "chargemill-engine",
       {{{series("chargemill_actors_given_up_total"), "0x8 1x40"}}, "2m", "4m"}},
      {"ChargemillErrorsLogged",
       R"(increase(chargemill_log_messages_total{level="error"}[5m]) > 0)",
       "15s",
       "1m",
       Severity::ticket,
       "{{ $value }} errors were logged within five minutes",
       "log.ndjson of the run directory says which.",
       "chargemill-engine",
       {{{series("chargemill_log_messages_total", R"(level="error")"), "0x8 1x40"}}, "2m", "4m"}},
      {"ChargemillFilesNearlyExhausted",
       R"(process_open_fds{job="chargemill"} / process_max_fds{job="chargemill"} > 0.9)",
       "2m",
       "1m",
       Severity::ticket,
       "{{ $value | humanizePercentage }} of the file descriptors are in use",
       "The doors will soon refuse connections.",
       "chargemill-engine",
       {{{series("process_open_fds"), "10x8 95x40"}, {series("process_max_fds"), "100x48"}},
        "3m",
        "5m"}},
  };
}

std::vector<Alert> target_alerts() {
  return {
      {"ChargemillScrapeErrors",
       "increase(chargemill_scrape_errors_total[10m]) > 0",
       "15s",
       "1m",
       Severity::info,
       "{{ $value }} scrapes missed something or were too large",
       "Some figures of this node are not to be trusted.",
       "chargemill-engine",
       {{{series("chargemill_scrape_errors_total"), "0x8 1x40"}}, "2m", "4m"}},
      {"ChargemillClusterNodesMissing",
       R"(sum by (instance) (chargemill_cluster_nodes{state="alive"}) < min by (instance) )"
       "(chargemill_cluster_expected_nodes)",
       "30s",
       "1m",
       Severity::page,
       "only {{ $value }} nodes of the cluster are alive",
       "Seen from {{ $labels.instance }}.",
       "chargemill-cluster",
       {{{series("chargemill_cluster_nodes", R"(state="alive")"), "4x8 3x40"},
         {series("chargemill_cluster_expected_nodes"), "4x48"}},
        "2m",
        "4m"}},
      {"ChargemillTargetDown",
       R"(up{job="chargemill"} == 0)",
       "30s",
       "1m",
       Severity::page,
       "{{ $labels.instance }} does not answer scrapes",
       "The process has ended, or its HTTP door is closed or overloaded.",
       "chargemill-engine",
       {{{series("up"), "1x8 0x40"}}, "2m", "4m"}},
      {"ChargemillAbsent",
       "absent(chargemill_build_info)",
       "1m",
       "1m",
       Severity::page,
       "no chargemill node is being scraped",
       "There is no target at all, or none that answers.",
       "chargemill-engine",
       {{{series("chargemill_build_info", R"(version="1",revision="x")"), "1x8 _x40"}},
        "2m",
        "9m"}},
  };
}

}  // namespace

const std::vector<RecordingRule>& recording_rules() {
  static const std::vector<RecordingRule> rules{
      {"chargemill:fault_ratio:by_zone",
       R"(sum by (zone) (chargemill_charge_points{state="fault"}) / sum by (zone) )"
       "(chargemill_charge_points)"},
      {"chargemill:requests:rate1m",
       "sum by (instance, result) (rate(chargemill_requests_total[1m]))"},
      {"chargemill:requests_timed_out:ratio_rate5m",
       R"(sum by (instance) (rate(chargemill_requests_total{result="timed_out"}[5m])) / sum by )"
       "(instance) (rate(chargemill_requests_total[5m]))"},
      {"chargemill:request_decision_within_400ms:ratio_rate5m",
       R"(sum by (instance) (rate(chargemill_request_decision_seconds_bucket{le="0.4"}[5m])) / )"
       "sum by (instance) (rate(chargemill_request_decision_seconds_count[5m]))"},
      {"chargemill:fault_detection_within_15s:ratio_rate5m",
       R"(sum by (instance) (rate(chargemill_fault_detection_seconds_bucket{le="15"}[5m])) / )"
       "sum by (instance) (rate(chargemill_fault_detection_seconds_count[5m]))"},
      {"chargemill:tick_lateness_within_250ms:ratio_rate1m",
       R"(sum by (instance) (rate(chargemill_tick_lateness_seconds_bucket{le="0.25"}[1m])) / )"
       "sum by (instance) (rate(chargemill_tick_lateness_seconds_count[1m]))"},
      {"chargemill:messages:rate1m", "sum by (instance) (rate(chargemill_messages_total[1m]))"},
  };
  return rules;
}

const std::vector<Alert>& alerts() {
  static const std::vector<Alert> all = [] {
    auto made = point_alerts();
    for (const auto& more : {fault_alerts(), demand_alerts(), simulator_alerts(), target_alerts()})
      made.insert(made.end(), more.begin(), more.end());
    return made;
  }();
  return all;
}

}  // namespace chargemill::app::observability
