// A node that does what the first one says.
#pragma once

#include "actors/network/scenario.hpp"
#include "app/simulation/simulation.hpp"
#include "app/simulation/stop_request.hpp"
#include "runtime/cluster/exchange.hpp"

namespace chargemill::app {

/// Builds this node's part of the network, and does and answers what is asked, until the node that
/// leads says that it is over. True: it did; false: that node, or another one, is lost, or `stop`
/// asks (null: nobody can), which ends the run of all. `journal`: this node's own. Requires a
/// checked scenario, the same on all nodes.
[[nodiscard]] bool follow(const network::Scenario& scenario, runtime::Exchange& exchange,
                          const StopRequest* stop = nullptr, RunJournal journal = {});

}  // namespace chargemill::app
