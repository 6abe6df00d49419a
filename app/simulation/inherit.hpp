// What a node does itself when shards of a lost one come to it.
#pragma once

#include "actors/network/scenario.hpp"
#include "app/nodes/leader.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/simulation.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

/// All that is referred to outlives the result. Requires real time. The driving thread's.
[[nodiscard]] Heir heir_of(Host& host, runtime::Peers& exchange, const network::Scenario& scenario,
                           const RunJournal& journal);

}  // namespace chargemill::app
