// A shard as its journal remembers it, after its process has died (D-084 to D-086).
#pragma once

#include "actors/archive/image.hpp"
#include "actors/central/shard.hpp"

namespace chargemill::central {

/// Takes over what `image` says of the points of a new shard, at `now`: they are known and
/// DISCONNECTED, their open sessions wait for what their engines report, unconfirmed tickets wait
/// for their drivers. Requires a shard that has not made a step. The totals of this run begin with
/// the sessions and tickets that it takes over.
void restore(ShardState& state, const archive::Image& image, SimTime now);

}  // namespace chargemill::central
