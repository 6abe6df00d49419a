#include "actors/driver/driver.hpp"

#include <algorithm>

#include "actors/driver/request_run.hpp"
#include "actors/driver/unsettled.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::driver {
namespace {

std::uint32_t lines_of(const State& state) {
  return static_cast<std::uint32_t>(state.plan->lines.size());
}

bool is_terminal(UpdateStatus status) {
  return status == UpdateStatus::denied || status == UpdateStatus::completed ||
         status == UpdateStatus::failed;
}

/// Says the current request. A repetition is harmless: central answers a known id with the present
/// status (D-054).
void issue(State& state, Effects& effects) {
  state.issued = true;
  const Trip& trip = state.trip;
  const RequestId request = current_request(state);
  if (trip.any_in_zone) {
    effects.push_back(ZoneRequest{request, trip.target, trip.stay, state.id, trip.zone, 0});
    return;
  }
  effects.push_back(ChargeRequest{request, trip.target, trip.stay, state.id, trip.point});
}

void begin(State& state, const Trip& trip, SimTime now, Effects& effects) {
  CHARGEMILL_ASSERT(state.stage != Stage::waiting);
  state.trip = trip;
  if (trip.any_in_zone) state.trip.point = kUnknownPoint;
  ++state.requests_made;
  ++state.totals.sent;
  state.stage = Stage::waiting;
  state.counted = Counted::open;
  state.by_hand = false;
  state.issued = state.answered = state.started = false;
  state.last_news = now;
  if (in_reach(state)) issue(state, effects);
}

/// Asks for what is available from `from` on (D-130).
void look_around(const State& state, const PointFilter& filter, PointId from, Effects& effects) {
  effects.push_back(PointSearch{
      filter.power_min, filter.price_max, {}, from, state.id, filter.zone, filter.any_zone, 0});
}

bool waits_for_its_turn(Stage stage) noexcept {
  return stage == Stage::pausing || stage == Stage::looking;
}

/// `due` is when the line's turn came, not when we got round to it: the latencies start there.
void next_line(State& state, SimTime line_due, SimTime now, Effects& effects) {
  const PointId point = state.plan->lines[state.next_line++];
  begin(state, Trip{line_due, {}, {}, point, {}, false}, now, effects);
}

/// Whoever wants to see first what is available asks only then.
void take_turn(State& state, SimTime line_due, SimTime now, Effects& effects) {
  if (!state.plan->looks || !in_reach(state)) {
    next_line(state, line_due, now, effects);
    return;
  }
  state.stage = Stage::looking;
  state.mark = now + kLookPatience;
  look_around(state, *state.plan->looks, {}, effects);
}

/// When the stage ends by itself.
SimTime stage_due(const State& state) {
  if (state.away) return kNever;
  if (waits_for_its_turn(state.stage) || state.stage == Stage::leaving) return state.mark;
  if (state.stage == Stage::waiting) return state.last_news + state.plan->timeout;
  return kNever;
}

void leave_off(State& state, Effects& effects) {
  state.stage = Stage::finished;
  // Who has no list, but is asked by hand, has nothing to be through with.
  if (lines_of(state) > 0) effects.push_back(Finished{state.next_line, lines_of(state)});
}

/// A fleet's driver is free for another trip.
void rest(State& state, Effects& effects) {
  state.stage = Stage::idle;
  if (state.mode == Mode::fleet) effects.push_back(DriverIdle{state.id});
}

/// The current request needs no more waiting: D-123's pause after all but the last.
void finish(State& state, SimTime now, Effects& effects) {
  if (state.mode != Mode::list) {
    const bool pauses = state.mode == Mode::fleet && state.plan->pause > Nanos{0} && !state.halted;
    if (!pauses) return rest(state, effects);
    state.stage = Stage::pausing;
    state.mark = now + state.plan->pause;
    return;
  }
  const bool is_last = state.next_line == lines_of(state);
  if (is_last && state.by_hand) {  // it has said already that it is through with its list
    state.stage = Stage::finished;
    return;
  }
  if (state.halted) {
    leave_off(state, effects);
    return;
  }
  state.stage = is_last ? Stage::leaving : Stage::pausing;
  state.mark = now + (is_last ? kLastWait : state.plan->pause);
}

void decide(State& state, Counted verdict, SimTime now, Effects& effects) {
  if (state.counted != Counted::open) return;
  state.mark = now;
  state.counted = verdict;
  ++(verdict == Counted::accepted ? state.totals.accepted : state.totals.denied);
  effects.push_back(Decided{state.trip.due, current_request(state), state.trip.point});
}

/// D-125: timed out and nothing else, even if it had been accepted.
void give_up(State& state, SimTime now, Effects& effects) {
  if (state.counted == Counted::accepted) --state.totals.accepted;
  ++state.totals.timed_out;
  const RequestId request = current_request(state);
  // Without a point there is nobody to be told: if it is let in all the same, it is cancelled then.
  if (state.issued && state.trip.point != kUnknownPoint)
    cancel(state, {request, state.trip.point}, now, effects);
  effects.push_back(TimedOut{request});
  finish(state, now, effects);
}

/// What a driver says whenever it finds central again (D-129, D-131).
void reconnect(State& state, bool may_repeat, SimTime now, Effects& effects) {
  effects.push_back(DriverReturned{state.id});
  if (state.unsettled) state.unsettled->has_left = false;  // what was left will come
  confirm_again(state, effects);
  say_cancels(state, now, effects);
  if (state.stage != Stage::waiting) return;
  const bool unheard = !state.answered && !state.trip.any_in_zone && may_repeat;
  if (!state.issued || unheard) {
    issue(state, effects);
    return;
  }
  effects.push_back(AskRequest{current_request(state), state.id, state.trip.point});
}

void on(State& state, const Trip& trip, SimTime now, Effects& effects) {
  if (state.stage == Stage::waiting) return;
  begin(state, trip, now, effects);
}

void on(State& state, const NamedTrip& asked, SimTime now, Effects& effects) {
  if (state.mode != Mode::guest || state.stage == Stage::waiting) return;
  state.requests_made = static_cast<std::uint32_t>(index_of(asked.request)) - 1;
  begin(state, asked.trip, now, effects);
  CHARGEMILL_ASSERT(current_request(state) == asked.request);
}

/// A guest's program wants to know about a request, perhaps one of an earlier run (D-129).
void on(State& state, const AskRequest& asked, SimTime /*now*/, Effects& effects) {
  if (asked.driver != state.id || state.mode != Mode::guest || !in_reach(state)) return;
  effects.push_back(asked);
}

/// Why it cannot be asked by hand; taken: it can.
HandVerdict objection(const State& state) {
  if (state.mode != Mode::list) return HandVerdict::not_free;
  if (state.away || state.stage == Stage::off) return HandVerdict::away;
  return state.halted ? HandVerdict::halted : HandVerdict::taken;
}

void on(State& state, const AskByHand& asked, SimTime now, Effects& effects) {
  HandVerdict verdict = objection(state);
  if (verdict == HandVerdict::taken && state.stage == Stage::waiting) verdict = HandVerdict::busy;
  if (verdict == HandVerdict::taken) {
    if (state.stage == Stage::leaving) leave_off(state, effects);
    // The answer before all that follows from it.
    effects.push_back(
        HandAnswer{asked.errand, request_id(state.id, state.requests_made + 1), state.id, verdict});
    begin(state, asked.trip, now, effects);
    state.by_hand = true;
    return;
  }
  effects.push_back(HandAnswer{asked.errand, current_request(state), state.id, verdict});
}

void on(State& state, const CancelByHand& given_up, SimTime now, Effects& effects) {
  const RequestId request = current_request(state);
  const bool is_meant = given_up.request == RequestId::none || given_up.request == request;
  HandVerdict verdict = objection(state);
  if (verdict == HandVerdict::halted) verdict = HandVerdict::taken;  // what is open may end
  if (verdict == HandVerdict::taken) {
    if (state.stage != Stage::waiting || !state.by_hand || !is_meant) {
      verdict = HandVerdict::not_open;
    } else if (!in_reach(state)) {
      verdict = HandVerdict::no_central;
    } else if (state.trip.any_in_zone && state.trip.point == kUnknownPoint) {
      verdict = HandVerdict::undecided;
    } else {
      cancel(state, {request, state.trip.point}, now, effects);
    }
  }
  effects.push_back(HandAnswer{given_up.errand, request, state.id, verdict});
}

/// A guest's program has given up a request, perhaps an older one.
void on(State& state, const CancelRequest& given_up, SimTime now, Effects& effects) {
  if (given_up.driver != state.id || state.mode != Mode::guest) return;
  cancel(state, {given_up.request, given_up.point}, now, effects);
}

/// Its program has outlived a central that was killed, and still waits for what comes of it
/// (D-214); the rest of this state is about requests of this run.
bool is_guests_of_an_earlier_run(const State& state, RequestId request) {
  return state.mode == Mode::guest && request != RequestId::none &&
         run_of(request) != run_of(current_request(state));
}

void on(State& state, const DriverUpdate& update, SimTime now, Effects& effects) {
  if (state.away || update.driver != state.id) return;
  if (is_terminal(update.status)) settle_cancel(state, update.request);
  if (is_guests_of_an_earlier_run(state, update.request)) {
    effects.push_back(Show{update});
    return;
  }
  if (!is_terminal(update.status)) take_back(state, update, now, effects);
  // D-126: of other drivers' or unknown requests nothing is heard.
  if (update.request != current_request(state)) return;
  if (state.stage == Stage::leaving) effects.push_back(Show{update});  // late, but not unseen
  if (state.stage != Stage::waiting) return;
  state.last_news = now;
  state.answered = true;
  if (update.point != kUnknownPoint) state.trip.point = update.point;
  if (state.mode != Mode::fleet) effects.push_back(Show{update});
  switch (update.status) {
    case UpdateStatus::accepted:
      decide(state, Counted::accepted, now, effects);
      return;
    case UpdateStatus::in_progress:
      decide(state, Counted::accepted, now, effects);
      if (state.started) return;
      state.started = true;
      ++state.totals.sessions;
      effects.push_back(Started{state.mark, update.request, state.trip.point, update.session});
      return;
    case UpdateStatus::denied:
      decide(state, Counted::denied, now, effects);
      finish(state, now, effects);
      return;
    case UpdateStatus::completed:
    case UpdateStatus::failed:
      // Without a session it was never let in, whatever word central found for it.
      decide(state, update.session == SessionId::none ? Counted::denied : Counted::accepted, now,
             effects);
      finish(state, now, effects);
      return;
  }
}

void on(State& state, const Ticket& ticket, SimTime /*now*/, Effects& effects) {
  take_ticket(state, ticket, effects);
}

void on(State& state, const TicketSettled& e, SimTime /*now*/, Effects& effects) {
  settle_ticket(state, e, effects);
}

void on(State& state, const Leave&, SimTime /*now*/, Effects& /*effects*/) { state.away = true; }

void on(State& state, const PointList& list, SimTime now, Effects& effects) {
  if (state.away || list.driver != state.id) return;
  effects.push_back(ShowPoints{list});
  if (state.stage == Stage::looking) next_line(state, now, now, effects);
}

void on(State& state, const LookAround& look, SimTime /*now*/, Effects& effects) {
  if (state.away) return;
  if (!state.linked) {
    effects.push_back(NoCentral{});
    return;
  }
  look_around(state, look.filter, look.from, effects);
}

void come_back(State& state, SimTime now, Effects& effects) {
  if (!state.away) return;
  state.away = false;
  state.last_news = now;  // the time-out did not run meanwhile: nobody was there to wait
  // Nor was its turn due before there was somebody to take it.
  if (waits_for_its_turn(state.stage) || state.stage == Stage::leaving)
    state.mark = std::max(state.mark, now);
  // An unheard request is asked for, not repeated: it may be over and forgotten by now, and a
  // repetition would then start a second session.
  if (state.linked) reconnect(state, false, now, effects);
}

void on(State& state, const Return&, SimTime now, Effects& effects) {
  come_back(state, now, effects);
}

void on(State& state, const LinkDown&, SimTime /*now*/, Effects& effects) {
  if (state.linked && !state.away) effects.push_back(NoCentral{});
  state.linked = false;
}

void on(State& state, const LinkUp&, SimTime now, Effects& effects) {
  if (state.linked) return;
  state.linked = true;
  if (!state.away) reconnect(state, true, now, effects);
}

void on(State& state, const PowerOn&, SimTime now, Effects& effects) {
  if (state.stage != Stage::off) return;
  if (state.mode != Mode::list) {
    state.stage = Stage::idle;
    return;
  }
  if (state.halted || lines_of(state) == 0) {
    leave_off(state, effects);
    return;
  }
  if (state.plan->first_wait > Nanos{0}) {
    state.stage = Stage::pausing;
    state.mark = now + state.plan->first_wait;
    return;
  }
  take_turn(state, now, now, effects);
}

void on(State& state, const Halt&, SimTime /*now*/, Effects& effects) {
  state.halted = true;
  if (state.mode == Mode::fleet) {
    if (state.stage == Stage::pausing) rest(state, effects);
    return;
  }
  if (waits_for_its_turn(state.stage) || state.stage == Stage::leaving) leave_off(state, effects);
}

/// What a driver must not forget (D-129) is kept; its next incarnation comes back like one that
/// left.
void on(State& state, const Crash&, SimTime /*now*/, Effects& effects) {
  state.away = true;
  effects.push_back(Throw{});
}

void on(State& state, const Restart&, SimTime now, Effects& effects) {
  come_back(state, now, effects);
}

void on(State& state, const Tick&, SimTime now, Effects& effects) {
  if (now >= cancel_due(state)) say_cancels(state, now, effects);
  if (now < stage_due(state)) return;
  if (state.stage == Stage::pausing) {
    if (state.mode == Mode::fleet) return rest(state, effects);
    take_turn(state, state.mark, now, effects);
    return;
  }
  if (state.stage == Stage::looking) {  // nobody answered
    next_line(state, state.mark, now, effects);
    return;
  }
  if (state.stage == Stage::leaving) {
    leave_off(state, effects);
    return;
  }
  give_up(state, now, effects);
}

}  // namespace

State make_state(DriverId id, Mode mode, const Plan& plan) {
  State state;
  state.id = id;
  state.mode = mode;
  state.away = mode == Mode::guest;  // until it calls
  state.plan = &plan;
  return state;
}

Effects step(State& state, const Event& event, SimTime now) {
  CHARGEMILL_ASSERT(state.plan != nullptr);
  Effects effects;
  std::visit([&](const auto& e) { on(state, e, now, effects); }, event);
  return effects;
}

SimTime due(const State& state) { return std::min(stage_due(state), cancel_due(state)); }

}  // namespace chargemill::driver
