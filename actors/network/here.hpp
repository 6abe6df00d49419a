// What the parts of Network share about who lives here.
#pragma once

#include <vector>

namespace chargemill::network {

/// Calls `f` with each actor that lives on this node.
template <class Actor, class F>
void each_here(const std::vector<Actor*>& actors, F f) {
  for (auto* actor : actors) {
    if (actor != nullptr) f(actor);
  }
}

}  // namespace chargemill::network
