// What the parts of Network share about who lives here.
#pragma once

#include <vector>

#include "actors/network/slot.hpp"

namespace chargemill::network {

/// Calls `f` with each actor that lives on this node.
template <class Actor, class F>
void each_here(const std::vector<ActorSlot<Actor>>& actors, F f) {
  for (const auto& slot : actors) {
    if (Actor* const actor = slot) f(actor);
  }
}

}  // namespace chargemill::network
