// The digest tells every field that can make a difference later. The plain simulator cannot hold it
// to that: it asks the same functions, so a field that they forget would be forgotten in both.
//
// Each state is taken apart by structured bindings, which name all of its fields or do not compile:
// who adds a field has to say here whether it counts.
#include "actors/network/digest.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "tests/actors/network/digest_looks.hpp"

namespace chargemill::network {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::kIndex;
using test::leaves_out;
using test::Look;
using test::tells;
using test::tells_bits;
using test::tells_list;

constexpr SimTime kSome{5s};

void tells_denials(central::RecentDenials& denials, const Look& of_state) {
  central::RecentDenials::Denial denial;
  denial.request = RequestId{6};
  const Look look = [&] {
    denials.forget();
    denials.remember(denial);
    return of_state();
  };
  auto& [request, when, driver, point, zone, any_in_zone, reason, phase] = denial;
  tells(look, request, when, driver, point, zone, any_in_zone, reason, phase);
}

TEST(NetworkDigest, TellsAllOfAChargePointAndItsMeter) {
  charge_point::State state;
  state.held = StartSupply{};
  state.outbox.resize(1);
  state.meter.ends.resize(1);
  state.meter.active = true;
  const Look look = at(state);
  auto& [silent_until, id, phase, life, link_up, ko, manual_plug, plugged, meter_broken,
         telemetry_sent, last_seq, status_seq, asked_seq, outbox, meter, telemetry_at, settings,
         price, incarnation, refuse_until, held] = state;
  tells(look, silent_until, phase, life, telemetry_sent, last_seq, status_seq, asked_seq,
        telemetry_at, incarnation, refuse_until);
  tells_bits<charge_point::State>(
      state, look,
      {[](auto& s) { s.link_up = !s.link_up; }, [](auto& s) { s.ko = !s.ko; },
       [](auto& s) { s.plugged = !s.plugged; }, [](auto& s) { s.meter_broken = !s.meter_broken; }});
  leaves_out(look, id, settings, price);
  {
    auto& [session, at, at_phase, reason, detail, refused, refusal, ends_before] = outbox.front();
    tells(look, session, at, at_phase, reason, detail, refused, refusal, ends_before);
  }
  {
    auto& [session, request, target, stay, issued, driver, defect] = *held;
    tells(look, session, request, target, stay, issued, driver, defect);
  }
  auto& [active, ends_made, ends, running, power, finished] = meter;
  tells(look, active, ends_made, power, finished);
  {
    auto& [session, since, stop_at, target, driver, planned] = running;
    tells(look, session, since, stop_at, target, driver, planned);
  }
  {
    auto& [session, start, end, delivered, driver, status, reason, ordinal, sent] = ends.front();
    tells(look, session, start, end, delivered, driver, status, reason, ordinal, sent);
  }
  const Digest before = look();
  ends.emplace_back();
  EXPECT_NE(look(), before);
  outbox.clear();
  EXPECT_NE(look(), before);
  held.reset();
  EXPECT_NE(look(), before);
}

TEST(NetworkDigest, TellsAllOfAMonitor) {
  monitor::State state;
  state.owed = monitor::Owed{};
  state.owed->reports.push_back({kSome, true});
  state.owed->repeat_at = kSome;
  const Look look = at(state);
  auto& [beat_at, check_at, deadline, register_at, interval, id, number, life, failures, attempts,
         link_up, registered, unhealthy, simulate_fault, offset, price, owed] = state;
  tells(look, beat_at, check_at, deadline, register_at, number, life, failures, attempts, link_up,
        registered, unhealthy, simulate_fault);
  leaves_out(look, interval, id, offset, price);
  auto& [reports, repeat_at] = *owed;
  auto& [when, is_fault] = reports[0];
  tells(look, repeat_at, when, is_fault);
  const Digest before = look();
  reports.push_back({kSome, false});
  EXPECT_NE(look(), before);
  owed.reset();
  EXPECT_NE(look(), before);
}

TEST(NetworkDigest, TellsAllOfADriver) {
  driver::State state;
  state.unsettled = driver::Unsettled{};
  state.unsettled->tickets.push_back(17);
  state.unsettled->cancels.push_back({});
  const Look look = at(state);
  auto& [plan, trip, last_news, mark, unsettled, totals, id, requests_made, next_line, mode, stage,
         counted, issued, answered, started, away, linked, halted, by_hand] = state;
  tells(look, last_news, mark, totals, requests_made, next_line, stage, counted, issued, answered,
        started, away, linked, halted, by_hand);
  leaves_out(look, plan, id, mode);
  auto& [due, target, stay, to, zone, any_in_zone] = trip;
  tells(look, due, target, stay, to, zone, any_in_zone);
  auto& [tickets, cancels, cancel_at, has_left] = *unsettled;
  auto& [request, point] = cancels[0];
  tells(look, cancel_at, has_left, tickets[0], request, point);
  const Digest before = look();
  unsettled.reset();
  EXPECT_NE(look(), before);
}

// Three tickets of eight bytes, or two cancels of twelve: the same bytes.
TEST(NetworkDigest, TellsOneListFromTheNext) {
  driver::State one;
  one.unsettled = driver::Unsettled{};
  driver::State other = one;
  other.unsettled->cancels.push_back({RequestId{1}, PointId{2}});
  other.unsettled->cancels.push_back({RequestId{3}, PointId{4}});
  for (const std::uint64_t key : {1ULL, 2ULL | 3ULL << 32U, 4ULL << 32U})
    one.unsettled->tickets.push_back(key);
  EXPECT_NE(digest_of(one, kIndex), digest_of(other, kIndex));
}

central::ShardState shard_of_one() {
  central::ShardState state;
  state.points.resize(1);
  state.points.front().stage = central::Stage::supplying;
  state.zones.resize(1);
  state.zones.front().free = {1, 2};
  state.rings.resize(1);
  return state;
}

TEST(NetworkDigest, TellsAllOfWhatAShardKnowsOfAPoint) {
  central::ShardState state = shard_of_one();
  const Look look = at(state);
  auto& [monitor_seen, filed, session, heard, delivered, breaker, id, free_slot, stage, phase,
         display, fault, registered, engine_known, monitor_ok, faulty, operator_stopped, is_neutral,
         incident, unplugged, watched, told_at, request, begun, cost, power, driver, permit,
         zone_slot, checkpoint, ring, rated_w, failed_at, price, injected] = state.points.front();
  tells(look, monitor_seen, filed, session, heard, delivered, breaker, stage, phase, display, fault,
        watched, told_at, request, begun, cost, power, driver, permit, checkpoint, ring, failed_at,
        price, injected);
  tells(look, free_slot);  // whether it has one; its place the zone tells
  leaves_out(look, id, zone_slot, rated_w);
  using Point = central::PointRecord;
  tells_bits<Point>(
      state.points.front(), look,
      {[](Point& p) { p.registered = !p.registered; },
       [](Point& p) { p.engine_known = !p.engine_known; },
       [](Point& p) { p.monitor_ok = !p.monitor_ok; }, [](Point& p) { p.faulty = !p.faulty; },
       [](Point& p) { p.operator_stopped = !p.operator_stopped; },
       [](Point& p) { p.is_neutral = !p.is_neutral; }, [](Point& p) { p.incident = !p.incident; },
       [](Point& p) { p.unplugged = !p.unplugged; }});
  // What is left of a session that is over means nothing.
  stage = central::Stage::none;
  leaves_out(look, session, request, begun, heard, delivered, cost, driver, permit, checkpoint);
}

TEST(NetworkDigest, TellsAllElseOfAShard) {
  central::ShardState state = shard_of_one();
  state.tickets[{DriverId{1}, SessionId{2}}] = {};
  const Look look = at(state);
  // Deadlines are what the points' `filed` says; names, who came late and a full journal are of
  // people outside, who never are in virtual time; no zone is dirty between two events.
  auto& [settings, points, zones, dirty_zones, rings, open_by_driver, all_tickets, named_requests,
         deadlines, totals, watch, recent_faults, recent_denials, sessions_made, late_points,
         late_drivers, up, journal_busy, journal_behind] = state;
  tells(look, totals, watch, sessions_made, up);
  leaves_out(look, settings, journal_busy, journal_behind);
  {
    auto& [zone, free, next, is_dirty, zone_totals] = zones.front();
    tells(look, next, is_dirty, zone_totals);
    leaves_out(look, zone);
    tells_list(look, free);
  }
  {
    auto& [sessions, next] = rings.front();
    auto& [session, request, start, booked, cost, asked, driver, status, reason, detail, phase,
           refusal, is_final, is_stray] = sessions.back();
    tells(look, next, session, request, start, booked, cost, asked, driver, status, reason, detail,
          phase, refusal, is_final, is_stray);
  }
  {
    auto& [ticket, request, detail, phase, refusal] = all_tickets.begin()->second;
    tells(look, request, detail, phase, refusal);
    auto& [session, start, end, delivered, cost, point, driver, status, reason, correction] =
        ticket;
    tells(look, session, start, end, delivered, cost, point, driver, status, reason, correction);
  }
  std::pair<DriverId, std::uint32_t> open{DriverId{4}, 5};
  tells(
      [&] {
        state.open_by_driver.clear();
        state.open_by_driver.insert(open);
        return look();
      },
      open.first, open.second);
  SimTime when = kSome;
  std::uint32_t index = 0;
  tells(
      [&] {
        state.recent_faults = central::RecentFaults{};
        state.recent_faults.add(index, when);
        return look();
      },
      when, index);
  tells_denials(recent_denials, look);
}

TEST(NetworkDigest, TellsAllOfAFleet) {
  fleet::State state;
  state.idle = {DriverId{1}, DriverId{2}};
  fleet::ArrivalSettings none;
  none.end = SimTime{};
  state.arrivals = fleet::Arrivals{none};
  const Look look = at(state);
  auto& [settings, arrivals, profile, places, idle, replay, next_replay, next_warm, start,
         next_arrival, choice, demand, totals, halted] = state;
  tells(look, next_replay, next_warm, start, next_arrival, choice, demand, totals, halted);
  tells_list(look, idle);
  leaves_out(look, settings, profile);
  Digest before = look();
  EXPECT_EQ(arrivals.next(kSome), kNever);
  EXPECT_NE(look(), before) << "it has drawn";
  before = look();
  places.emplace_back();
  replay.emplace_back();
  EXPECT_EQ(look(), before);
}

TEST(NetworkDigest, TellsAllOfADirector) {
  director::State state;
  state.points.resize(1);
  state.faults.resize(1);
  state.endings.resize(1);
  state.sweeps.resize(1);
  const Look look = at(state);
  auto& [settings, points, schedule, next_switch, deeds, next_deed, faults, endings, sweeps,
         endings_made, central_down, totals, started, halted] = state;
  tells(look, next_switch, next_deed, endings_made, central_down, totals, started, halted);
  leaves_out(look, settings);
  {
    auto& [id, zone, on, monitor_lost, cut, ko, meter, silent] = points.front();
    tells(look, on, monitor_lost, cut, ko, meter, silent);
    leaves_out(look, id, zone);
  }
  {
    auto& [fault, next, random, targets, eligible] = faults.front();
    tells(look, next, random);
    leaves_out(look, fault, eligible);
    const Digest before = look();
    targets.push_back(1);
    EXPECT_EQ(look(), before);
  }
  const auto tells_sweep = [&look](director::Sweep& sweep) {
    auto& [action, next, end, when, until, zone, counts, kind] = sweep;
    tells(look, action, next, end, when, until, counts, kind);
    const Digest anywhere = look();
    zone = ZoneId{0};
    EXPECT_NE(look(), anywhere);
    tells(look, *zone);
  };
  auto& [when, order, central, sweep] = endings.front();
  tells(look, when, order, central);
  tells_sweep(sweep);
  tells_sweep(sweeps.front());
  const Digest before = look();
  schedule.emplace_back();
  deeds.emplace_back();
  EXPECT_EQ(look(), before);
}

TEST(NetworkDigest, TellsAllOfASupervisor) {
  supervisor::State state;
  supervisor::Child failed{ActorKind::driver, 4};
  supervisor::Child planned = failed;
  supervisor::Child held = failed;
  supervisor::Record record;
  record.failures.push_back(kSome);
  SimTime planned_at = kSome;
  SimTime held_until = kSome;
  const Look look = [&] {
    state.children = {{failed, record}};
    state.planned = {{planned_at, planned}};
    state.held = {{held, held_until}};
    return digest_of(state, kIndex);
  };
  auto& [settings, all_children, all_planned, all_held, next_prune, totals] = state;
  tells(look, next_prune, totals);
  leaves_out(look, settings);
  auto& [failures, down, restart_at, waiting] = record;
  tells(look, failures[0], down, restart_at, waiting);
  tells(look, failed.first, failed.second, planned.first, planned.second, held.first, held.second,
        planned_at, held_until);
  const Digest before = look();
  failures.push_back(kSome);
  EXPECT_NE(look(), before);
}

TEST(NetworkDigest, TellsAllOfTheCentral) {
  central::CentralState state;
  state.zones.resize(1);
  state.zones.front().free = {1, 2};
  const Look look = at(state);
  auto& [zones, shards, points, requests_denied, recent_denials] = state;
  tells(look, requests_denied);
  leaves_out(look, shards, points);
  auto& [free, next] = zones.front();
  tells(look, next);
  tells_list(look, free);
  tells_denials(recent_denials, look);
}

TEST(NetworkDigest, TellsWhichEntityItIs) {
  const monitor::State state{};
  EXPECT_NE(digest_of(state, 3), digest_of(state, 4));
  auto other = state;
  other.number = 1;
  // As a sum it has no order, but two that change places are others.
  EXPECT_NE(sum_of({{EntityKind::monitor, 3, digest_of(state, 3)},
                    {EntityKind::monitor, 4, digest_of(other, 4)}}),
            sum_of({{EntityKind::monitor, 3, digest_of(other, 3)},
                    {EntityKind::monitor, 4, digest_of(state, 4)}}));
}

TEST(NetworkDigest, KnowsNoAddressesAndNoOrderOfAHashMap) {
  central::ShardState up = shard_of_one();
  central::ShardState down = up;
  down.open_by_driver.reserve(10'000);
  for (std::uint32_t d = 0; d < 500; ++d) {
    up.open_by_driver[DriverId{d}] = d;
    down.open_by_driver[DriverId{499 - d}] = 499 - d;
  }
  EXPECT_EQ(digest_of(up, kIndex), digest_of(down, kIndex));

  charge_point::State point;
  point.held = StartSupply{};
  point.outbox.resize(3);
  point.meter.ends.resize(2);
  const auto copy = point;
  EXPECT_EQ(digest_of(copy, kIndex), digest_of(point, kIndex));
}

}  // namespace
}  // namespace chargemill::network
