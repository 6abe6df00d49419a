// What monitors find, what operators order, what time brings (D-044, D-055, D-067 to D-080).
#include <algorithm>

#include "actors/central/sessions.hpp"
#include "actors/central/turn.hpp"

namespace chargemill::central {
namespace {

void hear_monitor(PointRecord& point, SimTime now) noexcept {
  point.monitor_ok = true;
  point.monitor_seen = now;
}

bool can_supply_or_supplies(Phase phase) noexcept {
  return phase == Phase::activated || phase == Phase::supplying;
}

void set_stopped(Turn& turn, PointRecord& point, bool is_stopped) {
  if (point.operator_stopped == is_stopped) return;
  point.operator_stopped = is_stopped;
  turn.record(archive::OperatorState{turn.now, point.id, turn.zone(point), is_stopped});
}

constexpr Nanos kToldUnit = std::chrono::milliseconds{250};

std::uint16_t told_units(SimTime now) noexcept {
  return static_cast<std::uint16_t>(now.time_since_epoch() / kToldUnit);
}

/// Tells the engine what it shall do, and when that was.
template <class Command>
void tell(Turn& turn, PointRecord& point, const Command& command) {
  point.told_at = told_units(turn.now);
  turn.to_point(point.id, command);
}

/// Its answer may still be under way.
bool was_told_lately(const PointRecord& point, SimTime now) noexcept {
  const auto since = static_cast<std::uint16_t>(told_units(now) - point.told_at);
  return since * kToldUnit < kAskAgain;
}

void stop(Turn& turn, PointRecord& point) {
  set_stopped(turn, point, true);
  point.is_neutral = point.stage != Stage::none;
  tell(turn, point, StopCp{Reason::operator_stopped});
}

/// A command that an engine lost while it hung or was cut off is given again: nobody else would
/// notice.
void remind(Turn& turn, PointRecord& point) {
  if (!point.engine_known || point.faulty || was_told_lately(point, turn.now)) return;
  if (point.operator_stopped && can_supply_or_supplies(point.phase))
    tell(turn, point, StopCp{Reason::operator_stopped});
  if (!point.operator_stopped && point.phase == Phase::stopped) tell(turn, point, ResumeCp{});
  // Told to end by operator or driver, and still supplying: the order was lost on a cut link.
  if (!point.operator_stopped && point.is_neutral && point.stage == Stage::supplying)
    tell(turn, point, StopSupply{Reason::none});
}

/// When a monitor found what it reports: it may have been unable to say so for long.
template <class Report>
SimTime found_at(const Report& report, SimTime now) noexcept {
  return std::min(report.at, now);
}

void check_session(Turn& turn, std::uint32_t index) {
  PointRecord& point = turn.point(index);
  const ShardSettings& settings = turn.state.settings;
  if (point.stage == Stage::none) return;
  const Ending::Blame blame =
      point.stage == Stage::restored ? Ending::Blame::nobody : Ending::Blame::point;
  if (point.stage == Stage::starting) {
    if (turn.now - point.begun < settings.start_timeout) return;
    // D-154: the point is ready, the person did not come.
    const auto starting_blame = point.unplugged ? Ending::Blame::nobody : blame;
    close_session(
        turn, index,
        {SessionStatus::failed, Reason::start_timeout, Reason::none, point.phase, starting_blame});
    turn.to_point(point.id, StopSupply{Reason::start_timeout});  // in case the start comes late
    return;
  }
  if (turn.now - point.heard < settings.session_silence_timeout) return;
  close_session(turn, index,
                {SessionStatus::failed, Reason::no_telemetry, Reason::none, point.phase, blame});
}

}  // namespace

// A supply goes on; one that waits for its vehicle does not begin any more (D-045, D-106).
void lose_monitor(Turn& turn, std::uint32_t index) {
  PointRecord& point = turn.point(index);
  point.monitor_ok = false;
  if (point.stage != Stage::starting || !point.unplugged) return;
  Ending ending = interrupted_by(Phase::disconnected);
  ending.blame = Ending::Blame::nobody;
  close_session(turn, index, ending);
  turn.to_point(point.id, StopSupply{Reason::none});
}

void on_fault(Turn& turn, std::uint32_t index, const FaultReport& e) {
  PointRecord& point = turn.point(index);
  hear_monitor(point, turn.now);
  turn.to_monitor(point.id, FaultAck{});
  if (point.faulty) return;  // D-069
  point.faulty = true;
  point.fault = e.reason;
  const auto cause = static_cast<std::size_t>(cause_of(e.reason));
  if (e.from_outside) {  // monitors that are actors count for themselves
    ++turn.state.totals.faults_raised;
    ++turn.state.watch.raised[cause];
  }
  ++turn.state.totals.faults_notified;
  ++turn.state.watch.notified[cause];
  turn.state.recent_faults.add(index, turn.now);
  turn.state.watch.repeated_faults = turn.state.recent_faults.repeated();
  turn.record(archive::Fault{found_at(e, turn.now), point.id, turn.zone(point),
                             archive::EventType::fault, e.reason});
  if (point.injected != kNever) {
    const bool has_session = point.stage != Stage::none;
    turn.out.push_back(Detected{point.injected, turn.now,
                                has_session ? point.request : RequestId::none,
                                has_session ? point.session : SessionId::none,
                                has_session ? point.driver : kNobody, point.id});
    point.injected = kNever;
  }
  if (point.stage != Stage::none) {  // D-070
    close_session(turn, index,
                  {SessionStatus::failed, Reason::interrupted_by_fault, e.reason, Phase::fault,
                   Ending::Blame::counted});
  }
  if (!point.incident) breaker_failed(turn, point);  // D-155: one incident, one failure
  point.incident = true;
  tell(turn, point, StopCp{e.reason});  // D-071
}

void on_healthy(Turn& turn, std::uint32_t index, const HealthyReport& e) {
  PointRecord& point = turn.point(index);
  hear_monitor(point, turn.now);
  turn.to_monitor(point.id, HealthyAck{});
  if (!point.faulty) return;
  ++turn.state.watch.recovered[static_cast<std::size_t>(cause_of(point.fault))];
  point.faulty = point.incident = false;
  point.fault = Reason::none;
  ++turn.state.totals.faults_recovered;
  turn.record(archive::Fault{found_at(e, turn.now), point.id, turn.zone(point),
                             archive::EventType::recovery, Reason::health_check_restored});
  breaker_succeeded(turn, point);
  // A resume that a hanging engine has lost goes again.
  if (point.phase == Phase::stopped && !point.operator_stopped) tell(turn, point, ResumeCp{});
}

void on_order(Turn& turn, std::uint32_t index, const OperatorOrder& order) {
  PointRecord& point = turn.point(index);
  switch (order.action) {
    case OperatorAction::stop:
      stop(turn, point);
      return;
    case OperatorAction::resume:
      set_stopped(turn, point, false);
      tell(turn, point, ResumeCp{});
      return;
    case OperatorAction::stop_supply:
      point.is_neutral = point.stage != Stage::none;
      tell(turn, point,
           StopSupply{order.why == Reason::none ? Reason::operator_stop_supply : order.why});
      return;
    case OperatorAction::shutdown:
      point.is_neutral = point.stage != Stage::none;
      turn.to_point(point.id, Shutdown{});
      return;
    case OperatorAction::reset_breaker: {
      if (point.breaker.mode() != runtime::BreakerMode::closed) ++turn.state.totals.breaker_closed;
      const std::uint64_t before = point.breaker.word();
      point.breaker.reset();
      return record_breaker(turn, point, before);
    }
  }
}

void check(Turn& turn, std::uint32_t index) {
  PointRecord& point = turn.point(index);
  if (point.monitor_ok && turn.now - point.monitor_seen > turn.state.settings.monitor_timeout)
    lose_monitor(turn, index);
  check_session(turn, index);
  remind(turn, point);
}

}  // namespace chargemill::central
