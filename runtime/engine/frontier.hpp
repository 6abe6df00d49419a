// The way from one engine to those of other nodes.
#pragma once

#include <vector>

#include "runtime/engine/arrival.hpp"
#include "runtime/engine/tenure.hpp"
#include "runtime/engine/window_barrier.hpp"

namespace chargemill::runtime {

struct MailBag;

/// To an engine another node is one more home that actors can have: what is sent there is gathered
/// as for another worker, and handed over here instead. So actors do not know where their peers
/// live, and a message within the node pays nothing for those that leave it.
class Frontier {
 public:
  /// What came from other nodes for the actors of one worker, as Lane::Outgoing has it.
  struct Arrived {
    std::vector<Arrival> next;
    std::vector<Arrival> later;
  };

  Frontier() = default;
  Frontier(const Frontier&) = delete;
  Frontier& operator=(const Frontier&) = delete;
  virtual ~Frontier() = default;

  /// Real time. Reads the letters in `bag`, whose receivers are entities of `node`. Any worker;
  /// waits while that node is too slow.
  virtual void send(unsigned node, MailBag& bag) = 0;
  /// Virtual time. Carries what a worker has sent to `node` since the last meeting: both lists in
  /// order, `next` first. Reads the letters, and does not give them back. Any worker; waits
  /// likewise.
  virtual void send(unsigned node, const std::vector<Arrival>& next,
                    const std::vector<Arrival>& later) = 0;
  /// Virtual time. This node's proposal for that of all; returns once every node has made its own
  /// for the same meeting and all that was sent before has arrived. One worker, the last to meet. A
  /// grant to stop when there is no way to agree any more.
  [[nodiscard]] virtual WindowGrant agree(const WindowGrant& here) = 0;
  /// Virtual time. What arrived until the last agreement for actors of `worker`, who empties it
  /// before it meets again. The worker's own thread.
  [[nodiscard]] virtual Arrived& arrived(unsigned worker) = 0;

  /// Real time: until when this node may act. Any thread.
  [[nodiscard]] Tenure& tenure() noexcept { return tenure_; }
  /// Real time: a worker has seen that it is over, and stands from now on until the engine stops.
  /// One worker at least, each at most once: others may stand with it before they look.
  virtual void on_end_of_tenure() {}

 private:
  Tenure tenure_;
};

}  // namespace chargemill::runtime
