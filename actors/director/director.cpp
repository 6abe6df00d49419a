#include "actors/director/director.hpp"

#include <algorithm>
#include <utility>

#include "actors/director/point_turn.hpp"
#include "actors/director/schedule.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::director {
namespace {

constexpr std::uint64_t kDirectorEntity = std::uint64_t{1} << 62U;
constexpr double kNanosPerHour = 3.6e12;
/// The most that one point's turn says; a step stops while this much still fits.
constexpr std::size_t kTurnMax = 4;

bool has_room(const Effects& effects) { return effects.size() + kTurnMax <= kEffectsMax; }

bool later(const Ending& a, const Ending& b) {
  return a.at != b.at ? a.at > b.at : a.order > b.order;
}

/// Poisson over all eligible points at once: the sum of their rates.
SimTime draw_next(FaultClock& clock, SimTime from) {
  const bool whole_shard = clock.fault.kind == FaultKind::central_restart;
  const double count = whole_shard ? 1.0 : static_cast<double>(clock.eligible);
  const double per_hour = clock.fault.rate_per_point_hour * count;
  if (per_hour <= 0.0) return kNever;
  const double wait = clock.random.exponential() / per_hour * kNanosPerHour;
  const double left = static_cast<double>((kNever - from).count());
  return wait < left / 2 ? from + Nanos{static_cast<std::int64_t>(wait)} : kNever;
}

void plan_ending(State& state, SimTime at, bool central, const Sweep& sweep) {
  state.endings.push_back({at, state.endings_made++, central, sweep});
  std::push_heap(state.endings.begin(), state.endings.end(), later);
}

struct Plan {
  Action begin;
  std::optional<Action> end;
};

Plan plan_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::engine_crash:
      return {Action::crash, std::nullopt};
    case FaultKind::engine_silent:
      return {Action::silence, Action::silence_end};
    case FaultKind::start_refused:
      return {Action::refuse, std::nullopt};
    case FaultKind::engine_ko:
      return {Action::ko, Action::ko_end};
    case FaultKind::telemetry_error:
      return {Action::break_meter, Action::mend_meter};
    case FaultKind::monitor_loss:
      return {Action::lose_monitor, Action::find_monitor};
    case FaultKind::central_restart:
    case FaultKind::partition:
      break;
  }
  return {Action::cut, Action::heal};
}

/// Points `first` up to before `end`, those of the fault's zone if it names one.
void inject(State& state, const Fault& fault, SimTime at, std::uint32_t first, std::uint32_t end,
            Effects& effects) {
  const bool central = fault.kind == FaultKind::central_restart;
  if (central) {
    ++state.totals.injected;
    ++state.totals.by_kind[static_cast<std::size_t>(fault.kind)];
    if (++state.central_down == 1) effects.push_back(ToShard{CentralDown{}});
  }
  const Plan plan = plan_of(fault.kind);
  const bool is_left_to_supervisor =
      fault.kind == FaultKind::engine_crash && fault.duration == Nanos{0};
  const SimTime until = is_left_to_supervisor       ? at
                        : fault.duration > Nanos{0} ? at + fault.duration
                                                    : at + kDefaultDuration;
  const auto zone = central ? std::nullopt : fault.zone;
  state.sweeps.push_back({plan.begin, first, end, at, until, zone, !central, fault.kind});
  if (plan.end.has_value()) {
    plan_ending(state, until, central,
                {*plan.end, first, end, until, until, zone, false, fault.kind});
  }
}

void strike(State& state, FaultClock& clock, Effects& effects) {
  const SimTime at = clock.next;
  const auto all = static_cast<std::uint32_t>(state.points.size());
  const Fault& fault = clock.fault;
  const bool whole_shard = fault.kind == FaultKind::central_restart;
  if (fault.rate_per_point_hour > 0.0 && !whole_shard) {
    const auto pick = static_cast<std::uint32_t>(clock.random.below(clock.eligible));
    const std::uint32_t one = clock.targets.empty() ? pick : clock.targets[pick];
    inject(state, fault, at, one, one + 1, effects);
  } else if (fault.point.has_value() && !whole_shard) {
    for (const std::uint32_t one : clock.targets) inject(state, fault, at, one, one + 1, effects);
  } else {
    inject(state, fault, at, 0, all, effects);
  }
  clock.next = fault.rate_per_point_hour > 0.0 ? draw_next(clock, at) : kNever;
}

void run_sweep(State& state, Effects& effects) {
  Sweep& sweep = state.sweeps.front();
  while (sweep.next < sweep.end && has_room(effects)) {
    Point& point = state.points[sweep.next++];
    if (sweep.zone.has_value() && point.zone != *sweep.zone) continue;
    if (sweep.counts) ++(point.on ? state.totals.injected : state.totals.skipped);
    if (sweep.counts && point.on) ++state.totals.by_kind[static_cast<std::size_t>(sweep.kind)];
    act(point, sweep, effects);
  }
  if (sweep.next == sweep.end) state.sweeps.pop_front();
}

void run_ending(State& state, Effects& effects) {
  std::pop_heap(state.endings.begin(), state.endings.end(), later);
  const Ending ending = state.endings.back();
  state.endings.pop_back();
  // Central first: the links come back to somebody who listens.
  if (ending.central && --state.central_down == 0) effects.push_back(ToShard{CentralUp{}});
  state.sweeps.push_back(ending.sweep);
}

void run_switch(State& state, Effects& effects) {
  const Switch& next = state.schedule[state.next_switch++];
  switch_point(state.points[next.point], next.on, effects);
  if (state.next_switch < state.schedule.size()) return;
  std::vector<Switch>().swap(state.schedule);  // megabytes that nobody needs any more
  state.next_switch = 0;
}

void run_deed(State& state, Effects& effects) {
  const Deed& deed = state.deeds[state.next_deed++];
  std::visit(Overloaded{
                 [&](const OperatorOrder& what) { effects.push_back(ToCentral{what}); },
                 [&](const SimulateFault& what) {
                   effects.push_back(ToMonitor{deed.point, what});
                 },
                 [&](const Leave& what) {
                   effects.push_back(ToDriver{deed.driver, what});
                 },
                 [&](const Return& what) {
                   effects.push_back(ToDriver{deed.driver, what});
                 },
                 [&](const auto& what) {
                   effects.push_back(ToPoint{deed.point, what});
                 },
             },
             deed.what);
}

SimTime deed_due(const State& state) {
  return state.next_deed < state.deeds.size() ? state.deeds[state.next_deed].at : kNever;
}

FaultClock* earliest_fault(State& state) {
  FaultClock* earliest = nullptr;
  for (FaultClock& clock : state.faults) {
    if (earliest == nullptr || clock.next < earliest->next) earliest = &clock;
  }
  return earliest;
}

SimTime switch_due(const State& state) {
  return state.next_switch < state.schedule.size() ? state.schedule[state.next_switch].at : kNever;
}

SimTime ending_due(const State& state) {
  return state.endings.empty() ? kNever : state.endings.front().at;
}

/// At one time: what ends, what is switched, what people do, what begins.
void on(State& state, const Tick&, SimTime now, Effects& effects) {
  while (has_room(effects)) {
    const SimTime next = due(state);
    if (next == kNever || next > now) return;
    if (!state.sweeps.empty()) {
      run_sweep(state, effects);
    } else if (next == ending_due(state)) {
      run_ending(state, effects);
    } else if (next == switch_due(state)) {
      run_switch(state, effects);
    } else if (next == deed_due(state)) {
      run_deed(state, effects);
    } else {
      strike(state, *earliest_fault(state), effects);
    }
  }
}

void on(State& state, const PowerOn&, SimTime now, Effects& effects) {
  if (state.started) return;
  state.started = true;
  for (FaultClock& clock : state.faults) {
    const bool rated = clock.fault.rate_per_point_hour > 0.0;
    clock.next = rated ? draw_next(clock, now) : clock.fault.at;
  }
  on(state, Tick{}, now, effects);
}

/// All connections of the shard, cut or healed.
Sweep of_all(const State& state, Action action, SimTime now) {
  Sweep sweep;
  sweep.action = action;
  sweep.end = static_cast<std::uint32_t>(state.points.size());
  sweep.at = sweep.until = now;
  sweep.kind = FaultKind::central_restart;
  return sweep;
}

void on(State& state, const CentralDown&, SimTime now, Effects& effects) {
  if (++state.central_down == 1) effects.push_back(ToShard{CentralDown{}});
  state.sweeps.push_back(of_all(state, Action::cut, now));
  on(state, Tick{}, now, effects);
}

void on(State& state, const CentralUp&, SimTime now, Effects& effects) {
  CHARGEMILL_ASSERT(state.central_down > 0);
  // Central first: the links come back to somebody who listens.
  if (--state.central_down == 0) effects.push_back(ToShard{CentralUp{}});
  state.sweeps.push_back(of_all(state, Action::heal, now));
  on(state, Tick{}, now, effects);
}

/// Whom somebody outside means; null: nobody here, or nothing new begins any more.
Point* meant(State& state, PointId id) {
  const auto found =
      std::lower_bound(state.points.begin(), state.points.end(), id,
                       [](const Point& point, PointId wanted) { return point.id < wanted; });
  if (state.halted || found == state.points.end() || found->id != id) return nullptr;
  return &*found;
}

void on(State& state, const SwitchOn& e, SimTime /*now*/, Effects& effects) {
  Point* const point = meant(state, e.point);
  if (point == nullptr) return;
  if (!point->on) return switch_point(*point, true, effects);
  // Who has shut it down was central: only the engine knows. One that runs is not disturbed.
  effects.push_back(ToPoint{point->id, PowerOn{}});
}

void on(State& state, const Simulate& e, SimTime /*now*/, Effects& effects) {
  const Point* const point = meant(state, e.point);
  if (point != nullptr) effects.push_back(ToMonitor{point->id, SimulateFault{e.on}});
}

void on(State& state, const Inject& e, SimTime now, Effects& effects) {
  const Point* const point = meant(state, e.point);
  if (point == nullptr) return;
  if (state.endings.size() >= kEndingsMax) {
    ++state.totals.skipped;
    return;
  }
  const auto index = static_cast<std::uint32_t>(point - state.points.data());
  Fault fault;
  fault.kind = e.kind;
  fault.duration = e.duration;
  if (e.kind == FaultKind::central_restart)
    inject(state, fault, now, 0, static_cast<std::uint32_t>(state.points.size()), effects);
  else
    inject(state, fault, now, index, index + 1, effects);
  on(state, Tick{}, now, effects);
}

void on(State& state, const Joined& e, SimTime /*now*/, Effects& effects) {
  CHARGEMILL_ASSERT(state.points.empty() || state.points.back().id < e.point);
  Point point{e.point, e.zone, false, 0, 0, 0, 0, 0};
  // It finds central as the others do, and back when they do.
  point.cut = state.central_down;
  state.points.push_back(point);
  for (Ending& ending : state.endings) {
    if (ending.central) ending.sweep.end = static_cast<std::uint32_t>(state.points.size());
  }
  switch_point(state.points.back(), true, effects);
}

// Others begin with all well (D-131): whom this shard has cut off it cuts off again.
void on(State& state, const FleetBegan&, SimTime /*now*/, Effects& effects) {
  if (state.central_down > 0) effects.push_back(ToDrivers{LinkDown{}});
}

void on(State& state, const Halt&, SimTime /*now*/, Effects& /*effects*/) {
  state.halted = true;
  std::vector<Switch>().swap(state.schedule);
  state.next_switch = 0;
  state.next_deed = state.deeds.size();
  for (FaultClock& clock : state.faults) clock.next = kNever;
}

FaultClock make_clock(const State& state, const Fault& fault, std::uint32_t number) {
  FaultClock clock;
  clock.fault = fault;
  const std::uint64_t entity =
      kDirectorEntity | std::uint64_t{number} << 32U | state.settings.shard;
  clock.random = RandomStream(state.settings.seed, entity, Purpose::faults);
  clock.eligible = state.points.size();
  if (!fault.zone.has_value() && !fault.point.has_value()) return clock;
  for (std::uint32_t i = 0; i < state.points.size(); ++i) {
    const Point& point = state.points[i];
    if (fault.zone.has_value() && point.zone != *fault.zone) continue;
    if (fault.point.has_value() && point.id != *fault.point) continue;
    clock.targets.push_back(i);
  }
  clock.eligible = clock.targets.size();
  return clock;
}

}  // namespace

State make_state(const Settings& settings, const std::vector<Place>& places,
                 const std::vector<ShareStage>& stages, const std::vector<Fault>& faults,
                 std::vector<Deed> deeds) {
  State state;
  state.settings = settings;
  state.points.reserve(places.size());
  for (const Place& place : places)
    state.points.push_back({place.point, place.zone, false, 0, 0, 0, 0, 0});
  state.schedule = make_schedule(settings, state.points, stages);
  state.deeds = std::move(deeds);
  std::stable_sort(state.deeds.begin(), state.deeds.end(),
                   [](const Deed& a, const Deed& b) { return a.at < b.at; });
  for (const Fault& fault : faults) {
    const auto number = static_cast<std::uint32_t>(state.faults.size());
    state.faults.push_back(make_clock(state, fault, number));
  }
  return state;
}

void resume(State& state, SimTime since) {
  CHARGEMILL_ASSERT(!state.started);
  while (deed_due(state) <= since && state.next_deed < state.deeds.size()) ++state.next_deed;
  for (FaultClock& clock : state.faults) {
    if (clock.fault.at <= since) clock.fault.at = kNever;
  }
}

Effects step(State& state, const Event& event, SimTime now) {
  Effects effects;
  std::visit([&](const auto& e) { on(state, e, now, effects); }, event);
  return effects;
}

SimTime due(const State& state) {
  if (!state.started) return kNever;
  if (!state.sweeps.empty()) return state.sweeps.front().at;
  SimTime next = std::min({switch_due(state), ending_due(state), deed_due(state)});
  for (const FaultClock& clock : state.faults) next = std::min(next, clock.next);
  return next;
}

}  // namespace chargemill::director
