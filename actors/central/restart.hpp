// What a restart of central leaves of a shard (D-084 to D-087).
#pragma once

#include "actors/central/turn.hpp"

namespace chargemill::central {

/// Central is gone: the state becomes what a journal would give back. Kept: registrations, open
/// sessions with their totals, faults, breakers, operator stops, tickets, sums.
void forget(Turn& turn);
/// Central is back: the time-outs of open sessions run from now.
void come_back(Turn& turn);
/// Both at once.
void restarted(ShardState& state, SimTime now);

}  // namespace chargemill::central
