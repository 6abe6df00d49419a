#include "actors/central/shard.hpp"

#include <algorithm>
#include <limits>

#include "actors/central/listing.hpp"
#include "actors/central/requests.hpp"
#include "actors/central/restart.hpp"
#include "actors/central/turn.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

std::uint16_t zone_slot(ShardState& state, ZoneId zone) {
  const auto found = std::find_if(state.zones.begin(), state.zones.end(),
                                  [zone](const ZoneShare& z) { return z.zone == zone; });
  const auto slot = static_cast<std::uint16_t>(found - state.zones.begin());
  if (found == state.zones.end()) state.zones.push_back({zone, {}, 0, false, {}});
  return slot;
}

/// Answers an event that is about one point with `answer`, then brings its record up to date.
template <class Event, class Answer>
void about_point(Turn& turn, const Event& e, Answer answer) {
  const std::uint32_t index = find(turn.state, e.point);
  if (index == kNowhere) {
    ++turn.state.totals.unknown;
    return;
  }
  answer(turn, index, e);
  refresh(turn, index);
}

template <class Event, class Answer>
void about_monitor(Turn& turn, const Event& e, Answer answer) {
  if (find(turn.state, e.point) == kNowhere) turn.to_monitor(e.point, UnknownPoint{});  // 404
  about_point(turn, e, answer);
}

/// What only a monitor that has registered can say; of others it creates nothing (D-043, D-074).
template <class Event, class Answer>
void about_registered(Turn& turn, const Event& e, Answer answer) {
  const std::uint32_t index = find(turn.state, e.point);
  if (index != kNowhere && turn.point(index).registered) return about_point(turn, e, answer);
  turn.to_monitor(e.point, UnknownPoint{});  // 404
  ++turn.state.totals.unknown;
}

void hear(PointRecord& point, SimTime now) noexcept {
  point.monitor_ok = true;
  point.monitor_seen = now;
}

void on(Turn& turn, const Status& e) { about_point(turn, e, on_status); }
void on(Turn& turn, const Telemetry& e) { about_point(turn, e, on_telemetry); }

void on(Turn& turn, const SessionEnd& e) {
  // Nobody here can book it, but the point is to forget it.
  if (find(turn.state, e.point) == kNowhere) turn.to_point(e.point, SessionEndAck{e.session});
  about_point(turn, e, on_end);
}

void on(Turn& turn, const LocalStart& e) { about_point(turn, e, on_local_start); }

void on(Turn& turn, const Register& e) {
  about_monitor(turn, e, [](Turn& t, std::uint32_t index, const Register& r) {
    PointRecord& point = t.point(index);
    if (!point.registered || point.price.microeur_per_kwh != r.price.microeur_per_kwh)
      t.record(archive::Registration{t.now, point.id, t.zone(point), r.price});
    point.registered = true;
    point.price = r.price;
    hear(point, t.now);
    t.to_monitor(point.id, RegisterAck{});
  });
}

// The hottest event of a quiet network: two stores, unless the monitor had been given up.
void on(Turn& turn, const Heartbeat& e) {
  const std::uint32_t index = find(turn.state, e.point);
  if (index == kNowhere || !turn.point(index).registered) {
    turn.to_monitor(e.point, UnknownPoint{});  // D-043
    turn.state.totals.unknown += index == kNowhere ? 1U : 0U;
    return;
  }
  PointRecord& point = turn.point(index);
  const bool was_ok = point.monitor_ok;
  hear(point, turn.now);
  if (!was_ok) refresh(turn, index);
}

void on(Turn& turn, const FaultReport& e) { about_registered(turn, e, on_fault); }

void on(Turn& turn, const HealthyReport& e) { about_registered(turn, e, on_healthy); }

void on(Turn& turn, const ChargeRequest& e) {
  if (find(turn.state, e.point) == kNowhere)
    deny(turn, e, Reason::point_not_found, Phase::disconnected);
  about_point(turn, e, on_charge);
}

void on(Turn& turn, const CancelRequest& e) { about_point(turn, e, on_cancel); }
void on(Turn& turn, const ZoneRequest& e) { on_zone(turn, e); }
void on(Turn& turn, const AskRequest& e) { on_ask(turn, find(turn.state, e.point), e); }
void on(Turn& turn, const TicketAck& e) { on_ticket_ack(turn, e); }
void on(Turn& turn, const DriverReturned& e) { on_returned(turn, e); }
void on(Turn& turn, const PointSearch& e) { on_search(turn, e); }

void on(Turn& turn, const OperatorOrder& e) {
  const auto obey = [&](Turn& t, std::uint32_t index, const OperatorOrder& order) {
    on_order(t, index, order);
  };
  if (!e.all) return about_point(turn, e, obey);
  for (std::uint32_t i = 0; i < turn.state.points.size(); ++i) {
    obey(turn, i, e);
    refresh(turn, i);
  }
}

void on(Turn& turn, const CentralDown&) { forget(turn); }
void on(Turn&, const CentralUp&) {}  // it is up

void add_record(ShardState& state, const OwnedPoint& one) {
  CHARGEMILL_ASSERT(state.points.empty() || state.points.back().id < one.id);
  PointRecord point;
  point.id = one.id;
  point.price = one.price;
  CHARGEMILL_ASSERT(one.power.w >= 0 && one.power.w <= std::numeric_limits<std::uint32_t>::max());
  point.rated_w = static_cast<std::uint32_t>(one.power.w);
  point.zone_slot = zone_slot(state, one.zone);
  ++state.zones[point.zone_slot].totals.display[static_cast<std::size_t>(point.display)];
  ++state.totals.display[static_cast<std::size_t>(point.display)];
  ++state.watch.breakers[static_cast<std::size_t>(runtime::BreakerMode::closed)];
  ++state.watch.monitors[static_cast<std::size_t>(MonitorState::unregistered)];
  state.points.push_back(point);
}

void on(Turn& turn, const Joined& e) {
  if (find(turn.state, e.point.id) == kNowhere) add_record(turn.state, e.point);
  const archive::PointJoined who{turn.now,      e.point.id,    e.point.zone,
                                 e.point.price, e.point.power, e.is_outside};
  turn.state.late_points.push_back(who);
  turn.record(who);
  turn.out.push_back(Welcome{e.point.id, e.point.zone});
}

void on(Turn& turn, const DriverJoined& e) {
  const archive::DriverJoined who{turn.now, e.driver, e.is_outside};
  turn.state.late_drivers.push_back(who);
  turn.record(who);
}

void on(Turn& turn, const Parted& e) {
  about_point(turn, e, [](Turn& t, std::uint32_t index, const Parted& who) {
    PointRecord& point = t.point(index);
    // As after a restart (D-085): not available until it is heard. A supply goes on (D-045).
    if (who.engine) point.engine_known = false;
    if (who.monitor) lose_monitor(t, index);
  });
}

void on(Turn& turn, const JournalBusy& e) { turn.state.journal_busy = e.is_busy; }
void on(Turn&, const JournalMoved&) {}  // its shell knows

void on(Turn& turn, const TellFree&) {
  turn.state.dirty_zones.clear();
  for (std::size_t slot = 0; slot < turn.state.zones.size(); ++slot) {
    turn.state.zones[slot].is_dirty = true;
    turn.state.dirty_zones.push_back(static_cast<std::uint16_t>(slot));
  }
}

void on(Turn& turn, const FaultInjected& e) {
  const std::uint32_t index = find(turn.state, e.point);
  // One that comes while a fault is known cannot be found again.
  if (index == kNowhere || turn.point(index).faulty) return;
  turn.point(index).injected = e.at;
}

void on(Turn& turn, const Tick&) {
  Deadlines& deadlines = turn.state.deadlines;
  while (deadlines.next() <= turn.now) {
    const auto entry = deadlines.take();
    PointRecord& point = turn.point(entry.index);
    if (point.filed != entry.at) continue;  // an earlier one took its place
    point.filed = kNever;
    check(turn, entry.index);
    refresh(turn, entry.index);
  }
  turn.state.recent_faults.pass(turn.now);
  turn.state.watch.repeated_faults = turn.state.recent_faults.repeated();
}

/// What a shard that is down takes note of all the same: it is no message of the network.
bool reaches_the_dead(const ShardEvent& event) noexcept {
  return std::holds_alternative<JournalBusy>(event) ||
         std::holds_alternative<JournalMoved>(event) || std::holds_alternative<Joined>(event) ||
         std::holds_alternative<DriverJoined>(event);
}

}  // namespace

void open_zone(ShardState& state, ZoneId zone) { (void)zone_slot(state, zone); }

ShardState make_shard(const ShardSettings& settings, const std::vector<OwnedPoint>& owned) {
  CHARGEMILL_ASSERT(runtime::are_valid(settings.breaker));
  CHARGEMILL_ASSERT(settings.monitor_timeout > Nanos{0});
  CHARGEMILL_ASSERT(settings.start_timeout > Nanos{0});
  CHARGEMILL_ASSERT(settings.session_silence_timeout > Nanos{0});
  CHARGEMILL_ASSERT(settings.checkpoint_interval > Nanos{0});
  ShardState state;
  state.settings = settings;
  if (settings.tickets_max == 0)
    state.settings.tickets_max = std::max<std::size_t>(4'096, 4 * owned.size());
  state.points.reserve(owned.size());
  for (const OwnedPoint& one : owned) add_record(state, one);
  state.recent_faults = RecentFaults{std::max<std::size_t>(1'024, 4 * owned.size())};
  return state;
}

void step(ShardState& state, const ShardEvent& event, SimTime now, ShardEffects& effects) {
  Turn turn{state, now, effects};
  if (state.up || reaches_the_dead(event)) {
    std::visit([&](const auto& e) { on(turn, e); }, event);
  } else if (std::holds_alternative<CentralUp>(event)) {
    come_back(turn);
  } else if (!std::holds_alternative<Tick>(event) && !std::holds_alternative<CentralDown>(event)) {
    ++state.totals.dropped;
  }
  report_free(turn);
}

SimTime due(const ShardState& state) {
  return state.up ? std::min(state.deadlines.next(), state.recent_faults.due()) : kNever;
}

std::uint32_t find(const ShardState& state, PointId point) noexcept {
  const auto& points = state.points;
  if (points.empty() || point < points.front().id) return kNowhere;
  const std::uint32_t guess = index_of(point) - index_of(points.front().id);
  if (guess < points.size() && points[guess].id == point) return guess;
  const auto found =
      std::lower_bound(points.begin(), points.end(), point,
                       [](const PointRecord& record, PointId id) { return record.id < id; });
  if (found == points.end() || found->id != point) return kNowhere;
  return static_cast<std::uint32_t>(found - points.begin());
}

}  // namespace chargemill::central
