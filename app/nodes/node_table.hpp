// The nodes of a run, one a row: what `ctl nodes`, /api/v1/nodes and the dashboard show.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "actors/network/network.hpp"
#include "app/nodes/membership.hpp"
#include "app/nodes/node_report.hpp"

namespace chargemill::app {

class Leader;

struct NodeRow {
  std::string name;
  std::string place;  ///< host and port, or that it is a process of this machine
  std::string state;  ///< alive, suspect, lost, joins; leads: this one
  std::string roles;  ///< central,shards,drivers
  std::uint32_t incarnation = 0;
  std::uint32_t workers = 0;
  std::uint32_t shards = 0;
  std::uint32_t points = 0;
  std::uint32_t fleets = 0;  ///< of those or of other shards
  std::uint32_t drivers = 0;
  std::uint64_t mailbox = 0;   ///< messages that wait
  std::uint64_t messages = 0;  ///< that actors have received
  std::uint64_t shed = 0;      ///< to actors that were not there
  double lateness_p99_ms = 0;  ///< of its timers
  double busy = 0;             ///< share of the time, of all its workers, lately
  double cpu_s = 0;            ///< since the start
  std::int64_t rss_bytes = 0;
  // Of its link to the node that leads.
  std::uint64_t link_bytes = 0;   ///< both ways
  std::uint64_t link_resent = 0;  ///< frames that were sent to it once more
  std::int64_t link_waiting = 0;  ///< bytes that it has not confirmed
  double sim_s = 0;               ///< model time that it has reached
};

/// Columns and their values as text, for doors and people; in the order in which they are shown.
[[nodiscard]] const std::vector<std::string>& node_columns();
[[nodiscard]] std::vector<std::string> cells_of(const NodeRow& row);

/// What is known of a node without asking it: its place and its part of the network.
/// `node_of`, `fleet_node_of`: who has a shard at the moment, and who its fleet.
[[nodiscard]] std::vector<NodeRow> rows_of(
    const Membership& membership, const network::Topology& topology,
    const std::function<unsigned(std::uint32_t)>& node_of,
    const std::function<unsigned(std::uint32_t)>& fleet_node_of);
/// Fills in what a node has said of itself at its last look.
void fill_in(NodeRow& row, const NodeReport& report);

/// Why too few of the nodes are there for the run to go on: `1 of 3 nodes is there, 2 are needed`;
/// empty: enough are. All are needed, unless the run outlives losses: then a majority is.
[[nodiscard]] std::string quorum_trouble(std::size_t there, std::size_t expected,
                                         bool outlives_losses);

}  // namespace chargemill::app
