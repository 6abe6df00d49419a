#include "app/nodes/node_table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace chargemill::app {
namespace {

std::string fixed(double number, int digits) {
  std::array<char, 48> text{};
  (void)std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

std::string hex(std::uint32_t number) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%08x", number);
  return text.data();
}

/// `tcp://10.0.0.1:7101` without what everybody knows.
std::string place_of(const runtime::NodeEndpoints& endpoints) {
  constexpr std::string_view kTcp = "tcp://";
  const std::string& data = endpoints.data;
  return data.rfind(kTcp, 0) == 0 ? data.substr(kTcp.size()) : "this machine";
}

}  // namespace

const std::vector<std::string>& node_columns() {
  static const std::vector<std::string> columns{
      "name",          "place",      "state",   "roles",      "workers",         "shards",
      "charge_points", "fleets",     "drivers", "mailbox",    "lateness_p99_ms", "busy",
      "messages",      "cpu_s",      "rss_mib", "link_bytes", "link_resent",     "link_waiting",
      "sim_s",         "incarnation"};
  return columns;
}

std::vector<std::string> cells_of(const NodeRow& r) {
  constexpr double kMib = 1024.0 * 1024.0;
  return {r.name,
          r.place,
          r.state,
          r.roles,
          std::to_string(r.workers),
          std::to_string(r.shards),
          std::to_string(r.points),
          std::to_string(r.fleets),
          std::to_string(r.drivers),
          std::to_string(r.mailbox),
          fixed(r.lateness_p99_ms, 3),
          fixed(r.busy, 2),
          std::to_string(r.messages),
          fixed(r.cpu_s, 1),
          fixed(static_cast<double>(r.rss_bytes) / kMib, 1),
          std::to_string(r.link_bytes),
          std::to_string(r.link_resent),
          std::to_string(r.link_waiting),
          fixed(r.sim_s, 1),
          hex(r.incarnation)};
}

std::vector<NodeRow> rows_of(const Membership& membership, const network::Topology& topology,
                             const std::function<unsigned(std::uint32_t)>& node_of,
                             const std::function<unsigned(std::uint32_t)>& fleet_node_of) {
  std::vector<NodeRow> rows(membership.names.size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    rows[n].name = membership.names[n];
    rows[n].roles = to_text(membership.roles_of(static_cast<unsigned>(n)));
    rows[n].place = n < membership.nodes.size() ? place_of(membership.nodes[n]) : "this machine";
  }
  // One that has joined since may have some already: it is in the next table.
  NodeRow of_newcomers;
  const auto row_of = [&](unsigned node) -> NodeRow& {
    return node < rows.size() ? rows[node] : of_newcomers;
  };
  for (std::uint32_t s = 0; s < topology.shards.size(); ++s) {
    NodeRow& row = row_of(node_of(s));
    ++row.shards;
    row.points += topology.shards[s].points;
    NodeRow& driving = row_of(fleet_node_of(s));
    ++driving.fleets;
    driving.drivers += static_cast<std::uint32_t>(topology.shards[s].drivers.size());
  }
  return rows;
}

void fill_in(NodeRow& row, const NodeReport& report) {
  const auto& snapshot = report.snapshot;
  const auto& busy = snapshot.worker_busy;
  row.incarnation = report.incarnation;
  row.workers = static_cast<std::uint32_t>(busy.size());
  row.mailbox = snapshot.totals.mailbox_depth;
  row.messages = snapshot.totals.messages_delivered;
  row.shed = snapshot.totals.messages_shed;
  row.lateness_p99_ms =
      static_cast<double>(snapshot.latencies.tick_lateness.quantile(0.99).count()) / 1e6;
  row.busy = busy.empty() ? 0.0
                          : std::accumulate(busy.begin(), busy.end(), 0.0) /
                                static_cast<double>(busy.size());
  row.cpu_s = report.cpu_s;
  row.rss_bytes = report.rss_bytes;
  row.sim_s = static_cast<double>(snapshot.sim.time_since_epoch().count()) / 1e9;
}

std::string quorum_trouble(std::size_t there, std::size_t expected, bool outlives_losses) {
  const std::size_t needed = outlives_losses ? expected / 2 + 1 : expected;
  if (there >= needed) return {};
  return std::to_string(there) + " of " + std::to_string(expected) +
         (there == 1 ? " nodes is there, " : " nodes are there, ") + std::to_string(needed) +
         " are needed";
}

}  // namespace chargemill::app
