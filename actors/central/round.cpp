#include "actors/central/round.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

using Part = RoundCursor::Part;

ZoneId zone_of(const ShardState& state, const PointRecord& point) {
  return state.zones[point.zone_slot].zone;
}

archive::PointState state_of(const ShardState& state, const PointRecord& p, SimTime now) {
  archive::PointState s;
  s.at = now;
  s.point = p.id;
  s.zone = zone_of(state, p);
  s.price = p.price;
  s.breaker = p.breaker.word();
  s.breaker_opened = p.breaker.opened_at();
  s.is_registered = p.registered;
  s.is_faulty = p.faulty;
  s.is_stopped = p.operator_stopped;
  s.fault = p.fault;
  if (p.stage == Stage::none) return s;
  s.session = p.session;
  s.request = p.request;
  s.driver = p.driver;
  s.begun = p.begun;
  s.heard = p.heard;
  s.delivered = p.delivered;
  s.cost = p.cost;
  s.permit = p.permit;
  return s;
}

archive::ClosedAgain closed_of(const ShardState& state, const PointRecord& p,
                               const ClosedSession& c, SimTime now) {
  return {now,
          {c.asked, c.session, c.request, c.start, c.asked, c.booked, c.cost, p.id, c.driver,
           zone_of(state, p), c.status, c.reason, c.detail, c.phase, c.refusal, c.is_final, false,
           c.is_stray}};
}

archive::TicketAgain ticket_of(const ShardState& state, const KeptTicket& kept, SimTime now) {
  const Ticket& t = kept.ticket;
  archive::SessionEnd end;
  end.at = now;
  end.session = t.session;
  end.request = kept.request;
  end.start = t.start;
  end.end = t.end;
  end.delivered = t.delivered;
  end.cost = t.cost;
  end.point = t.point;
  end.driver = t.driver;
  const std::uint32_t index = find(state, t.point);
  if (index != kNowhere) end.zone = zone_of(state, state.points[index]);
  end.status = t.status;
  end.reason = t.reason;
  end.detail = kept.detail;
  end.phase = kept.phase;
  end.refusal = kept.refusal;
  end.is_correction = t.correction;
  return {end};
}

std::size_t latecomers(const ShardState& state) {
  return state.late_points.size() + state.late_drivers.size();
}

/// Those who have joined: points, then drivers.
archive::Record late_at(const ShardState& state, std::uint32_t index, SimTime now) {
  if (index < state.late_points.size()) {
    archive::PointJoined who = state.late_points[index];
    who.at = now;
    return who;
  }
  archive::DriverJoined who = state.late_drivers[index - state.late_points.size()];
  who.at = now;
  return who;
}

RoundCursor first_point(const ShardState& state) {
  return {state.points.empty() ? Part::named : Part::points, 0, 0, {}};
}

bool is_worth_repeating(const ClosedSession& closed, SimTime now) {
  return closed.session != SessionId::none &&
         (!closed.is_final || now - closed.asked < kRepeatClosed);
}

/// Behind the last named request the tickets begin.
RoundCursor at_what_is_left(const ShardState& state, const RoundCursor& cursor) {
  const bool is_through =
      cursor.part == Part::named &&
      state.named_requests.lower_bound(cursor.named) == state.named_requests.end();
  return is_through ? RoundCursor{Part::tickets, 0, 0, {}} : cursor;
}

archive::Record record_of(const ShardState& state, const RoundCursor& cursor, SimTime now) {
  const archive::RoundMark end{now, state.settings.shard, true, state.sessions_made};
  switch (cursor.part) {
    case Part::begin:
      return archive::RoundMark{now, state.settings.shard, false, state.sessions_made};
    case Part::latecomers:
      return late_at(state, cursor.point, now);
    case Part::points: {
      const PointRecord& point = state.points[cursor.point];
      if (cursor.closed == 0) return state_of(state, point, now);
      return closed_of(state, point, state.rings[point.ring].sessions[cursor.closed - 1], now);
    }
    case Part::named: {
      archive::RequestNamed named = state.named_requests.lower_bound(cursor.named)->second;
      named.at = now;
      return named;
    }
    case Part::tickets: {
      const auto ticket = state.tickets.lower_bound(cursor.ticket);
      if (ticket == state.tickets.end()) return end;
      return ticket_of(state, ticket->second, now);
    }
  }
  return end;
}

}  // namespace

archive::Record record_at(const ShardState& state, const RoundCursor& cursor, SimTime now) {
  return record_of(state, at_what_is_left(state, cursor), now);
}

RoundCursor after(const ShardState& state, RoundCursor cursor, SimTime now) {
  cursor = at_what_is_left(state, cursor);
  const auto size = static_cast<std::uint32_t>(state.points.size());
  switch (cursor.part) {
    case Part::begin:
      return latecomers(state) > 0 ? RoundCursor{Part::latecomers, 0, 0, {}} : first_point(state);
    case Part::latecomers:
      if (cursor.point + 1 < latecomers(state)) return {Part::latecomers, cursor.point + 1, 0, {}};
      return first_point(state);
    case Part::points: {
      CHARGEMILL_ASSERT(cursor.point < size);
      const PointRecord& point = state.points[cursor.point];
      while (point.ring != kNowhere && cursor.closed < kClosedKept) {
        const ClosedSession& next = state.rings[point.ring].sessions[cursor.closed++];
        if (is_worth_repeating(next, now)) return cursor;
      }
      if (cursor.point + 1 < size) return {Part::points, cursor.point + 1, 0, {}};
      return {Part::named, 0, 0, {}};
    }
    case Part::named: {
      const auto [driver, request] = state.named_requests.lower_bound(cursor.named)->first;
      return {Part::named, 0, 0, {}, {driver, RequestId{index_of(request) + 1}}};
    }
    case Part::tickets: {
      const auto ticket = state.tickets.lower_bound(cursor.ticket);
      if (ticket == state.tickets.end()) return {};  // it was the mark of the end
      const auto [driver, session] = ticket->first;
      return {Part::tickets, 0, 0, {driver, SessionId{index_of(session) + 1}}};
    }
  }
  return {};
}

}  // namespace chargemill::central
