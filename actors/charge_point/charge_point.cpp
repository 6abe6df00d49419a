#include "actors/charge_point/charge_point.hpp"

#include <algorithm>

#include "actors/charge_point/reports.hpp"
#include "actors/charge_point/transitions.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::charge_point {
namespace {

bool is_silent(const State& s) { return s.silent_until != SimTime{}; }
bool is_plugged(const State& s) { return s.plugged || !s.manual_plug; }

/// Why something happened: in words of its own, and in those of whoever asked for it (D-099).
struct Because {
  Reason reason;
  Reason detail = Reason::none;
};

/// The session is over before its status is written, so that its end goes first (D-102). It is
/// COMPLETED if the point stays in service, else FAILED (D-059).
SessionId close_session(State& s, Phase to, Reason reason, SimTime now, Effects& out) {
  if (!s.meter.active) return SessionId::none;
  const SessionId session = s.meter.running.session;
  s.meter.finish(to == Phase::activated ? SessionStatus::completed : SessionStatus::failed, reason,
                 now);
  const EndRecord& end = s.meter.ends.back();
  out.push_back(SessionTotals{end.delivered, end.end - end.start, end.status, end.reason});
  return session;
}

/// Makes a legal transition and reports it (D-090). Whatever leaves SUPPLYING closes the session.
[[nodiscard]] Refusal change(State& s, On event, Because why, SimTime now, Effects& out) {
  const Outcome outcome = transition(s.phase, event);
  if (!outcome.accepted()) return outcome.refusal;
  CHARGEMILL_ASSERT(outcome.to != Phase::supplying);
  const SessionId session = close_session(s, outcome.to, why.reason, now, out);
  if (outcome.to != Phase::activated) s.held.reset();
  s.phase = outcome.to;
  report(s, session, why.reason, why.detail, now, out);
  return Refusal::none;
}

void refuse(State& s, SessionId session, Command command, Refusal refusal, SimTime now,
            Effects& out) {
  const bool payload = refusal == Refusal::invalid_payload;
  out.push_back(Note{payload ? NoteCode::invalid_payload : NoteCode::command_refused, command,
                     refusal, Reason::none, s.phase});
  report_refusal(s, session, command, refusal, now, out);
}

void obey(State& s, Command command, On event, Because why, SimTime now, Effects& out) {
  const Refusal refusal = change(s, event, why, now, out);
  if (refusal != Refusal::none) refuse(s, SessionId::none, command, refusal, now, out);
}

void begin_supply(State& s, const StartSupply& e, SimTime now, Effects& out) {
  s.held.reset();
  s.meter.begin(e, s.settings->max_session, now);
  s.phase = Phase::supplying;
  s.telemetry_at = now;  // k = 0; the only stream there is (D-101)
  report(s, e.session, Reason::starting_supply, Reason::none, now, out);
}

bool is_phantom(const State& s, const StartSupply& e, SimTime now) {
  return e.issued < s.incarnation || now - e.issued > s.settings->start_timeout;
}

/// Everything but the plug that speaks against a start, in the order in which it is asked.
Refusal objection(const State& s, const StartSupply& e, SimTime now) {
  if (e.defect != PayloadDefect::none) return Refusal::invalid_payload;
  const Outcome outcome = transition(s.phase, On::start_supply, {true, true});
  if (!outcome.accepted()) return outcome.refusal;
  if (now < s.refuse_until || !s.meter.has_room()) return Refusal::starts_refused;
  return Refusal::none;
}

/// Keys and meter are hardware: neither a crash nor a power cut mends them. The engine finds them
/// as they are when it starts.
void look_at_hardware(State& s, SimTime now, Effects& out) {
  if (s.ko) {
    static_cast<void>(change(s, On::fault_detected, {Reason::ko_key}, now, out));
  } else if (s.meter_broken) {
    static_cast<void>(change(s, On::fault_detected,
                             {Reason::telemetry_error, Reason::meter_unreadable}, now, out));
  }
}

/// A new incarnation of the engine (D-089). Its first status tells the phase, so that no separate
/// state report is needed (D-047).
void start_engine(State& s, SimTime now, Effects& out) {
  s.life = Life::on;
  s.incarnation = now;
  s.phase = transition(s.phase, On::connect).to;
  CHARGEMILL_ASSERT(s.phase == Phase::activated);
  s.meter.resend_ends();
  report(s, SessionId::none, Reason::engine_started, Reason::none, now, out);
  look_at_hardware(s, now, out);
}

/// D-100: the session ends like with stop_cp, DISCONNECTED is reported, the engine leaves.
void stop_engine(State& s, SimTime now, Effects& out) {
  const Refusal refusal = change(s, On::disconnect, {Reason::engine_shutting_down}, now, out);
  CHARGEMILL_ASSERT(refusal == Refusal::none);
  s.life = Life::off;
  s.silent_until = {};
  s.refuse_until = {};
}

void lose_link(State& s, Effects& out) {
  if (!s.link_up) return;
  s.link_up = false;
  s.held.reset();  // no supply starts without central (D-107)
  out.push_back(Note{NoteCode::central_lost});
}

// ---- commands of central

void on(State& s, const StartSupply& e, SimTime now, Effects& out) {
  if (e.defect == PayloadDefect::none && is_phantom(s, e, now)) {
    out.push_back(Note{NoteCode::phantom_start, Command::start_supply});
    return;
  }
  const Refusal refusal = objection(s, e, now);
  if (refusal != Refusal::none) {
    refuse(s, e.session, Command::start_supply, refusal, now, out);
  } else if (is_plugged(s)) {
    begin_supply(s, e, now, out);
  } else {
    s.held = e;  // the supply starts at the plug action (D-106); central is to know who is late
    report(s, e.session, Reason::vehicle_awaited, Reason::none, now, out);
  }
}

void on(State& s, const StopSupply& e, SimTime now, Effects& out) {
  s.held.reset();
  obey(s, Command::stop_supply, On::stop_supply, {Reason::central_requested_stop, e.why}, now, out);
}

void on(State& s, const StopCp& e, SimTime now, Effects& out) {
  obey(s, Command::stop_cp, On::stop_cp, {Reason::central_stopped, e.why}, now, out);
}

void on(State& s, const ResumeCp&, SimTime now, Effects& out) {
  obey(s, Command::resume_cp, On::resume_cp, {Reason::central_resumed}, now, out);
}

void on(State& s, const Shutdown&, SimTime now, Effects& out) { stop_engine(s, now, out); }

void on(State& s, const ReportAck& e, SimTime, Effects&) { acknowledge(s, e.seq); }

void on(State& s, const SessionEndAck& e, SimTime, Effects&) { s.meter.confirm(e.session); }

// ---- the monitor

void on(State& s, const Ping& e, SimTime, Effects& out) {
  out.push_back(Pong{e.number, !s.ko && s.phase != Phase::fault, s.phase});  // D-112
}

// ---- what befalls the engine

void on(State& s, const PowerOn&, SimTime now, Effects& out) {
  if (s.life != Life::on) start_engine(s, now, out);
}

void on(State& s, const PowerOff&, SimTime now, Effects& out) { stop_engine(s, now, out); }

void on(State& s, const Restart&, SimTime now, Effects& out) {
  if (s.life == Life::crashed) start_engine(s, now, out);
}

void on(State&, const Crash&, SimTime, Effects& out) { out.push_back(Throw{}); }

void on(State& s, const LinkDown&, SimTime, Effects& out) { lose_link(s, out); }

void on(State& s, const LinkUp&, SimTime now, Effects& out) {
  if (s.link_up) return;
  s.link_up = true;
  out.push_back(Note{NoteCode::central_back});
  restore_credit(s);
  const SessionId session = s.meter.active ? s.meter.running.session : SessionId::none;
  report(s, session, Reason::state_report, Reason::none, now, out);  // D-047
  if (s.meter.active) s.telemetry_at = telemetry_from(s, now);
}

void on(State& s, const Silence& e, SimTime now, Effects&) {
  if (e.until > now) s.silent_until = std::max(s.silent_until, e.until);
}

void on(State& s, const RefuseStarts& e, SimTime, Effects&) {
  s.refuse_until = std::max(s.refuse_until, e.until);
}

// ---- keys and plug. They are hardware: they act even while the engine hangs, the news waits.

/// In service again once every cause is gone.
void clear_fault(State& s, SimTime now, Effects& out) {
  if (s.ko || s.meter_broken) return;
  static_cast<void>(change(s, On::fault_cleared, {Reason::fault_cleared}, now, out));
}

// Keys are no commands: one that is illegal in this phase is not answered.
void on(State& s, const KoKey&, SimTime now, Effects& out) {
  s.ko = true;
  static_cast<void>(change(s, On::fault_detected, {Reason::ko_key}, now, out));
}

void on(State& s, const OkKey&, SimTime now, Effects& out) {
  s.ko = false;
  clear_fault(s, now, out);
}

// A session finds out with its next report (D-104).
void on(State& s, const MeterFails&, SimTime, Effects&) { s.meter_broken = true; }

void on(State& s, const MeterWorks&, SimTime now, Effects& out) {
  s.meter_broken = false;
  clear_fault(s, now, out);
}

void on(State& s, const Plug&, SimTime now, Effects& out) {
  s.plugged = true;
  if (!s.held) return;
  const StartSupply start = *s.held;
  s.held.reset();
  on(s, start, now, out);
}

void on(State& s, const Unplug&, SimTime now, Effects& out) {
  s.plugged = false;
  static_cast<void>(change(s, On::stop_supply, {Reason::unplugged}, now, out));
}

void on(State& s, const StartHere& e, SimTime, Effects& out) {
  const Outcome outcome = transition(s.phase, On::start_supply, {true, is_plugged(s)});
  const Refusal refusal = s.link_up ? outcome.refusal : Refusal::no_central;
  if (refusal == Refusal::none) {
    out.push_back(LocalStart{e.target, s.id, e.driver});
    return;
  }
  out.push_back(
      Note{NoteCode::local_start_refused, Command::start_supply, refusal, Reason::none, s.phase});
}

void on(State&, const StartDeclined& e, SimTime, Effects& out) {
  out.push_back(
      Note{NoteCode::local_start_refused, Command::start_supply, Refusal::none, e.reason, e.phase});
}

void on(State&, const Tick&, SimTime, Effects&) {}  // what is due has happened before

/// What is due by `now`: a hanging engine wakes, a session reaches its planned end (D-110), or its
/// next report, which finds the meter broken.
void catch_up(State& s, SimTime now, Effects& out) {
  if (is_silent(s) && now >= s.silent_until) s.silent_until = {};
  if (is_silent(s) || !s.meter.active) return;
  Refusal refusal = Refusal::none;
  if (now >= s.meter.running.stop_at) {
    refusal = change(s, On::stop_supply, {s.meter.running.planned}, now, out);
  } else if (s.meter_broken && s.link_up && now >= s.telemetry_at) {  // D-104
    refusal = change(s, On::fault_detected, {Reason::telemetry_error, Reason::meter_unreadable},
                     now, out);
  }
  CHARGEMILL_ASSERT(refusal == Refusal::none);
}

// clang-format off
Command command_of(const StartSupply&) { return Command::start_supply; }
Command command_of(const StopSupply&)  { return Command::stop_supply; }
Command command_of(const StopCp&)      { return Command::stop_cp; }
Command command_of(const ResumeCp&)    { return Command::resume_cp; }
Command command_of(const Shutdown&)    { return Command::shutdown; }
Command command_of(const StartHere&)   { return Command::start_supply; }
template <class T>
Command command_of(const T&)           { return Command::none; }
// clang-format on

/// Whether `event` needs the engine's program: commands, the menu and pings do; keys, cables,
/// power and acknowledgements do not.
bool needs_program(const Event& event) {
  return std::holds_alternative<Ping>(event) ||
         std::visit([](const auto& e) { return command_of(e); }, event) != Command::none;
}

/// Whether `event` is an order of central's: it does not get through a cut link. Acknowledgements
/// do, or nobody could say what central has booked (they stand for what a reconnection settles).
bool is_order(const Event& event) {
  return !std::holds_alternative<StartHere>(event) &&
         std::visit([](const auto& e) { return command_of(e); }, event) != Command::none;
}

void lose(const Event& event, Effects& out) {
  const Command command = std::visit([](const auto& e) { return command_of(e); }, event);
  if (command != Command::none) out.push_back(Note{NoteCode::command_lost, command});
}

bool starts(const Event& event) {
  return std::holds_alternative<PowerOn>(event) || std::holds_alternative<Restart>(event);
}

// ---- while the engine is down

void on_down(State& s, const Ping& e, SimTime, Effects& out) {
  CHARGEMILL_ASSERT(s.life != Life::on);
  out.push_back(PingRefused{e.number});
}
void on_down(State& s, const ReportAck& e, SimTime, Effects&) { acknowledge(s, e.seq); }
void on_down(State& s, const SessionEndAck& e, SimTime, Effects&) { s.meter.confirm(e.session); }
void on_down(State& s, const LinkDown&, SimTime, Effects&) { s.link_up = false; }
void on_down(State& s, const LinkUp&, SimTime, Effects&) {
  if (!s.link_up) restore_credit(s);
  s.link_up = true;
}
// Switched off while it lay crashed: the supervisor's restart shall not bring it back.
void on_down(State& s, const PowerOff&, SimTime, Effects&) {
  if (s.life == Life::crashed) s.meter.resend_ends();
  s.life = Life::off;
}
// The hardware is touched all the same.
void on_down(State& s, const KoKey&, SimTime, Effects&) { s.ko = true; }
void on_down(State& s, const OkKey&, SimTime, Effects&) { s.ko = false; }
void on_down(State& s, const MeterFails&, SimTime, Effects&) { s.meter_broken = true; }
void on_down(State& s, const MeterWorks&, SimTime, Effects&) { s.meter_broken = false; }
void on_down(State& s, const Plug&, SimTime, Effects&) { s.plugged = true; }
void on_down(State& s, const Unplug&, SimTime, Effects&) { s.plugged = false; }
template <class T>
void on_down(State&, const T&, SimTime, Effects&) {}

}  // namespace

State make_state(PointId id, Power power, Price price, const Settings& settings, bool manual_plug) {
  CHARGEMILL_ASSERT(power.w > 0);
  CHARGEMILL_ASSERT(settings.telemetry_interval > Nanos{0});
  State s;
  s.settings = &settings;
  s.price = price;
  s.meter.power = power;
  s.id = id;
  s.manual_plug = manual_plug;
  return s;
}

Effects step(State& state, const Event& event, SimTime now) {
  if (state.life != Life::on && !starts(event)) return while_down(state, event, now);
  Effects out;
  if (std::holds_alternative<Crash>(event)) {
    out.push_back(Throw{});  // nothing else: what it would have said is lost with it
    return out;
  }
  catch_up(state, now, out);
  if ((is_silent(state) && needs_program(event)) || (!state.link_up && is_order(event))) {
    lose(event, out);
    return out;
  }
  std::visit([&](const auto& e) { on(state, e, now, out); }, event);
  speak(state, now, out);
  CHARGEMILL_ASSERT(state.meter.active == (state.phase == Phase::supplying));
  return out;
}

SimTime due(const State& state) {
  if (state.life != Life::on) return kNever;
  if (is_silent(state)) return state.silent_until;
  if (!state.meter.active) return kNever;
  const SimTime end = state.meter.running.stop_at;
  return state.link_up ? std::min(end, state.telemetry_at) : end;
}

void crashed(State& state, SimTime now) {
  if (state.life != Life::on) return;
  if (state.meter.active) state.meter.finish(SessionStatus::failed, Reason::engine_crashed, now);
  state.asked_seq = 0;
  state.telemetry_sent = 0;
  state.life = Life::crashed;
  state.phase = Phase::disconnected;
  state.outbox.clear();
  state.held.reset();
  state.status_seq = 0;
  state.silent_until = {};
  state.refuse_until = {};
}

Effects while_down(State& state, const Event& event, SimTime now) {
  CHARGEMILL_ASSERT(state.life != Life::on);
  Effects out;
  lose(event, out);
  std::visit([&](const auto& e) { on_down(state, e, now, out); }, event);
  speak(state, now, out);
  return out;
}

}  // namespace chargemill::charge_point
