// Engine, journal, cluster: what the network runs on.
#include "app/observability/panel_makers.hpp"

namespace chargemill::app::observability {
namespace {

Row speed_row() {
  return {"Time",
          {{"Speed",
            "Model seconds in a wall second: measured and wanted.",
            "short",
            PanelKind::lines,
            {{"chargemill_speed_ratio{" + kInstance + "}", "measured {{instance}}"},
             {"chargemill_speed_target_ratio{" + kInstance + "} < +Inf", "wanted {{instance}}"}}},
           {"Model time",
            "Since the start of the run.",
            "s",
            PanelKind::number,
            {{"chargemill_sim_time_seconds{" + kInstance + "}", "{{instance}}"}}},
           {"Up",
            "Since the start of the run, wall time.",
            "s",
            PanelKind::number,
            {{"chargemill_uptime_seconds{" + kInstance + "}", "{{instance}}"}}},
           {"Build",
            "What runs.",
            "short",
            PanelKind::number,
            {{"chargemill_build_info{" + kInstance + "}", "{{version}} {{revision}}"}}},
           {"Lateness of timers", "Handled minus intended, wall time.", "s", PanelKind::lines,
            quantiles("chargemill_tick_lateness_seconds")},
           {"Lateness by worker",
            "p99.",
            "s",
            PanelKind::lines,
            {quantiles("chargemill_tick_lateness_seconds", "worker").back()}}}};
}

Row workers_row() {
  return {
      "Workers",
      {{"Busy",
        "Share of wall time that a worker is awake; `other` adds up several.",
        "percentunit",
        PanelKind::lines,
        {{rate("chargemill_worker_busy_seconds_total"), "{{instance}} {{worker}}"}}},
       {"Messages",
        "Received by actors, a second.",
        "ops",
        PanelKind::lines,
        {{"chargemill:messages:rate1m{" + kInstance + "}", "{{instance}}"},
         {"sum by (instance) (" + rate("chargemill_messages_shed_total") + ")",
          "shed {{instance}}"}}},
       {"Waiting",
        "Messages in mailboxes, by kind of actor.",
        "short",
        PanelKind::lines,
        {{"chargemill_mailbox_messages{" + kInstance + "}", "{{instance}} {{kind}}"}}},
       {"Most that ever waited",
        "Messages in mailboxes, by kind of actor; of several workers the sum.",
        "short",
        PanelKind::bars,
        {{"chargemill_mailbox_max_messages{" + kInstance + "}", "{{instance}} {{kind}}"}}},
       {"Activations and timers",
        "A second.",
        "ops",
        PanelKind::lines,
        {{"sum by (instance) (" + rate("chargemill_activations_total") + ")",
          "activations {{instance}}"},
         {"sum by (instance) (" + rate("chargemill_timers_total") + ")", "timers {{instance}}"}}},
       {"Handlers that threw",
        "A second.",
        "ops",
        PanelKind::lines,
        {{"sum by (instance) (" + rate("chargemill_handler_failures_total") + ")",
          "{{instance}}"}}},
       {"Actors",
        "By kind.",
        "short",
        PanelKind::bars,
        {{"sum by (kind) (chargemill_actors{" + kInstance + "})", "{{kind}}"}}}}};
}

Row process_row() {
  return {
      "Process",
      {{"Processor",
        "Cores in use.",
        "short",
        PanelKind::lines,
        {{"rate(process_cpu_seconds_total{job=\"chargemill\"," + kInstance + "}[$__rate_interval])",
          "{{instance}}"}}},
       {"Memory",
        "Resident.",
        "bytes",
        PanelKind::lines,
        {{"process_resident_memory_bytes{job=\"chargemill\"," + kInstance + "}", "{{instance}}"}}},
       {"Files",
        "Open, and how many may be.",
        "short",
        PanelKind::lines,
        {{"process_open_fds{job=\"chargemill\"," + kInstance + "}", "open {{instance}}"},
         {"process_max_fds{job=\"chargemill\"," + kInstance + "}", "at most {{instance}}"}}},
       {"Log lines",
        "A second, by level; those that are in no log.",
        "ops",
        PanelKind::lines,
        {{"sum by (level) (" + rate("chargemill_log_messages_total") + ")", "{{level}}"},
         {"sum(" + rate("chargemill_log_messages_dropped_total") + ")", "in no log"}}},
       {"Scrapes",
        "What the one before took; those with errors.",
        "s",
        PanelKind::lines,
        {{"chargemill_scrape_duration_seconds{" + kInstance + "}", "{{instance}}"},
         {"chargemill_scrape_errors_total{" + kInstance + "}", "errors {{instance}}"}}}}};
}

Row doors_row() {
  return {
      "Doors",
      {{"Connections",
        "Open ones, by door.",
        "short",
        PanelKind::lines,
        {{"sum by (kind) (chargemill_door_connections{" + kInstance + "})", "{{kind}}"}}},
       {"Newcomers",
        "A second, by door, accepted and refused.",
        "ops",
        PanelKind::lines,
        {{"sum by (kind, result) (" + rate("chargemill_door_connections_total") + ")",
          "{{kind}} {{result}}"},
         {"sum(" + rate("chargemill_door_web_sockets_total") + ")", "WebSockets"}}},
       {"Ended by the doors",
        "A second: the slow, strangers whose place a newcomer took, those who kept most when all "
        "kept too much, what is not the door's protocol.",
        "ops",
        PanelKind::lines,
        {{"sum by (kind, result) (" + rate("chargemill_door_cuts_total") + ")",
          "{{kind}} {{result}}"}}},
       {"Frames and requests",
        "A second, whole and damaged, answered and refused.",
        "ops",
        PanelKind::lines,
        {{"sum by (result) (" + rate("chargemill_door_frames_total") + ")", "frames {{result}}"},
         {"sum by (result) (" + rate("chargemill_door_requests_total") + ")",
          "requests {{result}}"}}},
       {"What could not be read or told",
        "Bytes and messages a second.",
        "ops",
        PanelKind::lines,
        {{"sum(" + rate("chargemill_door_garbage_bytes_total") + ")", "garbage, bytes"},
         {"sum(" + rate("chargemill_door_messages_unread_total") + ")", "messages unread"},
         {"sum(" + rate("chargemill_door_news_lost_total") + ")", "news lost"}}}}};
}

Row journal_row() {
  return {
      "Journal",
      {{"State",
        "1 for the state that it is in.",
        "short",
        PanelKind::parts,
        {{"sum by (state) (chargemill_journal_state{" + kInstance + "})", "{{state}}"}}},
       {"Records",
        "A second, by what became of them.",
        "wps",
        PanelKind::lines,
        {{"sum by (result) (" + rate("chargemill_journal_writes_total") + ")", "{{result}}"}}},
       {"Commits",
        "Batches a second, and tries that failed.",
        "ops",
        PanelKind::lines,
        {{"sum by (result) (" + rate("chargemill_journal_commits_total") + ")", "{{result}}"}}},
       {"Commit time", "Of whole batches until durable.", "s", PanelKind::lines,
        quantiles("chargemill_journal_commit_duration_seconds")},
       {"Waiting",
        "Records that are not on disk yet.",
        "short",
        PanelKind::lines,
        {{"sum(chargemill_journal_waiting_records{" + kInstance + "})", "records"}}},
       {"Size",
        "Of all segments on disk.",
        "bytes",
        PanelKind::lines,
        {{"sum by (instance) (chargemill_journal_size_bytes{" + kInstance + "})", "{{instance}}"}}},
       {"Denied for want of room",
        "Requests a second.",
        "reqps",
        PanelKind::lines,
        {{"sum(" + rate("chargemill_journal_busy_denials_total") + ")", "denied"}}}}};
}

Row cluster_row() {
  return {
      "Cluster",
      {{"Nodes",
        "As each node sees them.",
        "short",
        PanelKind::lines,
        {{"chargemill_cluster_nodes{" + kInstance + "}", "{{state}}, says {{instance}}"},
         {"chargemill_cluster_expected_nodes{" + kInstance + "}", "expected, says {{instance}}"}}},
       {"Links",
        "Bytes a second to and from a node.",
        "Bps",
        PanelKind::lines,
        {{"sum by (instance, node) (" + rate("chargemill_cluster_link_bytes_total") + ")",
          "{{instance}} - {{node}}"}}},
       {"Round trips",
        "By node.",
        "s",
        PanelKind::lines,
        {quantiles("chargemill_cluster_rtt_seconds", "node").front(),
         quantiles("chargemill_cluster_rtt_seconds", "node").back()}},
       {"Lost with nodes",
        "What was open on nodes that were lost, or on its way; since the run began.",
        "short",
        PanelKind::lines,
        {{"sum by (instance, kind) (chargemill_cluster_lost_total{" + kInstance + "})",
          "{{instance}}, {{kind}}"}}},
       {"Orders refused",
        "Those of a central that another one had followed; since the run began.",
        "short",
        PanelKind::lines,
        {{"sum by (instance) (chargemill_cluster_orders_refused_total{" + kInstance + "})",
          "{{instance}}"}}}}};
}

}  // namespace

std::vector<Dashboard> machine_dashboards() {
  return {{"chargemill-engine",
           "chargemill: engine",
           "Is the simulator fast enough for its figures to be honest?",
           false,
           {speed_row(), workers_row(), process_row(), doors_row()}},
          {"chargemill-journal",
           "chargemill: journal",
           "Is what happens kept?",
           false,
           {journal_row()}},
          {"chargemill-cluster",
           "chargemill: cluster",
           "Do the nodes see each other?",
           false,
           {cluster_row()}}};
}

std::vector<Dashboard> dashboards() {
  auto all = network_dashboards();
  for (auto& one : machine_dashboards()) all.push_back(std::move(one));
  return all;
}

const std::vector<Unused>& unused_metrics() {
  static const std::vector<Unused> unused{
      {"process_start_time_seconds",
       "for those who know a program by the standard names; ours is "
       "chargemill_uptime_seconds"}};
  return unused;
}

}  // namespace chargemill::app::observability
