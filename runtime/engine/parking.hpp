// Single actors that rest, end or go on while all others stand: a part of a network that leaves
// this engine for another one.
#pragma once

#include <functional>

#include "runtime/engine/coordinator.hpp"

namespace chargemill::runtime {

/// For whoever holds all workers still (Coordinator::hold_still()); real and hand-moved time. It
/// acts in the place of the workers, whose threads stand.
class Coordinator::Parking {
 public:
  explicit Parking(Coordinator& engine);

  /// Handles every message that waits on this node, and those they cause. No timer fires, so this
  /// ends. It may wait for a slow node as workers do: not while arrivals are held.
  void settle();
  /// From now on `actor` rests: it handles nothing, and what comes for it waits. When it wants to
  /// be woken.
  [[nodiscard]] SimTime park(LeanActor& actor);
  /// One that rests, or is new and was never woken, goes on: with what waits for it, and with a
  /// wake-up at `due`; kNever: none.
  void resume(LeanActor& actor, SimTime due);
  /// One that rests will never go on. What waits for it is given to `left`, the oldest first, and
  /// is gone; how much that was. Its memory stays for some seconds, as other threads may name it.
  std::size_t end(LeanActor& actor, const std::function<void(const Message&)>& left = {});
  /// A message of a node goes behind all that waits for `to`, which lives here; before anything
  /// that is sent later.
  void deliver(Address to, PacketBase* packet);
  /// In a cluster: who has this number lives on another node from now on; what arrives for it here
  /// is nobody's. Its address there.
  [[nodiscard]] Address leave(Entity number, unsigned node);
  /// `actor`, which had left so and rests, is back in its place.
  void take_back(Entity number, LeanActor& actor);

 private:
  Coordinator& engine_;
};

}  // namespace chargemill::runtime
