// Tickets that their drivers have not confirmed yet (D-082, D-083).
#pragma once

#include "actors/central/shard.hpp"

namespace chargemill::central {

/// Keeps `kept` until its driver confirms it; a correction takes the place of the first. Beyond
/// `ShardSettings::tickets_max` the oldest eighth is forgotten and counted: a driver that nobody
/// is, or that never comes back, confirms nothing.
void keep_ticket(ShardState& state, const KeptTicket& kept);

}  // namespace chargemill::central
