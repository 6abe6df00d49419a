// What a node that follows has been told by others than the one that leads, as far as it knows; and
// what is for whoever leads next.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "runtime/cluster/peers.hpp"

namespace chargemill::app {

/// A new leader may speak before this node has heard that it leads, and others may send back to
/// this node what is for the leader before it knows that it is the one. Pure. Threads: one.
class EarlyWords {
 public:
  using Message = runtime::Peers::Message;
  /// Beyond so many the first is dropped, unless it is the leader's.
  static constexpr std::size_t kMax = 64;

  /// Of somebody who does not lead, as far as is known.
  void keep(Message message) { words_.push_back(std::move(message)); }
  /// What `leader` has said before it was known to lead, in order; none: nothing is its turn.
  [[nodiscard]] std::optional<Message> next(unsigned leader);

  /// What cannot be done here and is the next leader's, who is to be this node.
  void keep_for_the_lead(std::string text) { for_the_lead_.push_back(std::move(text)); }
  /// This node will not lead: each of these is somebody else's.
  [[nodiscard]] std::deque<std::string> take_for_the_lead() {
    return std::exchange(for_the_lead_, {});
  }
  /// This node, `self`, leads: all that is kept, in order as far as that matters.
  [[nodiscard]] std::deque<Message> take_all(unsigned self);

 private:
  std::deque<Message> words_;
  std::deque<std::string> for_the_lead_;
};

}  // namespace chargemill::app
