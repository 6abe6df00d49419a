// What is kept of central and of its shards.
#pragma once

#include <algorithm>

#include "actors/central/central.hpp"
#include "actors/saved/choices.hpp"

namespace chargemill::central {

/// A list in order of time: as it comes out, and in again.
template <class V>
void fields(V& v, Deadlines& deadlines) {
  std::vector<std::pair<SimTime, std::uint32_t>> filed;
  if constexpr (!V::kReads) {
    for (Deadlines copy = deadlines; copy.size() > 0;) {
      const auto entry = copy.take();
      filed.emplace_back(entry.at, entry.index);
    }
  }
  v(filed);
  if constexpr (V::kReads) {
    v.check(std::is_sorted(filed.begin(), filed.end()));
    v.check(filed.empty() || filed.front().first >= SimTime{});
    if (!v.is_sound()) return;
    deadlines = Deadlines{};
    for (const auto& [at, index] : filed) deadlines.file(at, index);
  }
}

template <class V>
void fields(V& v, RecentFaults& faults) {
  std::vector<std::pair<SimTime, std::uint32_t>> kept;
  faults.for_each([&](std::uint32_t index, SimTime at) { kept.emplace_back(at, index); });
  const bool was_empty = kept.empty();
  v(kept);
  if constexpr (V::kReads) {
    v.check(was_empty);  // of a new shard
    v.check(std::is_sorted(kept.begin(), kept.end(),
                           [](const auto& a, const auto& b) { return a.first < b.first; }));
    v.check(kept.empty() ||
            (kept.front().first >= SimTime{} && kept.back().first < kNever - kFaultWindow &&
             kept.back().first - kept.front().first < kFaultWindow));
    if (!v.is_sound()) return;
    for (const auto& [at, index] : kept) faults.add(index, at);
  }
}

template <class V>
void fields(V& v, RecentDenials& denials) {
  std::vector<RecentDenials::Denial> kept;
  denials.for_each([&](const RecentDenials::Denial& denial) { kept.push_back(denial); });
  v(kept);
  if constexpr (V::kReads) {
    if (!v.is_sound()) return;
    denials.forget();
    for (const auto& denial : kept) denials.remember(denial);
  }
}

template <class V>
void fields(V& v, PointRecord& p) {
  auto& [monitor_seen, filed, session, heard, delivered, breaker, id, free_slot, stage, phase,
         display, fault, registered, engine_known, monitor_ok, faulty, operator_stopped, is_neutral,
         incident, unplugged, watched, told_at, request, begun, cost, power, driver, permit,
         zone_slot, checkpoint, ring, rated_w, failed_at, price, injected] = p;
  std::array<bool, 8> flags{registered,       engine_known, monitor_ok, faulty,
                            operator_stopped, is_neutral,   incident,   unplugged};
  v(monitor_seen, filed, session, heard, delivered, breaker, free_slot, stage, phase, display,
    fault, flags, watched, told_at, request, begun, cost, power.w, driver, permit, checkpoint, ring,
    failed_at, price.microeur_per_kwh, injected);
  if constexpr (V::kReads) {
    registered = flags[0];
    engine_known = flags[1];
    monitor_ok = flags[2];
    faulty = flags[3];
    operator_stopped = flags[4];
    is_neutral = flags[5];
    incident = flags[6];
    unplugged = flags[7];
  }
  v.check((breaker.word() & 3U) <= static_cast<unsigned>(runtime::BreakerMode::half_open));
  v.same(zone_slot);  // of the plan, and the rest
  static_cast<void>(id), static_cast<void>(rated_w);
}

template <class V>
void fields(V& v, ZoneShare& z) {
  auto& [zone, free, next, is_dirty, totals] = z;
  v(free, next, is_dirty, totals);
  static_cast<void>(zone);  // of the plan
}

/// Local indices are those of points, rings and zones.
template <class V>
void check_indices(V& v, const ShardState& s) {
  const auto points = s.points.size();
  const auto in = [](std::uint64_t index, std::size_t end) { return index < end; };
  for (const PointRecord& p : s.points) {
    v.check(p.ring == kNowhere || in(p.ring, s.rings.size()));
    v.check(in(p.zone_slot, s.zones.size()));
    if (!v.is_sound()) return;
    const auto& free = s.zones[p.zone_slot].free;
    v.check(p.free_slot == kNowhere ||
            (in(p.free_slot, free.size()) && s.points.data() + free[p.free_slot] == &p));
  }
  for (const ZoneShare& zone : s.zones) {
    for (const std::uint32_t index : zone.free) v.check(in(index, points));
  }
  for (const std::uint16_t zone : s.dirty_zones) v.check(in(zone, s.zones.size()));
  for (const auto& [driver, index] : s.open_by_driver) v.check(in(index, points));
  s.recent_faults.for_each([&](std::uint32_t index, SimTime) { v.check(in(index, points)); });
  for (Deadlines copy = s.deadlines; copy.size() > 0;) v.check(in(copy.take().index, points));
}

template <class V>
void fields(V& v, ShardState& s) {
  auto& [settings, points, zones, dirty_zones, rings, open_by_driver, tickets, named_requests,
         deadlines, totals, watch, recent_faults, recent_denials, sessions_made, late_points,
         late_drivers, up, journal_busy, journal_behind] = s;
  v.each(points);
  v.each(zones);
  v(dirty_zones, rings, open_by_driver, tickets, named_requests, deadlines, totals, watch,
    recent_faults, recent_denials, sessions_made, up, journal_busy);
  v.check(!journal_behind);    // nobody waits for a disk
  v.same(late_points.size());  // they join in real time
  v.same(late_drivers.size());
  if constexpr (V::kReads) {
    if (v.is_sound()) check_indices(v, s);
  }
  static_cast<void>(settings);  // of the plan
}

template <class V>
void fields(V& v, ZoneBook& z) {
  auto& [free, next] = z;
  v.each(free);
  v(next);
  v.check(next <= free.size());
}

template <class V>
void fields(V& v, CentralState& s) {
  auto& [zones, shards, points, requests_denied, recent_denials] = s;
  v.each(zones);
  v(requests_denied, recent_denials);
  static_cast<void>(shards), static_cast<void>(points);  // of the plan
}

}  // namespace chargemill::central
