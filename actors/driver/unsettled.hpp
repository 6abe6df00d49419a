// What a driver has said to shards that they have not answered: tickets that it has confirmed,
// requests that it has given up.
#pragma once

#include "actors/driver/driver.hpp"

namespace chargemill::driver {

[[nodiscard]] bool in_reach(const State& state) noexcept;

/// A request of this driver's is to end. Said again until it has: whoever owns the point may be
/// down and not hear it.
void cancel(State& state, const Cancel& wanted, SimTime now, Effects& effects);
/// That has been said of `request`, and is not answered.
[[nodiscard]] bool is_cancelled(const State& state, RequestId request) noexcept;
/// `late` lets in when nobody waits for it any more: the answer was under way, or held until it was
/// on disk (D-177). It is cancelled like one that was given up in mid-session (D-125).
void take_back(State& state, const DriverUpdate& late, SimTime now, Effects& effects);
/// All that are not answered, once more.
void say_cancels(State& state, SimTime now, Effects& effects);
/// When that is due; kNever: there are none, or central is out of reach.
[[nodiscard]] SimTime cancel_due(const State& state);
/// `request` is over: whatever cancelled it needs no other answer.
void settle_cancel(State& state, RequestId request);

/// Kept whichever request it is of, also one given up (D-125); each once (D-083, X-32).
void take_ticket(State& state, const Ticket& ticket, Effects& effects);
/// Confirms again what came while its shard could not hear that it had.
void confirm_again(const State& state, Effects& effects);
/// Even while its program is closed: it is only the memory of it that ends.
void settle_ticket(State& state, const TicketSettled& settled, Effects& effects);

}  // namespace chargemill::driver
