// What the state of each actor adds to the exact count. Each side of an identity comes from another
// place: running totals on one, what the actors are found to hold or to have done on the other.
#pragma once

#include "actors/central/shard.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/driver/driver.hpp"
#include "actors/elsewhere/central.hpp"
#include "actors/fleet/fleet.hpp"
#include "actors/network/outcome.hpp"
#include "actors/outside/point.hpp"

namespace chargemill::network {

/// What its totals say; they may be read while the shard works.
void add(Totals& to, const central::ShardTotals& from);
/// The same, but active sessions are those that its records are found to hold.
void add(Totals& to, const central::ShardState& from);
/// `owner` knows what is booked of its sessions. `now`: until when its meter has run.
void add(Totals& to, const charge_point::State& from, const central::ShardState& owner,
         SimTime now);
/// Its own program keeps the meter.
void add(Totals& to, const outside::State& from);
/// Central is elsewhere: what its stand-in has counted, and the same of a charge point.
void add(Totals& to, const elsewhere::State& from);
void add(Totals& to, const charge_point::State& from, const elsewhere::State& owner, SimTime now);
/// A trip is done once a driver of a fleet has made a request of it.
void add(Totals& to, const driver::State& from);
/// Trips that were due, or shed; where the others went to only their drivers can tell.
void add(Totals& to, const fleet::State& from);

}  // namespace chargemill::network
