// A node that does what the one that leads says.
#pragma once

#include "actors/network/scenario.hpp"
#include "app/nodes/succession.hpp"
#include "app/simulation/simulation.hpp"
#include "app/simulation/stop_request.hpp"
#include "app/simulation/successor.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

enum class FollowEnd : std::uint8_t {
  done,    ///< the node that leads has said that it is over
  failed,  ///< that node, or another one, is lost; or this one was asked to stop
  leads,   ///< the one that led is lost, and this one leads now
};

/// That this node joins others that run: by whom, and what it is to answer.
struct Invited {
  unsigned by = 0;
  std::uint32_t number = 0;
  Invitation what;
};

/// Builds this node's part of the network, and does and answers what is asked. `stop`: who asks
/// this node to stop (null: nobody can). `journal`: this node's own. `succession`: who of the nodes
/// is there, in a run that outlives their loss; null: it ends with any of them. `leads`: filled
/// when it leads. `invited`: it joins; null: all begin. Requires a checked scenario, the same on
/// all nodes.
[[nodiscard]] FollowEnd follow(const network::Scenario& scenario, runtime::Peers& exchange,
                               const StopRequest* stop = nullptr, RunJournal journal = {},
                               Succession* succession = nullptr, Successor* leads = nullptr,
                               const Invited* invited = nullptr);

}  // namespace chargemill::app
