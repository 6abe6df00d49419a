#include "actors/network/digest.hpp"

#include <algorithm>
#include <cstring>

#include "actors/network/topology.hpp"

namespace chargemill::network {
namespace {

// A new field must be looked at: does it make a difference later? One that hides in padding does
// not show here; digest_test.cpp counts fields.
static_assert(sizeof(charge_point::State) == 192 && sizeof(charge_point::Meter) == 88);
static_assert(sizeof(monitor::State) == 80 && sizeof(monitor::Owed) == 144);
static_assert(sizeof(driver::State) == 120 && sizeof(driver::Unsettled) == 160);
static_assert(sizeof(central::ShardState) == 1128 && sizeof(central::PointRecord) == 128);
static_assert(sizeof(central::ZoneShare) == 120 && sizeof(central::KeptTicket) == 72);
static_assert(sizeof(central::ClosedSession) == 64 && sizeof(central::ClosedRing) == 264);
static_assert(sizeof(central::CentralState) == 64 && sizeof(central::ZoneBook) == 32);
static_assert(sizeof(fleet::State) == 328);
static_assert(sizeof(director::State) == 344 && sizeof(director::Sweep) == 40);
static_assert(sizeof(supervisor::State) == 216 && sizeof(supervisor::Record) == 160);

DigestWriter writer(EntityKind kind, std::uint32_t index) {
  return {static_cast<std::uint32_t>(kind), index};
}

/// Of a list first its length: two lists that follow each other are never one.
template <class List>
void add_size(DigestWriter& w, const List& list) {
  w.add(static_cast<std::uint64_t>(list.size()));
}

/// A value whose fields are private, but which has no padding.
template <class T>
void add_whole(DigestWriter& w, const T& value) {
  static_assert(sizeof(T) % sizeof(std::uint64_t) == 0 && std::is_trivially_copyable_v<T>);
  for (std::size_t at = 0; at < sizeof(T); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, reinterpret_cast<const char*>(&value) + at, sizeof word);
    w.add(word);
  }
}

void add(DigestWriter& w, const StartSupply& s) {
  w.add(s.session, s.request, s.target, s.stay, s.issued, s.driver, s.defect);
}

void add(DigestWriter& w, const charge_point::Meter& m) {
  const auto& r = m.running;
  w.add(m.power, m.finished, m.active);
  if (m.active) w.add(r.session, r.since, r.stop_at, r.target, r.driver, r.planned);
  w.add(m.ends_made);
  add_size(w, m.ends);
  for (const auto& e : m.ends)
    w.add(e.session, e.start, e.end, e.delivered, e.driver, e.status, e.reason, e.ordinal, e.sent);
}

void add(DigestWriter& w, const Ticket& t) {
  w.add(t.session, t.start, t.end, t.delivered, t.cost, t.point, t.driver, t.status, t.reason,
        t.correction);
}

void add(DigestWriter& w, const central::PointRecord& p) {
  w.add(p.stage, p.phase, p.display, p.fault, static_cast<Power>(p.power),
        static_cast<Price>(p.price), p.monitor_seen, p.injected, p.failed_at, p.told_at);
  if (p.stage != central::Stage::none)
    w.add(p.session, p.request, p.begun, p.heard, p.delivered, p.cost, p.driver, p.permit,
          p.checkpoint);
  add_whole(w, p.breaker);
  w.add(p.filed, p.ring, p.watched);
  const bool free = p.free_slot != central::kNowhere;
  for (const bool flag :
       {bool{p.registered}, bool{p.engine_known}, bool{p.monitor_ok}, bool{p.faulty},
        bool{p.operator_stopped}, bool{p.is_neutral}, bool{p.incident}, bool{p.unplugged}, free})
    w.add(flag);
}

void add(DigestWriter& w, const central::RecentDenials& denials) {
  std::uint64_t count = 0;
  denials.for_each([&](const central::RecentDenials::Denial& d) {
    w.add(d.request, d.at, d.driver, d.point, d.zone, d.any_in_zone, d.reason, d.phase);
    ++count;
  });
  w.add(count);
}

void add(DigestWriter& w, const director::Sweep& s) {
  w.add(s.action, s.next, s.end, s.at, s.until, s.zone.has_value(), s.zone.value_or(ZoneId{}),
        s.counts, s.kind);
}

}  // namespace

Digest digest_of(const charge_point::State& s, std::uint32_t index) {
  auto w = writer(EntityKind::point, index);
  w.add(s.incarnation, s.silent_until, s.refuse_until, s.telemetry_at, s.last_seq, s.status_seq,
        s.asked_seq, s.telemetry_sent, s.phase, s.life, bool{s.link_up}, bool{s.ko},
        bool{s.plugged}, bool{s.meter_broken});
  add(w, s.meter);
  add_size(w, s.outbox);
  for (const auto& o : s.outbox)
    w.add(o.session, o.at, o.phase, o.reason, o.detail, o.refused, o.refusal, o.ends_before);
  w.add(static_cast<bool>(s.held));
  if (s.held) add(w, *s.held);
  return w.finish();
}

Digest digest_of(const monitor::State& s, std::uint32_t index) {
  auto w = writer(EntityKind::monitor, index);
  w.add(s.beat_at, s.check_at, s.deadline, s.register_at, s.number, s.life, s.failures, s.attempts,
        s.link_up, s.registered, s.unhealthy, s.simulate_fault);
  w.add(static_cast<bool>(s.owed));
  if (s.owed) {
    w.add(s.owed->repeat_at);
    add_size(w, s.owed->reports);
    for (const auto& report : s.owed->reports) w.add(report.at, report.is_fault);
  }
  return w.finish();
}

Digest digest_of(const driver::State& s, std::uint32_t index) {
  auto w = writer(EntityKind::driver, index);
  const auto& t = s.totals;
  w.add(s.stage, s.counted, s.issued, s.answered, s.started, s.away, s.linked, s.halted, s.by_hand);
  w.add(s.trip.due, s.trip.target, s.trip.stay, s.trip.point, s.trip.zone, s.trip.any_in_zone);
  w.add(s.last_news, s.mark, s.requests_made, s.next_line);
  w.add(static_cast<bool>(s.unsettled));
  if (s.unsettled) {
    w.add(s.unsettled->cancel_at, s.unsettled->has_left);
    add_size(w, s.unsettled->tickets);
    add_size(w, s.unsettled->cancels);
    for (const auto key : s.unsettled->tickets) w.add(key);
    for (const auto& cancel : s.unsettled->cancels) w.add(cancel.request, cancel.point);
  }
  w.add(t.sent, t.accepted, t.denied, t.timed_out, t.sessions, t.tickets, t.duplicates);
  return w.finish();
}

Digest digest_of(const central::ShardState& s, std::uint32_t index) {
  auto w = writer(EntityKind::shard, index);
  static_assert(std::has_unique_object_representations_v<central::ShardTotals>);
  static_assert(std::has_unique_object_representations_v<central::ZoneTotals>);
  static_assert(std::has_unique_object_representations_v<central::WatchTotals>);
  w.add(s.totals, s.watch, s.sessions_made, s.up);
  for (const auto& point : s.points) add(w, point);
  for (const auto& zone : s.zones) {
    w.add(zone.next, zone.is_dirty, zone.totals);
    w.add_list(zone.free);
  }
  for (const auto& ring : s.rings) {
    w.add(ring.next);
    for (const auto& c : ring.sessions)
      w.add(c.session, c.request, c.start, c.booked, c.cost, c.driver, c.status, c.reason, c.detail,
            c.phase, c.asked, c.refusal, c.is_final, c.is_stray);
  }
  // A hash map has no order of its own.
  std::vector<std::pair<DriverId, std::uint32_t>> open(s.open_by_driver.begin(),
                                                       s.open_by_driver.end());
  std::sort(open.begin(), open.end());
  add_size(w, open);
  for (const auto& [driver, at] : open) w.add(driver, at);
  add_size(w, s.tickets);
  for (const auto& [key, kept] : s.tickets) {
    add(w, kept.ticket);
    w.add(kept.request, kept.detail, kept.phase, kept.refusal);
  }
  std::uint64_t faults = 0;
  s.recent_faults.for_each([&](std::uint32_t at, SimTime when) {
    w.add(at, when);
    ++faults;
  });
  w.add(faults);
  add(w, s.recent_denials);
  return w.finish();
}

Digest digest_of(const fleet::State& s, std::uint32_t index) {
  auto w = writer(EntityKind::fleet, index);
  w.add_list(s.idle);
  w.add(static_cast<std::uint64_t>(s.next_replay), static_cast<std::uint64_t>(s.next_warm), s.start,
        s.next_arrival, s.halted);
  add_whole(w, s.choice);
  add_whole(w, s.demand);
  add_whole(w, s.arrivals.random());
  w.add(s.totals.offered, s.totals.done, s.totals.shed, s.totals.bounded);
  return w.finish();
}

Digest digest_of(const director::State& s, std::uint32_t index) {
  auto w = writer(EntityKind::director, index);
  for (const auto& p : s.points) w.add(p.on, p.monitor_lost, p.cut, p.ko, p.meter, p.silent);
  w.add(static_cast<std::uint64_t>(s.next_switch), static_cast<std::uint64_t>(s.next_deed),
        s.endings_made, s.central_down, s.started, s.halted, s.totals.injected, s.totals.skipped,
        s.totals.by_kind);
  for (const auto& f : s.faults) {
    w.add(f.next);
    add_whole(w, f.random);
  }
  add_size(w, s.endings);
  add_size(w, s.sweeps);
  for (const auto& e : s.endings) {
    w.add(e.at, e.order, e.central);
    add(w, e.sweep);
  }
  for (const auto& sweep : s.sweeps) add(w, sweep);
  return w.finish();
}

Digest digest_of(const supervisor::State& s, std::uint32_t index) {
  auto w = writer(EntityKind::supervisor, index);
  add_size(w, s.children);
  add_size(w, s.planned);
  add_size(w, s.held);
  for (const auto& [child, record] : s.children) {
    w.add(child.first, child.second, record.down, record.restart_at, record.waiting);
    add_size(w, record.failures);
    for (const auto at : record.failures) w.add(at);
  }
  for (const auto& [at, child] : s.planned) w.add(at, child.first, child.second);
  for (const auto& [child, until] : s.held) w.add(child.first, child.second, until);
  w.add(s.next_prune, s.totals.failures, s.totals.restarts, s.totals.given_up);
  return w.finish();
}

Digest digest_of(const central::CentralState& s, std::uint32_t index) {
  auto w = writer(EntityKind::central, index);
  w.add(s.requests_denied);
  add(w, s.recent_denials);
  for (const auto& zone : s.zones) {
    w.add(zone.next);
    w.add_list(zone.free);
  }
  return w.finish();
}

Digest sum_of(const std::vector<EntityDigest>& entities) {
  Digest sum;
  for (const auto& entity : entities) sum += entity.digest;
  return sum;
}

std::string entity_name(EntityKind kind, std::uint32_t index) {
  const auto numbered = [&](const char* what) { return what + std::to_string(index); };
  switch (kind) {
    case EntityKind::point:
      return generated_point_name(index);
    case EntityKind::monitor:
      return "MON-" + generated_point_name(index);
    case EntityKind::driver: {
      const auto number = std::to_string(index + 1);
      return "DRV-" + std::string(number.size() < 6 ? 6 - number.size() : 0, '0') + number;
    }
    case EntityKind::shard:
      return numbered("shard ");
    case EntityKind::fleet:
      return numbered("fleet ");
    case EntityKind::director:
      return numbered("director ");
    case EntityKind::supervisor:
      return numbered("supervisor ");
    case EntityKind::central:
      break;
  }
  return "central";
}

}  // namespace chargemill::network
