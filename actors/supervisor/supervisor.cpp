#include "actors/supervisor/supervisor.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::supervisor {
namespace {

/// Doubled for each earlier restart within the period, up to the limit.
Nanos delay_of(const Settings& settings, ActorKind kind, std::size_t earlier) {
  const Nanos first = kind == ActorKind::charge_point ? settings.engine_delay : settings.delay;
  Nanos delay = first;
  for (std::size_t i = 0; i < earlier && delay < settings.delay_max; ++i) delay *= 2;
  return std::min(delay, std::max(first, settings.delay_max));
}

/// Keeps the memory proportional to what fails, not to what has ever failed.
void prune(State& state, SimTime now) {
  if (now < state.next_prune) return;
  state.next_prune = now + state.settings.period;
  for (auto it = state.children.begin(); it != state.children.end();) {
    const Record& record = it->second;
    const bool stale = !record.waiting && now - record.restart_at > 2 * state.settings.period;
    it = stale ? state.children.erase(it) : std::next(it);
  }
  for (auto it = state.held.begin(); it != state.held.end();)
    it = it->second <= now ? state.held.erase(it) : std::next(it);
}

void plan(State& state, const Child& child, Record& record, SimTime at) {
  record.restart_at = at;
  state.planned.emplace(at, child);
}

/// The end of a time that somebody wants `child` to be down for, once; zero if nobody does.
SimTime take_hold(State& state, const Child& child) {
  const auto hold = state.held.extract(child);
  return hold.empty() ? SimTime{} : hold.mapped();
}

void on(State& state, const ChildFailed& failed, SimTime now, Effects& effects) {
  prune(state, now);
  const Child child{failed.kind, failed.index};
  Record& record = state.children[child];
  if (record.waiting) return;  // it is down already: the same failure, told twice
  ++state.totals.failures;
  const SimTime stamp = now - record.down;
  while (!record.failures.empty() && stamp - record.failures.front() > state.settings.period) {
    record.failures.pop_front();
  }
  if (record.failures.size() >= state.settings.restarts_max) {
    state.children.erase(child);
    state.held.erase(child);
    ++state.totals.given_up;
    effects.push_back(GiveUp{failed.kind, failed.index});
    return;
  }
  const Nanos delay = delay_of(state.settings, failed.kind, record.failures.size());
  const SimTime restart = std::max(now + delay, take_hold(state, child));
  record.failures.push_back(stamp);
  record.down += restart - now;
  record.waiting = true;
  plan(state, child, record, restart);
}

void on(State& state, const KeepDown& keep, SimTime now, Effects&) {
  prune(state, now);
  const Child child{keep.kind, keep.index};
  const auto known = state.children.find(child);
  if (known == state.children.end() || !known->second.waiting) {
    SimTime& until = state.held[child];
    until = std::max(until, keep.until);
    return;
  }
  Record& record = known->second;
  if (keep.until <= record.restart_at) return;
  state.planned.erase({record.restart_at, child});
  record.down += keep.until - record.restart_at;
  plan(state, child, record, keep.until);
}

void on(State& state, const Tick&, SimTime now, Effects& effects) {
  while (!effects.full() && now >= due(state)) {
    const Child child = state.planned.begin()->second;
    state.planned.erase(state.planned.begin());
    state.children[child].waiting = false;
    ++state.totals.restarts;
    effects.push_back(RestartChild{child.first, child.second});
  }
}

}  // namespace

State make_state(const Settings& settings) {
  CHARGEMILL_ASSERT(settings.restarts_max < kRestartsLimit);
  State state;
  state.settings = settings;
  return state;
}

Effects step(State& state, const Event& event, SimTime now) {
  Effects effects;
  std::visit([&](const auto& e) { on(state, e, now, effects); }, event);
  return effects;
}

SimTime due(const State& state) {
  return state.planned.empty() ? kNever : state.planned.begin()->first;
}

}  // namespace chargemill::supervisor
