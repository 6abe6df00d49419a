#include "actors/outside/point.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::outside {
namespace {

/// An end that central has not confirmed is told again so often: it was down, or is.
constexpr Nanos kResendEvery = std::chrono::seconds{5};

/// Sequence numbers start at 1: zero means "none".
std::uint32_t next_seq(State& s) {
  if (++s.last_seq == 0) ++s.last_seq;
  return s.last_seq;
}

bool is_about_a_start(const Status& status) {
  return status.phase == Phase::supplying || status.reason == Reason::vehicle_awaited ||
         (status.reason == Reason::refused && status.refused == Command::start_supply);
}

void report(State& s, Status status, SimTime now, Effects& out) {
  const Account* const current = s.accounts.current();
  status.session =
      is_about_a_start(status) && current != nullptr ? current->session : SessionId::none;
  status.at = now;
  status.point = s.id;
  status.seq = next_seq(s);
  out.push_back(status);
}

void send_end(State& s, Account& account, SimTime now, Effects& out) {
  out.push_back(account.end);
  s.resend = std::min(s.resend, now + kResendEvery);
}

/// What was said while central could not hear it.
void catch_up(State& s, SimTime now, Effects& out) {
  s.unanswered.clear();
  s.resend = kNever;
  for (Account& one : s.accounts.all()) {
    if (one.is_over && !one.is_confirmed) send_end(s, one, now, out);
  }
  if (!s.is_connected || !s.has_spoken) return;
  Status status{};
  status.phase = s.phase;
  status.reason = Reason::state_report;  // D-047
  report(s, status, now, out);
}

template <class T>
bool pass_on(State& s, const T& order, Effects& out) {
  if (s.is_connected && s.link_up) {
    out.push_back(Order{order});
    return true;
  }
  out.push_back(Note{NoteCode::order_lost});
  return false;
}

/// From `end.start` to `end.end`, which may be any two times; at most `most`.
Nanos lasted(const SessionEnd& end, Nanos most) {
  if (end.end <= end.start) return Nanos{0};
  // Of two times in order the distance fits into 64 bits without a sign.
  const auto ns = [](SimTime time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
  };
  const auto longest = static_cast<std::uint64_t>(most.count());
  return Nanos{static_cast<std::int64_t>(std::min(ns(end.end) - ns(end.start), longest))};
}

void end_supply(State& s, Reason why, Effects& out) {
  if (s.stop_sent) return;
  s.stop_sent = pass_on(s, StopSupply{why}, out);
}

// ---- from central

void on(State& s, const StartSupply& e, SimTime now, Effects& out) {
  if (!pass_on(s, e, out)) return;
  // Central gives the same start once; a session that it closed meanwhile stays known.
  if (s.accounts.find(e.session) == nullptr) s.accounts.open(e.session, e.driver);
  s.stop_sent = false;
  s.target = e.target;
  s.ends = e.stay > Nanos{0} ? now + e.stay : kNever;
}
void on(State& s, const StopSupply& e, SimTime, Effects& out) { (void)pass_on(s, e, out); }
void on(State& s, const StopCp& e, SimTime, Effects& out) { (void)pass_on(s, e, out); }
void on(State& s, const ResumeCp& e, SimTime, Effects& out) { (void)pass_on(s, e, out); }
void on(State& s, const Shutdown& e, SimTime, Effects& out) { (void)pass_on(s, e, out); }

void on(State& s, const ReportAck& e, SimTime, Effects&) {
  const bool is_known = std::any_of(s.unanswered.begin(), s.unanswered.end(),
                                    [&](const Unanswered& one) { return one.seq == e.seq; });
  if (!is_known) return;  // of a status
  // They come in order: those before it that have none were lost.
  while (s.unanswered.front().seq != e.seq) s.unanswered.pop_front();
  const Unanswered booked = s.unanswered.front();
  s.unanswered.pop_front();
  if (Account* const account = s.accounts.find(booked.session)) account->booked = booked.delivered;
}

void on(State& s, const SessionEndAck& e, SimTime, Effects&) {
  Account* const account = s.accounts.find(e.session);
  if (account == nullptr || !account->is_over) return;
  account->is_confirmed = true;
  account->booked = account->told;
  const auto& all = s.accounts.all();
  const bool is_owed = std::any_of(
      all.begin(), all.end(), [](const Account& one) { return one.is_over && !one.is_confirmed; });
  if (!is_owed) s.resend = kNever;
}

void on(State& s, const LinkDown&, SimTime, Effects&) { s.link_up = false; }
void on(State& s, const LinkUp&, SimTime now, Effects& out) {
  s.link_up = true;
  catch_up(s, now, out);
}
/// Central knows the point now, if it is a newcomer.
void on(State& s, const PowerOn&, SimTime now, Effects& out) {
  if (s.link_up) catch_up(s, now, out);
}

// ---- from outside

void on(State& s, const Arrived&, SimTime, Effects&) {
  s.is_connected = true;
  s.has_spoken = false;
}
void on(State& s, const Left&, SimTime, Effects& out) {
  if (!s.is_connected) return;
  s.is_connected = s.has_spoken = false;
  s.phase = Phase::disconnected;
  out.push_back(Silent{});
}

void on(State& s, const SaidState& e, SimTime now, Effects& out) {
  s.has_spoken = true;
  s.phase = e.status.phase;
  if (s.link_up) report(s, e.status, now, out);
}

void on(State& s, const SaidEnergy& e, SimTime now, Effects& out) {
  Account* const account = s.accounts.find(e.session);
  if (account == nullptr || account->is_over) {
    out.push_back(Note{NoteCode::stray_report});
    return;
  }
  s.phase = Phase::supplying;
  // Cumulative: what is less is older, and so is what it says of the cost.
  const bool is_older = e.has_energy && e.delivered < account->told;
  if (!is_older) account->cost = e.cost;
  if (e.has_energy && !is_older) account->told = e.delivered;
  const bool is_enough = s.target.mj > 0 && !(account->told < s.target);
  if (account == s.accounts.current() && is_enough)
    end_supply(s, Reason::energy_target_reached, out);
  if (!s.link_up) return;
  if (s.unanswered.size() == kUnansweredMax) {
    out.push_back(Note{NoteCode::telemetry_merged});
    return;
  }
  const std::uint32_t seq = next_seq(s);
  s.unanswered.push_back({e.session, account->told, seq});
  out.push_back(Telemetry{e.session, now, e.power, account->told, account->cost, s.id,
                          account->driver, seq, true});
}

void on(State& s, const SaidEnd& e, SimTime now, Effects& out) {
  Account* const account = s.accounts.find(e.end.session);
  if (account == nullptr) {
    out.push_back(Note{NoteCode::stray_report});
    return;
  }
  if (account->is_over) return;  // said again: a confirmation was lost on its way out
  if (account == s.accounts.current()) {
    s.target = Energy{};
    s.ends = kNever;
  }
  account->is_over = true;
  account->told = e.end.delivered;
  account->end = e.end;
  account->end.point = s.id;
  account->end.driver = account->driver;
  // Its clock is not ours: how long it took is believed, when it was is not.
  account->end.end = now;
  account->end.start = now - lasted(e.end, now.time_since_epoch());
  if (s.link_up) send_end(s, *account, now, out);
}

void on(State& s, const Tick&, SimTime now, Effects& out) {
  if (now >= s.ends) {
    end_supply(s, Reason::stay_ended, out);
    s.ends = s.stop_sent ? kNever : now + kResendEvery;
  }
  if (now < s.resend) return;
  s.resend = kNever;
  if (!s.link_up) return;
  for (Account& one : s.accounts.all()) {
    if (one.is_over && !one.is_confirmed) send_end(s, one, now, out);
  }
}

}  // namespace

State make_state(PointId id) {
  State s;
  s.id = id;
  return s;
}

Effects step(State& state, const Event& event, SimTime now) {
  Effects out;
  std::visit([&](const auto& e) { on(state, e, now, out); }, event);
  CHARGEMILL_ASSERT(state.unanswered.size() <= kUnansweredMax);
  return out;
}

SimTime due(const State& state) { return std::min(state.ends, state.resend); }

}  // namespace chargemill::outside
