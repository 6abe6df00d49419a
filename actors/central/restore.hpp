// A shard as its journal remembers it, after its process has died (D-084 to D-086).
#pragma once

#include "actors/archive/image.hpp"
#include "actors/central/shard.hpp"

namespace chargemill::central {

/// Takes over what `image` says of the points of a new shard, at `now`: they are known and
/// DISCONNECTED, their open sessions wait for what their engines report, unconfirmed tickets wait
/// for their drivers. Requires a shard that has not made a step. The totals of this run begin with
/// the sessions and tickets that it takes over. `taken_back`: so many drivers who had joined the
/// other run have their seats again; what concerned the others is nobody's now.
void restore(ShardState& state, const archive::Image& image, SimTime now,
             std::uint32_t taken_back = 0);

}  // namespace chargemill::central
