#include "actors/monitor/monitor.hpp"

#include <algorithm>
#include <iterator>

#include "runtime/base/assert.hpp"

namespace chargemill::monitor {
namespace {

/// The delay after each attempt to register but the last: 2 s times 1.5, at most 10 s (D-114).
constexpr Millis kDelays[] = {Millis{2'000},  Millis{3'000},  Millis{4'500},
                              Millis{6'750},  Millis{10'000}, Millis{10'000},
                              Millis{10'000}, Millis{10'000}, Millis{10'000}};
static_assert(std::size(kDelays) == kAttemptsMax - 1);

void send_register(State& s, Effects& out) {
  if (s.link_up) out.push_back(Register{s.price, s.id});
}

/// One attempt; an unanswered one is repeated, the tenth leaves it to the heartbeats (D-114).
void try_register(State& s, SimTime now, Effects& out) {
  CHARGEMILL_ASSERT(s.attempts < kAttemptsMax);
  send_register(s, out);
  s.register_at = s.attempts < std::size(kDelays) ? now + kDelays[s.attempts] : kNever;
  ++s.attempts;
}

/// Says what is pending; central's answer ends the repetition (D-117, D-118).
void send_report(State& s, SimTime now, Effects& out) {
  if (!s.owed) return;
  s.owed->repeat_at = now + s.interval;
  if (!s.link_up) return;
  const Report& report = s.owed->reports.front();
  if (report.is_fault) {
    out.push_back(FaultReport{s.id, Reason::health_check_failed, false, report.at});
  } else {
    out.push_back(HealthyReport{s.id, report.at});
  }
}

/// An episode that begins and ends while central cannot be told is told afterwards, with both its
/// times.
void owe(State& s, const Report& report, SimTime now, Effects& out) {
  if (!s.owed) {
    s.owed = Owed{{report}, now};
    return send_report(s, now, out);
  }
  auto& reports = s.owed->reports;
  const bool has_room = reports.size() + 2 <= kReportsMax;  // for the end of an episode too
  if (report.is_fault && !has_room) {
    CHARGEMILL_ASSERT(!reports[reports.size() - 1].is_fault);
    return reports.pop_back();
  }
  reports.push_back(report);
}

void confirmed(State& s, bool is_fault, SimTime now, Effects& out) {
  if (!s.owed || s.owed->reports.front().is_fault != is_fault) return;
  s.owed->reports.pop_front();
  if (s.owed->reports.empty()) return s.owed.reset();
  send_report(s, now, out);
}

void begin_episode(State& s, SimTime now, Effects& out) {
  if (s.unhealthy) return;
  s.unhealthy = true;
  out.push_back(Note{NoteCode::fault_found});
  owe(s, {now, true}, now, out);
}

void end_episode(State& s, SimTime now, Effects& out) {
  if (!s.unhealthy) return;
  s.unhealthy = false;
  out.push_back(Note{NoteCode::recovery_found});
  owe(s, {now, false}, now, out);
}

void fail(State& s, SimTime now, Effects& out) {
  if (s.failures < kFailuresMax) ++s.failures;
  if (s.failures == kFailuresMax) begin_episode(s, now, out);
}

void succeed(State& s, SimTime now, Effects& out) {
  s.failures = 0;
  end_episode(s, now, out);
}

/// The check that was to happen with the last beat is over: the next one comes with the next beat,
/// so that a healthy point costs one timer. After a tick that came late, with one that is not too
/// near: a machine that lags behind is not asked for more, and all keep their phases.
void check_with_beat(State& s, SimTime now) {
  s.check_at = s.beat_at;
  while (s.check_at - now < s.interval / 2) s.check_at += s.interval;
}

/// An answer came in time. One that took more than half an interval moves the next check (D-116).
void check_answered(State& s, SimTime now) {
  const SimTime asked = s.deadline - kReadTimeout;
  s.deadline = kNever;
  if (now - asked > s.interval / 2) {
    s.check_at = now + s.interval;
  } else {
    check_with_beat(s, now);
  }
}

void check(State& s, SimTime now, Effects& out) {
  if (s.simulate_fault) {  // skips the check and acts as if it had failed (D-120)
    check_with_beat(s, now);
    fail(s, now, out);
    return;
  }
  s.check_at = kNever;
  s.deadline = now + kReadTimeout;
  out.push_back(Ping{++s.number});
}

/// Once registered, or once it has given up registering, it beats (D-114, D-115).
void beat(State& s, SimTime now, Effects& out) {
  s.beat_at += ((now - s.beat_at) / s.interval + 1) * s.interval;  // late beats are skipped
  const bool may_beat = s.registered || s.register_at == kNever;
  if (s.link_up && may_beat) out.push_back(Heartbeat{s.id});
}

void start(State& s, SimTime now, Effects& out) {
  s.life = Life::on;
  s.beat_at = now + s.offset;
  s.check_at = s.beat_at;
  s.deadline = kNever;
  s.failures = 0;
  s.registered = false;
  s.attempts = 0;
  try_register(s, now, out);
  send_report(s, now, out);
}

void stop(State& s, Life life) {
  s.life = life;
  s.deadline = kNever;
  s.simulate_fault = false;
}

bool answers_check(const State& s, std::uint32_t number) {
  return s.deadline != kNever && number == s.number;
}

void on(State& s, const PowerOn&, SimTime now, Effects& out) {
  if (s.life != Life::on) start(s, now, out);
}

void on(State& s, const Restart&, SimTime now, Effects& out) {
  if (s.life == Life::crashed) start(s, now, out);
}

// Also of one that lies crashed: the supervisor's restart shall not bring it back.
void on(State& s, const PowerOff&, SimTime, Effects&) { stop(s, Life::off); }

void on(State&, const Crash&, SimTime, Effects& out) { out.push_back(Throw{}); }

void on(State& s, const Pong& e, SimTime now, Effects& out) {
  if (!answers_check(s, e.number)) return;
  check_answered(s, now);
  if (e.ok) {
    succeed(s, now, out);
  } else {
    fail(s, now, out);  // whatever is not OK is a failure (D-116)
  }
}

void on(State& s, const PingRefused& e, SimTime now, Effects& out) {
  if (!answers_check(s, e.number)) return;
  check_answered(s, now);
  fail(s, now, out);
}

void on(State& s, const RegisterAck&, SimTime, Effects&) {
  s.registered = true;
  s.register_at = kNever;
}

// The 404: registers at once, whatever it believed (D-043, D-115).
void on(State& s, const UnknownPoint&, SimTime, Effects& out) { send_register(s, out); }

void on(State& s, const FaultAck&, SimTime now, Effects& out) { confirmed(s, true, now, out); }
void on(State& s, const HealthyAck&, SimTime now, Effects& out) { confirmed(s, false, now, out); }

void on(State& s, const LinkDown&, SimTime, Effects& out) {
  if (!s.link_up) return;
  s.link_up = false;
  out.push_back(Note{NoteCode::central_lost});
}

void on(State& s, const LinkUp&, SimTime now, Effects& out) {
  if (s.link_up) return;
  s.link_up = true;
  out.push_back(Note{NoteCode::central_back});
  if (!s.registered) {
    s.attempts = 0;
    try_register(s, now, out);
  }
  send_report(s, now, out);
}

void on(State& s, const SimulateFault& e, SimTime now, Effects& out) {
  if (s.simulate_fault == e.on) return;
  s.simulate_fault = e.on;
  if (!e.on) return;
  if (s.deadline != kNever) {  // the check under way is skipped too
    s.deadline = kNever;
    s.check_at = now + s.interval;
  }
  s.failures = kFailuresMax;
  begin_episode(s, now, out);
}

// Beat before check: the next check takes its phase from the next beat. A check that a time-out
// has moved takes the beat along, which comes early then, never late (D-115, D-116).
void on(State& s, const Tick&, SimTime now, Effects& out) {
  if (now >= s.register_at) try_register(s, now, out);
  if (s.owed && now >= s.owed->repeat_at) send_report(s, now, out);
  if (now >= s.check_at) s.beat_at = s.check_at;
  if (now >= s.beat_at) beat(s, now, out);
  if (now >= s.deadline) {
    s.deadline = kNever;
    s.check_at = now + s.interval;  // one interval after this one ended (D-116)
    fail(s, now, out);
  }
  if (now >= s.check_at) check(s, now, out);
}

/// What happens to a monitor that is off or crashed; all else is lost.
bool reaches_the_dead(const Event& event) {
  return std::holds_alternative<PowerOn>(event) || std::holds_alternative<Restart>(event) ||
         std::holds_alternative<PowerOff>(event);
}

}  // namespace

State make_state(PointId id, Price price, Nanos interval, Nanos offset) {
  CHARGEMILL_ASSERT(interval > Nanos{0});
  CHARGEMILL_ASSERT(offset >= Nanos{0});
  State s;
  s.id = id;
  s.price = price;
  s.interval = interval;
  s.offset = offset;
  return s;
}

Effects step(State& state, const Event& event, SimTime now) {
  Effects out;
  if (state.life != Life::on && !reaches_the_dead(event)) {
    // The link is not the monitor's own: it is as it is when the monitor comes back.
    if (std::holds_alternative<LinkDown>(event)) state.link_up = false;
    if (std::holds_alternative<LinkUp>(event)) state.link_up = true;
    return out;
  }
  std::visit([&](const auto& e) { on(state, e, now, out); }, event);
  CHARGEMILL_ASSERT(state.failures <= kFailuresMax);
  return out;
}

Pending pending(const State& state) noexcept {
  if (!state.owed) return Pending::none;
  return state.owed->reports.front().is_fault ? Pending::fault : Pending::healthy;
}

SimTime due(const State& state) {
  if (state.life != Life::on) return kNever;
  const SimTime engine = std::min(state.check_at, state.deadline);
  const SimTime central = std::min(state.beat_at, state.register_at);
  const SimTime report = state.owed ? state.owed->repeat_at : kNever;
  return std::min({engine, central, report});
}

void crashed(State& state, SimTime) {
  if (state.life == Life::on) stop(state, Life::crashed);
}

}  // namespace chargemill::monitor
