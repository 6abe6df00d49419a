#include "actors/elsewhere/central.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::elsewhere {
namespace {

/// One step's surroundings.
struct Turn {
  State& state;
  SimTime now;
  Effects& out;

  /// Null: not of this stand-in.
  [[nodiscard]] PointBook* book(PointId point) const {
    const std::size_t at = std::size_t{index_of(point)} - state.first;
    return index_of(point) >= state.first && at < state.points.size() ? &state.points[at] : nullptr;
  }
};

/// As the engines here say, not as central shows it.
DisplayState display_of(const PointBook& book) {
  if (!book.is_reached || !book.is_known) return DisplayState::disconnected;
  if (book.is_faulty) return DisplayState::broken;
  switch (book.phase) {
    case Phase::activated:
      return DisplayState::activated;
    case Phase::supplying:
      return DisplayState::supplying;
    case Phase::stopped:
      return DisplayState::stopped;
    case Phase::disconnected:
    case Phase::fault:
      break;
  }
  return DisplayState::broken;
}

/// Changes a book and counts what it shows then.
template <class Change>
void change(Turn& turn, PointBook& book, Change&& with) {
  auto& shown = turn.state.totals.display;
  --shown[static_cast<std::size_t>(display_of(book))];
  with(book);
  ++shown[static_cast<std::size_t>(display_of(book))];
}

Account* account(PointBook& book, SessionId session) {
  if (session == SessionId::none) return nullptr;
  if (book.current.session == session) return &book.current;
  const auto found = std::find_if(book.closed.begin(), book.closed.end(),
                                  [&](const Account& one) { return one.session == session; });
  return found == book.closed.end() ? nullptr : &*found;
}

void begin_session(Turn& turn, PointBook& book, SessionId session) {
  if (Account* const known = account(book, session)) {
    if (known == &book.current || !known->is_confirmed) return;
    *known = {};  // central has forgotten that one, and gives its id again
  }
  ++turn.state.totals.sessions_started;
  ++turn.state.totals.sessions_active;
  book.current = {session, {}, false};
}

/// Central has taken so much of it.
void take_energy(Turn& turn, Account& of, Energy told) {
  const std::int64_t more = told.mj - of.booked.mj;
  if (more <= 0) return;
  of.booked = told;
  turn.state.totals.energy_booked_mj += more;
}

// ---- from here: engines

void on(Turn& turn, const Status& e) {
  if (PointBook* const book = turn.book(e.point)) {
    change(turn, *book, [&](PointBook& b) {
      b.phase = e.phase;
      b.is_known = true;
    });
    if (e.phase == Phase::supplying && e.session != SessionId::none)
      begin_session(turn, *book, e.session);
  }
  turn.out.emplace_back(Said{e});
}

void on(Turn& turn, const Telemetry& e) { turn.out.emplace_back(Said{e}); }

void on(Turn& turn, const SessionEnd& e) {
  turn.out.emplace_back(Said{e});
  PointBook* const book = turn.book(e.point);
  if (book == nullptr) return;
  // If its beginning was never heard.
  if (account(*book, e.session) == nullptr) begin_session(turn, *book, e.session);
  if (book->current.session != e.session) return;  // said again: central has not confirmed it
  auto& totals = turn.state.totals;
  --totals.sessions_active;
  ++(e.status == SessionStatus::completed ? totals.sessions_completed : totals.sessions_failed);
  book->closed[book->next_closed] = book->current;
  book->next_closed = static_cast<std::uint8_t>((book->next_closed + 1U) % kClosedMax);
  book->current = {};
}

/// No body asks for it: a supply that a person starts at the point needs its own central (D-106).
void on(Turn& turn, const LocalStart& e) {
  turn.out.emplace_back(ToPoint{e.point, StartDeclined{Reason::none, Phase::disconnected}});
}

// ---- monitors

void on(Turn& turn, const Register& e) { turn.out.emplace_back(Said{e}); }
void on(Turn& turn, const Heartbeat& e) { turn.out.emplace_back(Said{e}); }
void on(Turn& turn, const FaultReport& e) { turn.out.emplace_back(Said{e}); }
void on(Turn& turn, const HealthyReport& e) { turn.out.emplace_back(Said{e}); }

void on(Turn& turn, const FaultInjected& e) {
  if (PointBook* const book = turn.book(e.point)) book->injected = e.at;
}

// ---- drivers

void on(Turn& turn, const ChargeRequest& e) {
  turn.state.wishes[e.driver] = {e.point, e.target, e.stay};
  turn.out.emplace_back(Said{e});
}
/// No body asks for any point of a zone; a scenario that would is refused before it runs.
void on(Turn& turn, const ZoneRequest& e) {
  DriverUpdate update{};
  update.request = e.request;
  update.driver = e.driver;
  update.point = kUnknownPoint;
  update.status = UpdateStatus::denied;
  update.reason = Reason::no_free_point;
  turn.out.emplace_back(ToDriver{e.driver, update});
}
void on(Turn& turn, const CancelRequest& e) { turn.out.emplace_back(Said{e}); }
void on(Turn& turn, const TicketAck& e) { turn.out.emplace_back(Said{e}); }
void on(Turn& turn, const DriverReturned& e) { turn.out.emplace_back(Said{e}); }

// ---- what central answers

void on_answer(Turn& turn, const Status& e, Answer) {
  // Declined or not: the engine may say the next one.
  turn.out.emplace_back(ToPoint{e.point, ReportAck{e.seq}});
}

void on_answer(Turn& turn, const Telemetry& e, Answer answer) {
  PointBook* const book = turn.book(e.point);
  Account* const of = book == nullptr ? nullptr : account(*book, e.session);
  if (answer == Answer::taken && of != nullptr) take_energy(turn, *of, e.delivered);
  if (e.wants_ack) turn.out.emplace_back(ToPoint{e.point, ReportAck{e.seq}});
}

/// An end that is declined will never be taken: it is confirmed all the same, or the meter would
/// keep it for ever; its energy is booked to nobody.
void on_answer(Turn& turn, const SessionEnd& e, Answer answer) {
  PointBook* const book = turn.book(e.point);
  Account* const of = book == nullptr ? nullptr : account(*book, e.session);
  if (of != nullptr && !of->is_confirmed) {
    auto& totals = turn.state.totals;
    const std::int64_t before = totals.energy_booked_mj;
    take_energy(turn, *of, e.delivered);
    if (answer == Answer::taken) {
      totals.revenue_microeur += e.cost.microeur;
    } else {
      totals.energy_unassigned_mj += totals.energy_booked_mj - before;
    }
    of->is_confirmed = true;
  }
  turn.out.emplace_back(ToPoint{e.point, SessionEndAck{e.session}});
}

/// Central knows the point, and so its engine may speak: a status of a point that is not known
/// would be dropped (D-056), and nobody would say it again.
void let_engine_speak(Turn& turn, PointId point) {
  PointBook* const book = turn.book(point);
  if (book == nullptr || !book->is_connected || book->is_reached) return;
  change(turn, *book, [](PointBook& b) { b.is_reached = true; });
  turn.out.emplace_back(ToPoint{point, LinkUp{}});
}

void on_answer(Turn& turn, const Register& e, Answer answer) {
  if (answer != Answer::taken) return;
  turn.out.emplace_back(ToMonitor{e.point, RegisterAck{}});
  let_engine_speak(turn, e.point);
}

void on_answer(Turn& turn, const Heartbeat& e, Answer answer) {
  if (answer == Answer::taken) let_engine_speak(turn, e.point);
  if (answer == Answer::unknown_point)
    turn.out.emplace_back(ToMonitor{e.point, UnknownPoint{}});  // D-043
}

void on_answer(Turn& turn, const FaultReport& e, Answer answer) {
  if (answer != Answer::taken) return;  // it is repeated (D-117)
  turn.out.emplace_back(ToMonitor{e.point, FaultAck{}});
  PointBook* const book = turn.book(e.point);
  if (book == nullptr || book->is_faulty) return;
  change(turn, *book, [](PointBook& b) { b.is_faulty = true; });
  ++turn.state.totals.faults_notified;
  if (book->injected != kNever) turn.out.emplace_back(Detected{book->injected, e.point});
  book->injected = kNever;
}

void on_answer(Turn& turn, const HealthyReport& e, Answer answer) {
  if (answer != Answer::taken) return;
  turn.out.emplace_back(ToMonitor{e.point, HealthyAck{}});
  PointBook* const book = turn.book(e.point);
  if (book == nullptr || !book->is_faulty) return;
  change(turn, *book, [](PointBook& b) { b.is_faulty = false; });
  ++turn.state.totals.faults_recovered;
}

/// A request that is declined at the door is denied: its driver waits for nothing.
void on_answer(Turn& turn, const ChargeRequest& e, Answer answer) {
  if (answer == Answer::taken) return;
  DriverUpdate update{};
  update.request = e.request;
  update.driver = e.driver;
  update.point = e.point;
  update.status = UpdateStatus::denied;
  update.reason = Reason::point_not_found;
  turn.state.wishes.erase(e.driver);
  turn.out.emplace_back(ToDriver{e.driver, update});
}

/// Central knows of no such request any more: its driver need not go on cancelling it (D-125).
void on_answer(Turn& turn, const CancelRequest& e, Answer answer) {
  if (answer == Answer::taken) return;
  DriverUpdate update{};
  update.request = e.request;
  update.driver = e.driver;
  update.point = e.point;
  update.status = UpdateStatus::denied;
  update.reason = Reason::driver_cancelled;
  turn.out.emplace_back(ToDriver{e.driver, update});
}
void on_answer(Turn&, const DriverReturned&, Answer) {}
/// Declined or not: central has heard it, or knows of no such ticket.
void on_answer(Turn& turn, const TicketAck& e, Answer) {
  turn.out.emplace_back(ToDriver{e.driver, TicketSettled{e.session, e.driver, e.correction}});
}

void on(Turn& turn, const Answered& e) {
  if (e.answer != Answer::taken) ++turn.state.totals.unknown;
  std::visit([&](const auto& said) { on_answer(turn, said, e.answer); }, e.said);
}

// ---- what central orders and tells

void on(Turn& turn, const Ordered& e) {
  PointBook* const book = turn.book(e.point);
  if (book == nullptr) return;
  std::visit(Overloaded{[&](const StartSupply& order) {
                          StartSupply start = order;
                          // Its clock is not ours: the start is as old as it is here (D-095).
                          start.issued = turn.now;
                          const auto wish = turn.state.wishes.find(start.driver);
                          if (wish != turn.state.wishes.end() && wish->second.point == e.point) {
                            start.target = wish->second.target;
                            start.stay = wish->second.stay;
                          }
                          turn.out.emplace_back(ToPoint{e.point, start});
                        },
                        [&](const auto& order) {
                          turn.out.emplace_back(ToPoint{e.point, order});
                        }},
             e.order);
}

void on(Turn& turn, const DriverUpdate& e) {
  const bool is_over = e.status == UpdateStatus::denied || e.status == UpdateStatus::completed ||
                       e.status == UpdateStatus::failed;
  if (is_over) turn.state.wishes.erase(e.driver);
  turn.out.emplace_back(ToDriver{e.driver, e});
}

void on(Turn& turn, const Ticket& e) {
  ++turn.state.totals.tickets_issued;
  turn.out.emplace_back(ToDriver{e.driver, e});
}

void on(Turn& turn, const PointReach& e) {
  PointBook* const book = turn.book(e.point);
  if (book == nullptr || book->is_connected == e.is_up) return;
  book->is_connected = e.is_up;
  if (e.is_up) {  // the engine waits for what comes of it
    turn.out.emplace_back(ToMonitor{e.point, LinkUp{}});
    return;
  }
  turn.out.emplace_back(ToMonitor{e.point, LinkDown{}});
  if (!book->is_reached) return;
  change(turn, *book, [](PointBook& b) { b.is_reached = false; });
  turn.out.emplace_back(ToPoint{e.point, LinkDown{}});
}

void on(Turn& turn, const DriverReach& e) {
  if (e.is_up) {
    turn.out.emplace_back(ToDriver{e.driver, LinkUp{}});
  } else {
    turn.out.emplace_back(ToDriver{e.driver, LinkDown{}});
  }
}

void on(Turn&, const Tick&) {}

}  // namespace

State make_state(PointId first, std::uint32_t count) {
  State state;
  state.first = index_of(first);
  state.points.resize(count);
  state.totals.display[static_cast<std::size_t>(DisplayState::disconnected)] = count;
  return state;
}

void step(State& state, const Event& event, SimTime now, Effects& effects) {
  Turn turn{state, now, effects};
  std::visit([&](const auto& e) { on(turn, e); }, event);
  CHARGEMILL_ASSERT(state.totals.sessions_started == state.totals.sessions_completed +
                                                         state.totals.sessions_failed +
                                                         state.totals.sessions_active);
}

Energy booked(const State& state, PointId point, SessionId session) {
  const std::size_t at = std::size_t{index_of(point)} - state.first;
  if (index_of(point) < state.first || at >= state.points.size()) return {};
  const PointBook& book = state.points[at];
  if (book.current.session == session) return book.current.booked;
  const auto found = std::find_if(book.closed.begin(), book.closed.end(),
                                  [&](const Account& one) { return one.session == session; });
  return found == book.closed.end() ? Energy{} : found->booked;
}

}  // namespace chargemill::elsewhere
