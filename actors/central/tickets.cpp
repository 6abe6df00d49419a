#include "actors/central/tickets.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

/// Many at once, so that a shard at its limit does not look through all of them for each ticket.
void forget_oldest(ShardState& state) {
  std::vector<SessionId> sessions;
  sessions.reserve(state.tickets.size());
  for (const auto& kept : state.tickets) sessions.push_back(kept.first.second);
  // Sessions are numbered in the order in which they began.
  const auto last = sessions.begin() + static_cast<std::ptrdiff_t>(sessions.size() / 8);
  std::nth_element(sessions.begin(), last, sessions.end());
  for (auto kept = state.tickets.begin(); kept != state.tickets.end();) {
    const bool is_old = kept->first.second <= *last;
    state.totals.tickets_dropped += is_old ? 1U : 0U;
    kept = is_old ? state.tickets.erase(kept) : std::next(kept);
  }
}

}  // namespace

void keep_ticket(ShardState& state, const KeptTicket& kept) {
  state.tickets[{kept.ticket.driver, kept.ticket.session}] = kept;
  if (state.tickets.size() > state.settings.tickets_max) forget_oldest(state);
  CHARGEMILL_ASSERT(state.tickets.size() <= state.settings.tickets_max);
}

}  // namespace chargemill::central
