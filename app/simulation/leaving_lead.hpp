// The node that leads is asked to leave while the network runs: another one leads then.
#pragma once

#include <optional>
#include <string>

#include "actors/network/outcome.hpp"
#include "actors/shell/recording.hpp"
#include "app/nodes/leader.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/stop_request.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

/// How a node that led has left.
struct Departure {
  std::string leader;      ///< who leads now; empty: nobody has until this one left
  network::Snapshot last;  ///< how things stood on all nodes, about then
};

/// Its shards go to others first, as those of any node that leaves. Real time. Threads: whoever
/// runs the node.
class LeavingLead {
 public:
  /// All outlive this. `recording`: null if nothing is kept.
  LeavingLead(Host& host, Looker& looker, Leader& leader, Recording* recording,
              const StopRequest& stop)
      : host_(host), looker_(looker), leader_(leader), recording_(recording), stop_(stop) {}

  /// Once a turn of the run, after Leader::attend(). None: it leads; else it has left, and acts for
  /// nobody any more. Where nobody else could lead, whoever asked it to leave asks the run to stop.
  [[nodiscard]] std::optional<Departure> turn();

 private:
  [[nodiscard]] std::optional<Departure> leave();

  Host& host_;
  Looker& looker_;
  Leader& leader_;
  Recording* const recording_;
  const StopRequest& stop_;
  // As those have it who exchange messages: in a simulation that is no machine's clock.
  std::optional<runtime::Peers::Clock::time_point> asked_;  // it was asked to leave
  std::optional<runtime::Peers::Clock::time_point> since_;  // it wants to leave
  runtime::Peers::Clock::time_point again_;                 // before, it does not try once more
};

}  // namespace chargemill::app
