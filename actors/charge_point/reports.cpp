#include "actors/charge_point/reports.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::charge_point {
namespace {

bool may_speak(const State& s) {
  return s.link_up && s.silent_until == SimTime{} && s.life != Life::crashed;
}

/// Sequence numbers start at 1: zero means "none".
std::uint32_t next_seq(State& s) {
  if (++s.last_seq == 0) ++s.last_seq;
  return s.last_seq;
}

void enqueue(State& s, const WaitingStatus& status, Effects& out) {
  if (s.outbox.size() == kOutboxMax) {
    out.push_back(Note{NoteCode::report_dropped});
    const auto refusal = std::find_if(s.outbox.begin(), s.outbox.end(), [](const WaitingStatus& w) {
      return w.reason == Reason::refused;
    });
    if (refusal != s.outbox.end()) {
      s.outbox.erase(refusal);
    } else if (status.reason == Reason::refused) {
      return;
    } else {
      s.outbox.erase(s.outbox.begin());  // a later status tells the newer phase
    }
  }
  s.outbox.push_back(status);
  CHARGEMILL_ASSERT(s.outbox.size() <= kOutboxMax);
}

/// Whether `end` was made no later than the one numbered `ordinal`; right across the wrap at 256.
bool is_not_after(const EndRecord& end, std::uint8_t ordinal) {
  return static_cast<std::uint8_t>(ordinal - end.ordinal) < 128U;
}

void send_ends(State& s, std::uint8_t up_to, Effects& out) {
  for (EndRecord& end : s.meter.ends) {
    if (end.sent || !is_not_after(end, up_to)) continue;
    end.sent = true;
    out.push_back(SessionEnd{end.session, end.start, end.end, end.delivered,
                             cost_of(end.delivered, s.price), s.id, end.driver, end.status,
                             end.reason});
  }
}

void send_telemetry(State& s, SimTime now, Effects& out) {
  const Meter::Running& run = s.meter.running;
  if (s.meter_broken) return;  // the next tick, at once, makes an error of it (D-104)
  if (!s.meter.active || now < s.telemetry_at || s.telemetry_at >= run.stop_at) return;
  const Nanos interval = s.settings->telemetry_interval;
  // The latest instant that is due: those before it are skipped, no burst (D-109).
  const SimTime at = run.since + (now - run.since) / interval * interval;
  s.telemetry_at = at + interval;
  if (at >= run.stop_at) return;
  if (s.asked_seq != 0 || !s.outbox.empty()) {
    out.push_back(Note{NoteCode::telemetry_merged});
    return;
  }
  const std::uint32_t seq = next_seq(s);
  const bool wants_ack = ++s.telemetry_sent == kTelemetryCredit;
  if (wants_ack) {
    s.asked_seq = seq;
    s.telemetry_sent = 0;
  }
  const Energy delivered = s.meter.delivered(at);
  out.push_back(Telemetry{run.session, at, s.meter.power, delivered, cost_of(delivered, s.price),
                          s.id, run.driver, seq, wants_ack});
}

}  // namespace

void report(State& s, SessionId session, Reason reason, Reason detail, SimTime now, Effects& out) {
  enqueue(s,
          {session, now, s.phase, reason, detail, Command::none, Refusal::none, s.meter.ends_made},
          out);
}

void report_refusal(State& s, SessionId session, Command command, Refusal refusal, SimTime now,
                    Effects& out) {
  CHARGEMILL_ASSERT(refusal != Refusal::none);
  enqueue(
      s,
      {session, now, s.phase, Reason::refused, Reason::none, command, refusal, s.meter.ends_made},
      out);
}

void speak(State& s, SimTime now, Effects& out) {
  if (!may_speak(s)) return;
  if (s.status_seq == 0) {
    if (s.outbox.empty()) {
      send_ends(s, s.meter.ends_made, out);
    } else {
      const WaitingStatus w = s.outbox.front();
      s.outbox.erase(s.outbox.begin());
      send_ends(s, w.ends_before, out);
      s.status_seq = next_seq(s);
      out.push_back(Status{w.session, w.at, s.id, s.status_seq, w.phase, w.reason, w.detail,
                           w.refused, w.refusal});
    }
  }
  send_telemetry(s, now, out);
}

void restore_credit(State& s) noexcept {
  s.status_seq = 0;
  s.asked_seq = 0;
  s.telemetry_sent = 0;
  s.meter.resend_ends();
}

void acknowledge(State& s, std::uint32_t seq) noexcept {
  if (seq == s.status_seq) s.status_seq = 0;
  if (seq == s.asked_seq) s.asked_seq = 0;
}

SimTime telemetry_from(const State& s, SimTime now) {
  CHARGEMILL_ASSERT(s.meter.active);
  const SimTime since = s.meter.running.since;
  const Nanos interval = s.settings->telemetry_interval;
  return since + (now - since + interval - Nanos{1}) / interval * interval;
}

}  // namespace chargemill::charge_point
