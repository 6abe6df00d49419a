// The other nodes of a cluster.
#include "app/metrics/family_makers.hpp"

namespace chargemill::app::metrics {
namespace {

constexpr std::array<const char*, kNodeStates> kStates{"alive", "suspect", "lost"};

/// The first ones by name, all others as one.
std::vector<ClusterFigures::Link> named_links(const ClusterFigures& cluster) {
  std::vector<ClusterFigures::Link> named;
  for (const auto& link : cluster.links) {
    if (named.size() < kNodesNamed) {
      named.push_back(link);
      continue;
    }
    if (named.size() == kNodesNamed) named.push_back({kOther, 0, {}});
    named.back().bytes += link.bytes;
    named.back().rtt.merge(link.rtt);
  }
  return named;
}

}  // namespace

void add_cluster(Families& out, const ClusterFigures& cluster, const network::Totals& totals) {
  auto& nodes = gauge(out, "chargemill_cluster_nodes", "Nodes, as this one sees them.");
  for (std::size_t i = 0; i < kNodeStates; ++i)
    nodes.add(number(cluster.nodes[i]), {{kState, kStates[i]}});
  gauge(out, "chargemill_cluster_expected_nodes", "Nodes that there should be.")
      .add(number(cluster.expected));
  counter(out, "chargemill_cluster_lost_total",
          "What was open on nodes that were lost, or on its way.")
      .add(number(totals.sessions_lost), {{kKind, "session"}})
      .add(number(totals.requests_lost), {{kKind, "request"}})
      .add(number(totals.letters_lost), {{kKind, "message"}});
  counter(out, "chargemill_cluster_orders_refused_total",
          "Orders of a central that another one had followed.")
      .add(number(totals.orders_refused));
  const auto links = named_links(cluster);
  auto& bytes = counter(out, "chargemill_cluster_link_bytes_total", "Bytes to and from a node.");
  for (const auto& link : links) bytes.add(number(link.bytes), {{kNode, link.node}});
  auto& rtt = histogram(out, "chargemill_cluster_rtt_seconds", "Round trips to a node.");
  for (const auto& link : links)
    rtt.add(classic(link.rtt, default_edges().cluster_rtt), {{kNode, link.node}});
}

}  // namespace chargemill::app::metrics
