// What the parts of Network share about who lives here.
#pragma once

#include <vector>

#include "actors/archive/image.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/network/slot.hpp"

namespace chargemill::network {

/// The process of an engine has died in the middle of a session: what is known of its meter is what
/// it had told (D-103). It reports that end like any other, and its central books nothing twice.
void leave_interrupted(charge_point::Meter& meter, const archive::PointState& point);

/// Calls `f` with each actor that lives on this node.
template <class Actor, class F>
void each_here(const std::vector<ActorSlot<Actor>>& actors, F f) {
  for (const auto& slot : actors) {
    if (Actor* const actor = slot) f(actor);
  }
}

}  // namespace chargemill::network
