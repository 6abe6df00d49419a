// What is kept of a director and of a supervisor.
#pragma once

#include <algorithm>

#include "actors/saved/choices.hpp"
#include "actors/supervisor/supervisor.hpp"

namespace chargemill::director {

template <class V>
void fields(V& v, Point& p) {
  auto& [id, zone, on, monitor_lost, cut, ko, meter, silent] = p;
  v(on, monitor_lost, cut, ko, meter, silent);
  static_cast<void>(id), static_cast<void>(zone);  // of the plan
}

template <class V>
void fields(V& v, FaultClock& f) {
  auto& [fault, next, random, targets, eligible] = f;
  v(next, random);
  static_cast<void>(fault), static_cast<void>(targets), static_cast<void>(eligible);  // of the plan
}

template <class V>
void fields(V& v, Sweep& w) {
  auto& [action, next, end, at, until, zone, counts, kind] = w;
  v(action, next, end, at, until, zone, counts, kind);
}

/// The schedule is of the plan until it is done; then it is gone.
template <class V>
void fields(V& v, State& s) {
  auto& [settings, points, schedule, next_switch, deeds, next_deed, faults, endings, sweeps,
         endings_made, central_down, totals, started, halted] = s;
  v.each(points);
  bool is_done = schedule.empty();
  v(is_done);
  if constexpr (V::kReads) {
    if (is_done) schedule = {};
  }
  v.same(schedule.size());
  v.same(deeds.size());
  v.each(faults);
  v(next_switch, next_deed, endings, sweeps, endings_made, central_down, totals, started, halted);
  if constexpr (V::kReads) {
    v.check(next_switch <= schedule.size() && next_deed <= deeds.size());
    const auto is_sound = [&points = points](const Sweep& w) {
      return w.next <= w.end && w.end <= points.size();
    };
    v.check(std::all_of(sweeps.begin(), sweeps.end(), is_sound));
    v.check(std::all_of(endings.begin(), endings.end(),
                        [&](const Ending& e) { return is_sound(e.sweep); }));
  }
  static_cast<void>(settings);  // of the plan
}

}  // namespace chargemill::director

namespace chargemill::supervisor {

template <class V>
void fields(V& v, State& s) {
  auto& [settings, children, planned, held, next_prune, totals] = s;
  v(children, planned, held, next_prune, totals);
  static_cast<void>(settings);  // of the plan
}

}  // namespace chargemill::supervisor
