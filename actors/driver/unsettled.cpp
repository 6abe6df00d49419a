#include "actors/driver/unsettled.hpp"

#include <algorithm>

namespace chargemill::driver {
namespace {

constexpr std::uint64_t kCorrection = std::uint64_t{1} << 63U;

/// A session's ticket and its correction are two.
std::uint64_t key_of(SessionId session, bool is_correction) {
  return index_of(session) | (is_correction ? kCorrection : 0);
}

Unsettled& unsettled(State& state) {
  if (!state.unsettled) state.unsettled = Unsettled{};
  return *state.unsettled;
}

void forget_if_settled(State& state) {
  if (state.unsettled && state.unsettled->tickets.empty() && state.unsettled->cancels.empty())
    state.unsettled.reset();
}

/// One that it has made and no longer waits for. Not one of before: of an earlier run, or of the
/// node whose part was taken over; nobody has given those up.
bool is_given_up(const State& state, RequestId request) {
  const auto newest = index_of(current_request(state));
  const auto number = index_of(request);
  const bool is_own = number <= newest && newest - number < state.totals.sent;
  return is_own && (number < newest || state.stage != Stage::waiting);
}

}  // namespace

bool in_reach(const State& state) noexcept { return state.linked && !state.away; }

SimTime cancel_due(const State& state) {
  const bool owes = state.unsettled && !state.unsettled->cancels.empty();
  return owes && in_reach(state) ? state.unsettled->cancel_at : kNever;
}

void say_cancels(State& state, SimTime now, Effects& effects) {
  if (!state.unsettled) return;
  for (const Cancel& cancel : state.unsettled->cancels)
    effects.push_back(CancelRequest{cancel.request, state.id, cancel.point});
  state.unsettled->cancel_at = now + kCancelAgain;
}

bool is_cancelled(const State& state, RequestId request) noexcept {
  if (!state.unsettled) return false;
  const auto& cancels = state.unsettled->cancels;
  return std::any_of(cancels.begin(), cancels.end(),
                     [&](const Cancel& c) { return c.request == request; });
}

void cancel(State& state, const Cancel& wanted, SimTime now, Effects& effects) {
  if (!is_cancelled(state, wanted.request)) {
    Unsettled& open = unsettled(state);
    if (open.cancels.empty()) open.cancel_at = now + kCancelAgain;
    if (open.cancels.full()) open.cancels.pop_front();
    open.cancels.push_back(wanted);
  }
  if (in_reach(state)) effects.push_back(CancelRequest{wanted.request, state.id, wanted.point});
}

void take_back(State& state, const DriverUpdate& late, SimTime now, Effects& effects) {
  if (late.point == kUnknownPoint) return;
  if (!is_given_up(state, late.request) || is_cancelled(state, late.request)) return;
  cancel(state, {late.request, late.point}, now, effects);
}

void settle_cancel(State& state, RequestId request) {
  if (!state.unsettled) return;
  auto& cancels = state.unsettled->cancels;
  for (std::size_t i = 0; i < cancels.size(); ++i) {
    if (cancels[i].request != request) continue;
    cancels.remove(i);
    return forget_if_settled(state);
  }
}

void confirm_again(const State& state, Effects& effects) {
  if (state.mode == Mode::guest || !state.unsettled) return;
  for (const std::uint64_t key : state.unsettled->tickets)
    effects.push_back(TicketAck{SessionId{key & ~kCorrection}, state.id, (key & kCorrection) != 0});
}

void take_ticket(State& state, const Ticket& ticket, Effects& effects) {
  if (state.away || ticket.driver != state.id) return;
  const std::uint64_t key = key_of(ticket.session, ticket.correction);
  auto& tickets = unsettled(state).tickets;
  const bool is_known = std::find(tickets.begin(), tickets.end(), key) != tickets.end();
  const bool is_guest = state.mode == Mode::guest;
  if (!is_known && tickets.full() && !is_guest) {
    state.unsettled->has_left = true;
    return confirm_again(state, effects);  // to make room
  }
  // A guest's ticket is confirmed by the guest: on its way there it may be lost with a connection.
  if (!is_guest) effects.push_back(TicketAck{ticket.session, state.id, ticket.correction});
  if (is_guest) effects.push_back(ShowTicket{ticket});
  if (is_known) {
    ++state.totals.duplicates;
    return;
  }
  if (tickets.full()) tickets.pop_front();  // of a guest that confirms nothing
  tickets.push_back(key);
  ++state.totals.tickets;
  if (state.mode == Mode::list) effects.push_back(ShowTicket{ticket});
}

void settle_ticket(State& state, const TicketSettled& settled, Effects& effects) {
  if (settled.driver != state.id || !state.unsettled) return;
  Unsettled& open = *state.unsettled;
  const std::uint64_t key = key_of(settled.session, settled.correction);
  for (std::size_t i = 0; i < open.tickets.size(); ++i) {
    if (open.tickets[i] != key) continue;
    open.tickets.remove(i);
    break;
  }
  if (open.has_left && !open.tickets.full() && in_reach(state)) {
    open.has_left = false;
    effects.push_back(DriverReturned{state.id});  // there is room for what was left
  }
  forget_if_settled(state);
}

}  // namespace chargemill::driver
