#include "actors/central/sessions.hpp"

#include "actors/central/availability.hpp"
#include "actors/central/named_requests.hpp"
#include "actors/central/tickets.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

ClosedSession& remember(ShardState& state, PointRecord& point, const ClosedSession& closed) {
  if (point.ring == kNowhere) {
    point.ring = static_cast<std::uint32_t>(state.rings.size());
    state.rings.emplace_back();
  }
  ClosedRing& ring = state.rings[point.ring];
  ClosedSession& place = ring.sessions[ring.next % kClosedKept];
  ++ring.next;
  place = closed;
  return place;
}

void say(Turn& turn, const DriverUpdate& update) {
  // A supply that was asked for at the point has nobody who waits for updates (D-106).
  if (update.request != RequestId::none) turn.out.push_back(update);
}

Ticket ticket_of(const PointRecord& point, const ClosedSession& closed, SimTime end,
                 bool correction) {
  return {closed.session, closed.start,  end,           closed.booked, closed.cost,
          point.id,       closed.driver, closed.status, closed.reason, correction};
}

KeptTicket kept_of(const Ticket& ticket, const ClosedSession& closed) {
  return {ticket, closed.request, closed.detail, closed.phase, closed.refusal};
}

void issue(Turn& turn, const PointRecord& point, const ClosedSession& closed, SimTime end,
           bool correction) {
  if (closed.driver == kNobody) return;
  const Ticket ticket{closed.session, closed.start,  end,           closed.booked, closed.cost,
                      point.id,       closed.driver, closed.status, closed.reason, correction};
  keep_ticket(turn.state, {ticket, closed.request, closed.detail, closed.phase, closed.refusal});
  ++turn.state.totals.tickets_issued;
  turn.out.push_back(ticket);
}

void tell_breaker(Turn& turn, PointRecord& point, const Ending& ending) {
  using runtime::BreakerMode;
  const auto& limits = turn.state.settings.breaker;
  const bool is_nobodys = ending.blame == Ending::Blame::nobody || point.is_neutral;
  const BreakerMode before = point.breaker.mode();
  const std::uint64_t word = point.breaker.word();
  if (ending.blame == Ending::Blame::counted) return;
  if (is_nobodys) {
    point.breaker.release(point.permit);
  } else if (ending.status == SessionStatus::completed) {
    point.breaker.succeeded(point.permit, limits);
  } else {
    point.incident = true;
    note_failure(point, turn.now);
    point.breaker.failed(point.permit, limits, turn.now);
  }
  record_breaker(turn, point, word);
  if (point.breaker.mode() == before) return;
  if (point.breaker.mode() == BreakerMode::open) ++turn.state.totals.breaker_opened;
  if (point.breaker.mode() == BreakerMode::closed) ++turn.state.totals.breaker_closed;
}

/// What the journal keeps of a session that is over, and issues its ticket with.
void record_end(Turn& turn, const PointRecord& point, const ClosedSession& closed, SimTime end,
                bool is_correction) {
  turn.record(archive::SessionEnd{
      turn.now, closed.session, closed.request, closed.start, end, closed.booked, closed.cost,
      point.id, closed.driver, turn.zone(point), closed.status, closed.reason, closed.detail,
      closed.phase, closed.refusal, closed.is_final, is_correction, closed.is_stray});
}

struct Sums {
  SimTime start;
  SimTime end;
  Energy delivered;
  Money cost;
  bool is_final;
};

void close_with(Turn& turn, std::uint32_t index, const Ending& ending, const Sums& sums) {
  PointRecord& point = turn.point(index);
  ShardTotals& totals = turn.state.totals;
  CHARGEMILL_ASSERT(point.stage != Stage::none);
  CHARGEMILL_ASSERT(totals.sessions_active > 0);
  book_current(turn, point, sums.delivered);
  const ClosedSession closed{point.session, point.request, sums.start,   sums.delivered,
                             sums.cost,     turn.now,      point.driver, ending.status,
                             ending.reason, ending.detail, ending.phase, ending.refusal,
                             sums.is_final, false};
  remember(turn.state, point, closed);
  settle_named(turn.state, closed);
  --totals.sessions_active;
  const bool is_complete = ending.status == SessionStatus::completed;
  ZoneTotals& zone = turn.zone_totals(point);
  ++(is_complete ? totals.sessions_completed : totals.sessions_failed);
  ++(is_complete ? zone.sessions_completed : zone.sessions_failed);
  zone.power_w -= point.power.w;
  totals.revenue_microeur += sums.cost.microeur;
  record_end(turn, point, closed, sums.end, false);
  say(turn, present_status(point, closed));
  issue(turn, point, closed, sums.end, false);
  tell_breaker(turn, point, ending);
  const auto open = turn.state.open_by_driver.find(point.driver);
  if (open != turn.state.open_by_driver.end() && open->second == index)
    turn.state.open_by_driver.erase(open);
  // D-062: nothing of it is left to be shown.
  point.stage = Stage::none;
  point.session = SessionId::none;
  point.request = RequestId::none;
  point.driver = DriverId{};
  point.delivered = Energy{};
  point.cost = Money{};
  point.power = Power{};
  point.is_neutral = false;
}

}  // namespace

Ending completed() noexcept {
  return {SessionStatus::completed, Reason::charging_completed, Reason::none, Phase::activated,
          Ending::Blame::point};
}

Ending interrupted_by(Phase phase) noexcept {
  // An engine is stopped by an operator, never by itself.
  const auto blame = phase == Phase::stopped ? Ending::Blame::nobody : Ending::Blame::point;
  return {SessionStatus::failed, Reason::interrupted_by_state, Reason::none, phase, blame};
}

bool open_session(Turn& turn, std::uint32_t index, const Wish& wish) {
  using runtime::BreakerMode;
  ShardState& state = turn.state;
  PointRecord& point = turn.point(index);
  CHARGEMILL_ASSERT(point.stage == Stage::none);
  const BreakerMode before = point.breaker.mode();
  const std::uint64_t word = point.breaker.word();
  const auto permit = point.breaker.try_acquire(state.settings.breaker, turn.now);
  if (!permit) return false;
  if (before == BreakerMode::open) ++state.totals.breaker_half_opened;
  point.permit = *permit;
  point.session = session_id(state.settings.shard, ++state.sessions_made);
  point.request = wish.request;
  point.driver = wish.driver;
  point.stage = Stage::starting;
  point.begun = turn.now;
  point.delivered = Energy{};
  point.cost = Money{};
  point.power = Power{};
  point.is_neutral = point.incident = point.unplugged = false;
  point.checkpoint = 0;
  state.open_by_driver[wish.driver] = index;
  ++state.totals.sessions_started;
  ++state.totals.sessions_active;
  ++turn.zone_totals(point).sessions_started;
  if (wish.request != RequestId::none) ++state.totals.requests_accepted;
  name_request(turn, point);
  turn.record(archive::SessionStart{turn.now, point.session, wish.request, point.id, wish.driver,
                                    turn.zone(point), point.permit});
  record_breaker(turn, point, word);
  say(turn, present_status(point));
  turn.to_point(point.id, StartSupply{point.session, wish.request, wish.target, wish.stay, turn.now,
                                      wish.driver, PayloadDefect::none});
  return true;
}

void close_session(Turn& turn, std::uint32_t index, const Ending& ending) {
  const PointRecord& point = turn.point(index);
  close_with(turn, index, ending, {point.begun, turn.now, point.delivered, point.cost, false});
}

void close_session(Turn& turn, std::uint32_t index, const Ending& ending, const SessionEnd& end) {
  close_with(turn, index, ending, {end.start, end.end, end.delivered, end.cost, true});
}

void book_current(Turn& turn, PointRecord& point, Energy delivered) {
  turn.state.totals.energy_booked_mj += (delivered - point.delivered).mj;
  turn.zone_totals(point).energy_booked_mj += (delivered - point.delivered).mj;
  point.delivered = delivered;
}

void book_other(Turn& turn, std::uint32_t index, const Telemetry& telemetry) {
  PointRecord& point = turn.point(index);
  ShardTotals& totals = turn.state.totals;
  ++totals.telemetry_unbilled;
  if (telemetry.session == SessionId::none) return;
  ClosedSession* closed = closed_session(turn.state, point, telemetry.session, RequestId::none);
  if (closed == nullptr) {
    ClosedSession stray;
    stray.session = telemetry.session;
    stray.driver = telemetry.driver;
    stray.status = SessionStatus::failed;
    stray.is_stray = true;
    closed = &remember(turn.state, point, stray);
  }
  if (closed->is_final) return;
  const Energy more = telemetry.delivered - closed->booked;
  totals.energy_booked_mj += more.mj;
  turn.zone_totals(point).energy_booked_mj += more.mj;
  if (closed->is_stray) totals.energy_unassigned_mj += more.mj;
  closed->booked = telemetry.delivered;
  // It goes on although it is over here: the engine has lost what told it to stop (it hung, or
  // could not be reached). Nobody else would ever end it.
  if (telemetry.at - closed->asked < kAskAgain) return;
  closed->asked = turn.now;
  turn.to_point(point.id, StopSupply{closed->reason});
}

void correct(Turn& turn, std::uint32_t index, const SessionEnd& end) {
  PointRecord& point = turn.point(index);
  ShardTotals& totals = turn.state.totals;
  ClosedSession* closed = closed_session(turn.state, point, end.session, RequestId::none);
  if (closed == nullptr) {
    ClosedSession stray;
    stray.session = end.session;
    stray.driver = end.driver;
    stray.status = end.status;
    stray.is_stray = true;
    closed = &remember(turn.state, point, stray);
  }
  if (closed->is_final) return;
  const Energy more = end.delivered - closed->booked;
  totals.energy_booked_mj += more.mj;
  turn.zone_totals(point).energy_booked_mj += more.mj;
  closed->booked = end.delivered;
  closed->start = end.start;
  closed->is_final = true;
  if (closed->is_stray) {
    totals.energy_unassigned_mj += more.mj;
    record_end(turn, point, *closed, end.end, false);
    return;
  }
  totals.revenue_microeur += (end.cost - closed->cost).microeur;
  closed->cost = end.cost;
  settle_named(turn.state, *closed);
  ++totals.sessions_corrected;
  record_end(turn, point, *closed, end.end, true);
  issue(turn, point, *closed, end.end, true);
}

ClosedSession* closed_session(ShardState& state, const PointRecord& point, SessionId session,
                              RequestId request) {
  if (point.ring == kNowhere) return nullptr;
  for (ClosedSession& closed : state.rings[point.ring].sessions) {
    if (closed.session == SessionId::none) continue;
    if (session != SessionId::none ? closed.session == session
                                   : closed.request == request && request != RequestId::none)
      return &closed;
  }
  return nullptr;
}

Energy booked(const ShardState& state, std::uint32_t index, SessionId session) {
  const PointRecord& point = state.points[index];
  if (point.stage != Stage::none && point.session == session) return point.delivered;
  if (point.ring == kNowhere) return Energy{};
  for (const ClosedSession& closed : state.rings[point.ring].sessions) {
    if (closed.session == session) return closed.booked;
  }
  return Energy{};
}

DriverUpdate present_status(const PointRecord& point) {
  const bool begun = point.stage != Stage::starting;
  return {point.request,
          point.session,
          point.power,
          point.delivered,
          point.cost,
          point.id,
          point.driver,
          begun ? UpdateStatus::in_progress : UpdateStatus::accepted,
          begun ? Reason::charging : Reason::request_accepted,
          point.phase,
          Reason::none};
}

DriverUpdate present_status(const PointRecord& point, const KeptTicket& kept) {
  const Ticket& t = kept.ticket;
  const bool is_complete = t.status == SessionStatus::completed;
  return {kept.request, t.session,
          Power{},      t.delivered,
          t.cost,       point.id,
          t.driver,     is_complete ? UpdateStatus::completed : UpdateStatus::failed,
          t.reason,     kept.phase,
          kept.detail,  kept.refusal};
}

DriverUpdate present_status(const PointRecord& point, const ClosedSession& closed) {
  return present_status(point, kept_of(ticket_of(point, closed, SimTime{}, false), closed));
}

}  // namespace chargemill::central
