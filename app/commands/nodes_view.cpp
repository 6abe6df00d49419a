#include "app/commands/nodes_view.hpp"

#include <algorithm>

#include "app/history/journal_set.hpp"
#include "app/nodes/outlived_past.hpp"
#include "app/nodes/remote_past.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/resident_memory.hpp"

namespace chargemill::app {
namespace {

using runtime::PeerState;

const char* state_text(PeerState state) {
  switch (state) {
    case PeerState::alive:
      return "alive";
    case PeerState::suspect:
      return "suspect";
    case PeerState::left:
      return "left";
    case PeerState::absent:
    case PeerState::unknown:
    case PeerState::lost:
    case PeerState::stranger:
      break;
  }
  return "lost";
}

metrics::NodeState state_of(PeerState state) {
  if (state == PeerState::alive) return metrics::NodeState::alive;
  return state == PeerState::suspect ? metrics::NodeState::suspect : metrics::NodeState::lost;
}

/// A process that is alone is one node.
std::vector<NodeRow> row_of_one(const network::Desk& desk) {
  Membership alone;
  alone.names = {"local"};
  const auto self = [](std::uint32_t) { return 0U; };
  auto rows = rows_of(alone, desk.topology(), self, self);
  NodeReport report;
  report.snapshot = desk.look();
  report.cpu_s = cpu_seconds();
  report.rss_bytes = resident_bytes();
  fill_in(rows.front(), report);
  rows.front().workers = desk.engine().workers();
  rows.front().points += desk.annex().points();  // nobody joins a network on several nodes
  rows.front().drivers += desk.annex().drivers();
  rows.front().state = "alone";
  return rows;
}

metrics::ClusterView cluster_view(const RunNodes& nodes) {
  metrics::ClusterView view;
  const auto& exchange = nodes.exchange();
  const auto membership = nodes.membership();
  const auto looks = nodes.leader().last_looks();
  for (unsigned node = 0; node < membership.names.size(); ++node) {
    const auto& name = membership.names[node];
    if (name.empty()) continue;  // a place that nobody has
    const bool is_expected = membership.is_expected(node);
    if (is_expected) ++view.figures.expected;
    const bool is_known = node < looks.size();
    const auto& totals = is_known ? looks[node].snapshot.totals : network::Totals{};
    view.nodes.push_back({name, totals.messages_delivered, totals.messages_shed,
                          is_known ? looks[node].snapshot.sim : SimTime{}});
    const auto state = node == exchange.self() ? PeerState::alive : exchange.links().state_of(node);
    if (is_expected) ++view.figures.nodes[static_cast<std::size_t>(state_of(state))];
    if (node == exchange.self()) continue;
    const auto link = exchange.links().figures_of(node);
    view.figures.links.push_back({name, link.bytes, link.round_trip});
    if (!is_known || !looks[node].journal) continue;
    if (!view.journals) view.journals.emplace();
    add(view.journals->status, looks[node].journal->status);
    view.journals->size_bytes += looks[node].journal->bytes;
  }
  return view;
}

}  // namespace

std::vector<NodeRow> node_rows(const RunNodes* nodes, const network::Desk& desk) {
  if (nodes == nullptr) return row_of_one(desk);
  auto rows = rows_of(
      nodes->membership(), desk.topology(),
      [&desk](std::uint32_t shard) { return desk.node_of(shard); },
      [&desk](std::uint32_t shard) { return desk.fleet_node_of(shard); });
  const auto& exchange = nodes->exchange();
  const auto looks = nodes->leader().last_looks();
  const std::uint32_t left = nodes->membership().left;
  for (unsigned node = 0; node < rows.size(); ++node) {
    if (node < looks.size()) fill_in(rows[node], looks[node]);
    if (node == exchange.self()) {
      rows[node].state = "leads";
      continue;
    }
    rows[node].state = state_text(exchange.links().state_of(node));
    if ((left >> node & 1U) != 0) rows[node].state = state_text(PeerState::left);
    if (rows[node].state == state_text(PeerState::alive) && !nodes->leader().is_present(node))
      rows[node].state = "joins";
    const auto link = exchange.links().figures_of(node);
    rows[node].link_bytes = link.bytes;
    rows[node].link_resent = link.resent;
    rows[node].link_waiting = link.waiting_bytes;
  }
  rows.erase(
      std::remove_if(rows.begin(), rows.end(), [](const NodeRow& row) { return row.name.empty(); }),
      rows.end());
  return rows;
}

std::function<metrics::ClusterView()> view_of(const RunNodes* nodes) {
  if (nodes == nullptr) return {};
  return [nodes] { return cluster_view(*nodes); };
}

std::function<std::string()> quorum_of(const RunNodes* nodes) {
  if (nodes == nullptr) return {};
  return [nodes] {
    const auto& exchange = nodes->exchange();
    const auto members = nodes->membership();
    std::size_t there = 0;
    std::size_t expected = 0;
    for (unsigned node = 0; node < members.names.size(); ++node) {
      if (!members.is_expected(node)) continue;
      ++expected;
      if (node == exchange.self() || exchange.links().state_of(node) == PeerState::alive) ++there;
    }
    return quorum_trouble(there, expected, members.outlives_losses);
  };
}

runtime::journal::JournalStatus status_of(const Recording& recording, const RunNodes* nodes) {
  auto status = recording.status();
  if (nodes == nullptr) return status;
  const auto others = cluster_view(*nodes).journals;
  if (others) add(status, others->status);
  return status;
}

HistoryDesk::Shards shards_of(const RunNodes* nodes) {
  const bool may_move = nodes != nullptr && nodes->membership().outlives_losses;
  return may_move ? HistoryDesk::Shards::may_move : HistoryDesk::Shards::stay;
}

HistoryDesk::Others pasts_of_others(RunNodes* nodes, const std::filesystem::path& first) {
  if (nodes == nullptr) return {};
  return [&leader = nodes->leader(), first] {
    std::vector<std::unique_ptr<archive::Past>> pasts;
    for (unsigned node = 0; node < leader.exchange().nodes(); ++node) {
      if (node == leader.exchange().self()) continue;
      auto remote = std::make_unique<RemotePast>(
          [&leader, node](const std::string& question, RemotePast::Done done) {
            leader.ask_past(node, question, std::move(done));
          });
      pasts.push_back(std::make_unique<OutlivedPast>(
          std::move(remote), [&leader, node] { return !leader.is_present(node); },
          journal_of_node(first, node)));
    }
    return pasts;
  };
}

}  // namespace chargemill::app
