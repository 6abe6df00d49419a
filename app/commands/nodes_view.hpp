// The nodes of a run as those outside see them: a row each, and figures for a scrape.
#pragma once

#include <functional>
#include <vector>

#include "actors/network/desk.hpp"
#include "actors/shell/recording.hpp"
#include "app/commands/run_nodes.hpp"
#include "app/history/history_desk.hpp"
#include "app/metrics/sources.hpp"
#include "app/nodes/node_table.hpp"

namespace chargemill::app {

// Of all: `nodes`, which outlives what is returned; null: this process is alone. Any thread, while
// the run goes on.

/// By number.
[[nodiscard]] std::vector<NodeRow> node_rows(const RunNodes* nodes, const network::Desk& desk);

/// What a scrape of the node that leads tells of all; empty: there is nobody else.
[[nodiscard]] std::function<metrics::ClusterView()> view_of(const RunNodes* nodes);

/// Why too few of them are there; empty text: enough are; empty: there is nobody else.
[[nodiscard]] std::function<std::string()> quorum_of(const RunNodes* nodes);

/// How their journals fare together.
[[nodiscard]] runtime::journal::JournalStatus status_of(const Recording& recording,
                                                        const RunNodes* nodes);

/// Whether shards may go from this node to another one while both live.
[[nodiscard]] HistoryDesk::Shards shards_of(const RunNodes* nodes);

/// What has happened on the other nodes, asked over the links, or of the journal of one that is
/// lost; empty: there are none. `first`: the first node's journal; empty: none is kept.
[[nodiscard]] HistoryDesk::Others pasts_of_others(RunNodes* nodes,
                                                  const std::filesystem::path& first);

}  // namespace chargemill::app
