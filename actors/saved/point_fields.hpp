// What is kept of a charge point and of its monitor.
#pragma once

#include "actors/saved/choices.hpp"

namespace chargemill::charge_point {

template <class V>
void fields(V& v, State& s) {
  auto& [silent_until, id, phase, life, link_up, ko, manual_plug, plugged, meter_broken,
         telemetry_sent, last_seq, status_seq, asked_seq, outbox, meter, telemetry_at, settings,
         price, incarnation, refuse_until, held] = s;
  std::array<bool, 4> flags{link_up, ko, plugged, meter_broken};
  v(silent_until, phase, life, flags, telemetry_sent, last_seq, status_seq, asked_seq, outbox,
    meter, telemetry_at, incarnation, refuse_until, held);
  if constexpr (V::kReads) {
    link_up = flags[0];
    ko = flags[1];
    plugged = flags[2];
    meter_broken = flags[3];
  }
  v.check(meter.ends.size() <= Meter::kEndsMax && outbox.size() <= kOutboxMax);
  static_cast<void>(id), static_cast<void>(price), static_cast<void>(settings);  // of the plan
  static_cast<void>(manual_plug);
}

}  // namespace chargemill::charge_point

namespace chargemill::monitor {

template <class V>
void fields(V& v, State& s) {
  auto& [beat_at, check_at, deadline, register_at, interval, id, number, life, failures, attempts,
         link_up, registered, unhealthy, simulate_fault, offset, price, owed] = s;
  v(beat_at, check_at, deadline, register_at, number, life, failures, attempts, link_up, registered,
    unhealthy, simulate_fault, owed);
  v.check(!owed || !owed->reports.empty());
  static_cast<void>(interval), static_cast<void>(id);  // of the plan
  static_cast<void>(offset), static_cast<void>(price);
}

}  // namespace chargemill::monitor
