// What is kept of a driver and of a fleet.
#pragma once

#include "actors/fleet/fleet.hpp"
#include "actors/saved/choices.hpp"

namespace chargemill::driver {

template <class V>
void fields(V& v, State& s) {
  auto& [plan, trip, last_news, mark, unsettled, totals, id, requests_made, next_line, mode, stage,
         counted, issued, answered, started, away, linked, halted, by_hand] = s;
  v(trip, last_news, mark, unsettled, totals, requests_made, next_line, stage, counted, issued,
    answered, started, away, linked, halted, by_hand);
  v.check(next_line <= plan->lines.size());
  static_cast<void>(id), static_cast<void>(mode);  // of the plan
}

}  // namespace chargemill::driver

namespace chargemill::fleet {

template <class V>
void fields(V& v, State& s) {
  auto& [settings, arrivals, profile, places, idle, replay, next_replay, next_warm, start,
         next_arrival, choice, demand, totals, halted] = s;
  RandomStream drawn = arrivals.random();
  v.same(places.size());
  v.same(replay.size());
  v(drawn, idle, next_replay, next_warm, start, next_arrival, choice, demand, totals, halted);
  if constexpr (V::kReads) arrivals.go_on(drawn);
  v.check(next_replay <= replay.size() && next_warm <= places.size());
  static_cast<void>(settings), static_cast<void>(profile);  // of the plan
}

}  // namespace chargemill::fleet
