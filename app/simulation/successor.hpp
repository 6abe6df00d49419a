// A node that has followed and leads now.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "app/nodes/hand_on_words.hpp"
#include "app/nodes/take_over.hpp"
#include "app/simulation/host.hpp"
#include "app/simulation/simulation.hpp"
#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

struct Successor {
  network::Scenario scenario;                 ///< as all nodes have begun
  RunJournal journal;                         ///< of this node; outlives the host
  std::unique_ptr<Host> host;                 ///< with the network that runs
  LeaderSays last;                            ///< what the former leader has said last
  std::optional<HandedOn> handed_on;          ///< by it; none: it was lost
  std::deque<runtime::Peers::Message> early;  ///< said to who leads now before it knew
  double cpu_before = 0.0;                    ///< as this node began
  std::int64_t held_before = 0;
};

}  // namespace chargemill::app
