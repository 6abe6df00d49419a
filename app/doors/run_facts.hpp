// What doors tell of a run beyond its network.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/nodes/node_table.hpp"
#include "runtime/journal/journal_status.hpp"

namespace chargemill::app {

/// What they ask outlives the doors. Threads: any.
struct RunFacts {
  /// How the journal fares; empty: there is none.
  std::function<runtime::journal::JournalStatus()> journal_status = {};
  /// The same of this process alone, which replies wait for; empty: there is none.
  std::function<runtime::journal::JournalStatus()> own_journal = {};
  std::function<bool()> is_draining = {};  ///< the run is about to end; empty: nobody knows
  /// Why nobody can agree on who is there: empty text: they can; empty: nobody has to.
  std::function<std::string()> agreement_trouble = {};
  /// Why too few nodes are there; empty text: enough are; empty: this process is alone.
  std::function<std::string()> nodes_trouble = {};
  std::function<std::string()> metrics = {};  ///< in Prometheus' text format; empty: none
  std::function<std::string()> series = {};   ///< the rows so far, as JSON; empty: nobody kept them
  std::function<std::string()> log = {};  ///< its newest lines, as JSON; empty: nobody kept them
  std::function<std::vector<NodeRow>()> nodes = {};  ///< that the run is on; empty: nobody knows
  std::function<std::string()> config = {};  ///< its keys, as JSON; empty: nobody knows them
};

}  // namespace chargemill::app
