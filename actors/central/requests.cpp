#include "actors/central/requests.hpp"

#include <optional>

#include "actors/central/availability.hpp"
#include "actors/central/named_requests.hpp"
#include "actors/central/sessions.hpp"

namespace chargemill::central {
namespace {

/// How `request` of a driver stands at that point, if the point knows of it (D-054).
std::optional<DriverUpdate> standing(Turn& turn, std::uint32_t index, RequestId request) {
  if (request == RequestId::none) return std::nullopt;
  const PointRecord& point = turn.point(index);
  if (point.stage != Stage::none && point.request == request) return present_status(point);
  const auto* closed = closed_session(turn.state, point, SessionId::none, request);
  if (closed == nullptr) return std::nullopt;
  return present_status(point, *closed);
}

DriverUpdate denial(const ChargeRequest& e, Reason reason, Phase phase) {
  return {e.request, SessionId::none,      Power{}, Energy{}, Money{},     e.point,
          e.driver,  UpdateStatus::denied, reason,  phase,    Reason::none};
}

/// Whether that request was denied here of late: then its driver is told so once more.
bool repeats_denial(Turn& turn, const ChargeRequest& e) {
  const auto* denied = turn.state.recent_denials.find(e.request);
  if (denied == nullptr) return false;
  turn.out.push_back(denial(e, denied->reason, denied->phase));
  return true;
}

/// Likewise if its session is over, but its ticket not confirmed, or it has a name: points forget
/// sooner (D-129).
std::optional<DriverUpdate> standing_by_ticket(Turn& turn, DriverId driver, RequestId request) {
  if (request == RequestId::none) return std::nullopt;
  if (auto update = standing_by_name(turn.state, driver, request)) return update;
  auto kept = turn.state.tickets.lower_bound({driver, SessionId::none});
  for (; kept != turn.state.tickets.end() && kept->first.first == driver; ++kept) {
    if (kept->second.request != request) continue;
    const std::uint32_t index = find(turn.state, kept->second.ticket.point);
    return present_status(turn.point(index), kept->second);
  }
  return std::nullopt;
}

/// Likewise wherever it was: by the driver's open session, then by its unconfirmed tickets.
std::optional<DriverUpdate> standing(Turn& turn, DriverId driver, RequestId request) {
  const auto open = turn.state.open_by_driver.find(driver);
  if (open != turn.state.open_by_driver.end()) {
    if (auto update = standing(turn, open->second, request)) return update;
  }
  return standing_by_ticket(turn, driver, request);
}

/// Nothing is under way that could be cancelled: says how it ended. Of what is not known the driver
/// hears that it is not let in, and it is not, should it come later than its cancel.
void answer_late_cancel(Turn& turn, std::uint32_t index, const CancelRequest& e) {
  if (e.request == RequestId::none) return;
  auto known = standing(turn, index, e.request);
  if (!known) known = standing_by_ticket(turn, e.driver, e.request);
  if (known) {
    if (known->driver == e.driver) turn.out.push_back(*known);
    return;
  }
  const ChargeRequest cancelled{e.request, Energy{}, Nanos{0}, e.driver, e.point};
  if (repeats_denial(turn, cancelled)) return;
  const Phase phase = effective_phase(turn.point(index));
  turn.state.recent_denials.remember(
      {e.request, turn.now, e.driver, e.point, ZoneId{}, false, Reason::driver_cancelled, phase});
  turn.out.push_back(denial(cancelled, Reason::driver_cancelled, phase));
}

}  // namespace

void deny(Turn& turn, const ChargeRequest& e, Reason reason, Phase phase) {
  ++turn.state.totals.requests_denied;
  if (e.request != RequestId::none)
    turn.state.recent_denials.remember(
        {e.request, turn.now, e.driver, e.point, ZoneId{}, false, reason, phase});
  turn.out.push_back(denial(e, reason, phase));
}

void deny_busy(Turn& turn, RequestId request, DriverId driver, PointId point) {
  deny(turn, {request, Energy{}, Nanos{0}, driver, point}, Reason::journal_busy,
       Phase::disconnected);
}

void on_charge(Turn& turn, std::uint32_t index, const ChargeRequest& e) {
  auto known = standing(turn, index, e.request);
  if (!known) known = standing_by_name(turn.state, e.driver, e.request);
  if (known) {
    turn.out.push_back(*known);
    return;
  }
  if (repeats_denial(turn, e)) return;
  if (turn.state.journal_busy) return deny_busy(turn, e.request, e.driver, e.point);
  const PointRecord& point = turn.point(index);
  const Reason against = objection(point, turn.state.settings.breaker, turn.now);
  if (against != Reason::none) return deny(turn, e, against, effective_phase(point));
  if (!open_session(turn, index, {e.request, e.driver, e.target, e.stay}))
    deny(turn, e, Reason::circuit_open, Phase::activated);
}

void on_local_start(Turn& turn, std::uint32_t index, const LocalStart& e) {
  const PointRecord& point = turn.point(index);
  Reason against = turn.state.journal_busy
                       ? Reason::journal_busy
                       : objection(point, turn.state.settings.breaker, turn.now);
  if (against == Reason::none &&
      !open_session(turn, index, {RequestId::none, e.driver, e.target, Nanos{0}}))
    against = Reason::circuit_open;
  if (against != Reason::none)
    turn.to_point(point.id, StartDeclined{against, effective_phase(point)});
}

void on_cancel(Turn& turn, std::uint32_t index, const CancelRequest& e) {
  PointRecord& point = turn.point(index);
  if (point.stage == Stage::none || point.request != e.request || point.driver != e.driver)
    return answer_late_cancel(turn, index, e);
  point.is_neutral = true;
  const bool has_begun = point.stage != Stage::starting;
  turn.to_point(point.id, StopSupply{Reason::driver_cancelled});
  if (has_begun) return;  // it ends when the engine says so
  close_session(turn, index,
                {SessionStatus::completed, Reason::driver_cancelled, Reason::none, point.phase,
                 Ending::Blame::nobody});
}

void on_zone(Turn& turn, const ZoneRequest& e) {
  if (const auto known = standing(turn, e.driver, e.request)) {
    turn.out.push_back(*known);
    return;
  }
  if (repeats_denial(turn, {e.request, Energy{}, Nanos{0}, e.driver, kUnknownPoint})) return;
  if (turn.state.journal_busy) return deny_busy(turn, e.request, e.driver, kUnknownPoint);
  for (std::size_t slot = 0; slot < turn.state.zones.size(); ++slot) {
    ZoneShare& zone = turn.state.zones[slot];
    if (zone.zone != e.zone) continue;
    if (!zone.is_dirty) {  // central hears the number even if it stays as it is
      zone.is_dirty = true;
      turn.state.dirty_zones.push_back(static_cast<std::uint16_t>(slot));
    }
    for (std::size_t tries = zone.free.size(); tries > 0; --tries) {
      const std::uint32_t index = zone.free[zone.next++ % zone.free.size()];
      if (!open_session(turn, index, {e.request, e.driver, e.target, e.stay})) continue;
      refresh(turn, index);
      return;
    }
  }
  ZoneRequest missed = e;
  ++missed.tried;
  turn.out.push_back(ZoneMiss{missed});
}

void on_ask(Turn& turn, std::uint32_t index, const AskRequest& e) {
  if (index == kNowhere) {  // every shard is asked; who knows nothing says nothing
    if (const auto known = standing(turn, e.driver, e.request)) {
      turn.out.push_back(*known);
    } else {
      (void)repeats_denial(turn, {e.request, Energy{}, Nanos{0}, e.driver, e.point});
    }
    return;
  }
  auto known = standing(turn, index, e.request);
  if (!known) known = standing_by_ticket(turn, e.driver, e.request);
  if (known) {
    turn.out.push_back(*known);
    return;
  }
  if (repeats_denial(turn, {e.request, Energy{}, Nanos{0}, e.driver, e.point})) return;
  // Too long over, or of before a restart: without a session it was never let in.
  turn.out.push_back(DriverUpdate{e.request, SessionId::none, Power{}, Energy{}, Money{}, e.point,
                                  e.driver, UpdateStatus::failed, Reason::central_restarted,
                                  effective_phase(turn.point(index)), Reason::none});
}

void on_ticket_ack(Turn& turn, const TicketAck& e) {
  const auto kept = turn.state.tickets.find({e.driver, e.session});
  // The confirmation of the first issue does not confirm the correction that crossed it (D-083).
  if (kept != turn.state.tickets.end() && kept->second.ticket.correction == e.correction) {
    const PointId point = kept->second.ticket.point;
    turn.record(archive::TicketDelivered{turn.now, e.session, point, e.driver,
                                         turn.zone(turn.point(find(turn.state, point))),
                                         e.correction});
    turn.state.tickets.erase(kept);
    ++turn.state.totals.tickets_delivered;
  }
  // Also if it had been settled before: that answer may have been lost.
  turn.out.push_back(TicketSettled{e.session, e.driver, e.correction});
}

void on_returned(Turn& turn, const DriverReturned& e) {
  auto ticket = turn.state.tickets.lower_bound({e.driver, SessionId::none});
  for (; ticket != turn.state.tickets.end() && ticket->first.first == e.driver; ++ticket)
    turn.out.push_back(ticket->second.ticket);
}

}  // namespace chargemill::central
