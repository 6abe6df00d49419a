// What a charge point says: statuses, telemetry, ends (D-056 to D-066, D-086).
#include "actors/central/sessions.hpp"
#include "actors/central/turn.hpp"

namespace chargemill::central {
namespace {

/// The state for which an engine left SUPPLYING when it ended a session for `reason`. The end goes
/// before the status, so it is the first to tell (D-102).
Phase phase_after(Reason reason) noexcept {
  switch (reason) {
    case Reason::central_stopped:
      return Phase::stopped;
    case Reason::ko_key:
    case Reason::telemetry_error:
      return Phase::fault;
    case Reason::engine_crashed:
    case Reason::engine_shutting_down:
      return Phase::disconnected;
    default:
      return Phase::activated;
  }
}

bool is_refused_start(const PointRecord& point, const Status& e) noexcept {
  const bool is_pending = point.stage == Stage::starting || point.stage == Stage::restored;
  return is_pending && e.reason == Reason::refused && e.refused == Command::start_supply &&
         e.session == point.session;
}

/// The supply of the current session has begun, or goes on after a restart (D-086).
void supply_runs(PointRecord& point, SimTime at) noexcept {
  if (point.stage == Stage::starting) point.begun = at;
  point.stage = Stage::supplying;
}

void while_starting(Turn& turn, std::uint32_t index, const Status& e) {
  PointRecord& point = turn.point(index);
  if (e.phase == Phase::supplying) {
    if (e.session == point.session) supply_runs(point, e.at);
    return;
  }
  if (e.reason == Reason::vehicle_awaited && e.session == point.session) point.unplugged = true;
  if (point.unplugged && !point.monitor_ok) return lose_monitor(turn, index);  // gone since then
  // ACTIVATED is the news of a moment before the start arrived; the others cannot start any more.
  if (e.phase != Phase::activated) close_session(turn, index, interrupted_by(e.phase));
}

void while_supplying(Turn& turn, std::uint32_t index, const Status& e) {
  PointRecord& point = turn.point(index);
  const bool is_restored = point.stage == Stage::restored;
  if (e.phase == Phase::supplying) {
    if (e.session == point.session) return supply_runs(point, e.at);
    return close_session(turn, index, interrupted_by(e.phase));  // it supplies another one
  }
  if (e.session != SessionId::none && e.session != point.session) return;
  if (e.phase == Phase::activated && !is_restored) return close_session(turn, index, completed());
  // D-086: the end, had there been one, would have come before this.
  Ending ending = interrupted_by(e.phase);
  if (is_restored) ending.blame = Ending::Blame::nobody;
  close_session(turn, index, ending);
}

void record_health(Turn& turn, const PointRecord& point, const Status& e) {  // D-168
  turn.record(archive::Health{turn.now, point.id, turn.zone(point), e.phase, e.reason, point.faulty,
                              point.fault, point.breaker.mode(),
                              static_cast<std::uint8_t>(point.breaker.failures())});
}

/// Not every telemetry, but the first of each interval since the supply began (D-064).
void record_checkpoint(Turn& turn, PointRecord& point, const Telemetry& e) {
  const auto intervals =
      static_cast<std::uint32_t>((e.at - point.begun) / turn.state.settings.checkpoint_interval) +
      1;
  if (intervals == point.checkpoint) return;
  point.checkpoint = intervals;
  turn.record(archive::Checkpoint{e.at, e.session, point.begun, e.delivered, e.cost, point.id,
                                  point.driver, turn.zone(point)});
}

/// What an engine needs to be told now that its state is known.
void direct(Turn& turn, PointRecord& point, const Status& e) {
  if (e.reason == Reason::refused) return;
  if (e.phase == Phase::activated && point.operator_stopped)
    turn.to_point(point.id, StopCp{Reason::operator_stopped});  // D-078
  if (e.phase == Phase::stopped && !point.operator_stopped)
    turn.to_point(point.id, ResumeCp{});  // D-073: nobody but central stops an engine
}

}  // namespace

void on_status(Turn& turn, std::uint32_t index, const Status& e) {
  PointRecord& point = turn.point(index);
  turn.to_point(point.id, ReportAck{e.seq});
  point.phase = e.phase;
  point.engine_known = true;
  point.heard = turn.now;
  if (is_refused_start(point, e)) {  // D-063
    close_session(turn, index,
                  {SessionStatus::failed, Reason::refused_by_point, Reason::none, e.phase,
                   Ending::Blame::point, e.refusal});
  } else if (e.reason != Reason::refused) {
    if (point.stage == Stage::starting) {
      while_starting(turn, index, e);
    } else if (point.stage != Stage::none) {
      while_supplying(turn, index, e);
    }
  }
  // In service again: what goes wrong from now on is another incident.
  if (e.phase == Phase::activated) point.incident = false;
  if (e.reason == Reason::engine_started && !point.faulty) point.injected = kNever;
  record_health(turn, point, e);
  direct(turn, point, e);
}

void on_telemetry(Turn& turn, std::uint32_t index, const Telemetry& e) {
  PointRecord& point = turn.point(index);
  if (e.wants_ack) turn.to_point(point.id, ReportAck{e.seq});
  // Only a supplying engine sends it: D-087 holds even if its status was lost.
  point.phase = Phase::supplying;
  point.engine_known = true;
  point.heard = turn.now;
  if (point.stage == Stage::none || e.session != point.session) {
    book_other(turn, index, e);
    return;
  }
  supply_runs(point, e.at);
  book_current(turn, point, e.delivered);
  point.cost = e.cost;
  turn.zone_totals(point).power_w -= point.power.w;
  point.power = e.power;
  turn.zone_totals(point).power_w += point.power.w;
  record_checkpoint(turn, point, e);
  if (point.request != RequestId::none) turn.out.push_back(present_status(point));
}

void on_end(Turn& turn, std::uint32_t index, const SessionEnd& e) {
  PointRecord& point = turn.point(index);
  turn.to_point(point.id, SessionEndAck{e.session});
  if (point.stage == Stage::none || e.session != point.session) {
    correct(turn, index, e);
    return;
  }
  const bool is_complete = e.status == SessionStatus::completed;
  Ending ending = is_complete ? completed() : interrupted_by(phase_after(e.reason));
  // What befell it while central was away is held against nobody (D-086), as with a status.
  if (!is_complete && point.stage == Stage::restored) ending.blame = Ending::Blame::nobody;
  close_session(turn, index, ending, e);
}

}  // namespace chargemill::central
