#include <algorithm>

#include "actors/central/availability.hpp"
#include "actors/central/turn.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

/// Monitors are looked at on this grid, so that one tick serves many. D-044 allows a second.
constexpr Nanos kMonitorGrid = std::chrono::milliseconds{250};

void mark(ShardState& state, std::uint16_t slot) {
  ZoneShare& zone = state.zones[slot];
  if (zone.is_dirty) return;
  zone.is_dirty = true;
  state.dirty_zones.push_back(slot);
}

void set_free(ShardState& state, std::uint32_t index, bool free) {
  PointRecord& point = state.points[index];
  if ((point.free_slot != kNowhere) == free) return;
  auto& list = state.zones[point.zone_slot].free;
  if (free) {
    point.free_slot = static_cast<std::uint32_t>(list.size());
    list.push_back(index);
  } else {
    const std::uint32_t last = list.back();
    list[point.free_slot] = last;
    state.points[last].free_slot = point.free_slot;
    list.pop_back();
    point.free_slot = kNowhere;
  }
  mark(state, point.zone_slot);
}

void show(ShardTotals& totals, ZoneTotals& zone, PointRecord& point) {
  const DisplayState now = display_state(point);
  if (now == point.display) return;
  CHARGEMILL_ASSERT(totals.display[static_cast<std::size_t>(point.display)] > 0);
  --totals.display[static_cast<std::size_t>(point.display)];
  ++totals.display[static_cast<std::size_t>(now)];
  --zone.display[static_cast<std::size_t>(point.display)];
  ++zone.display[static_cast<std::size_t>(now)];
  point.display = now;
}

MonitorState monitor_state(const PointRecord& point) noexcept {
  if (point.monitor_ok) return MonitorState::alive;
  return point.registered ? MonitorState::lost : MonitorState::unregistered;
}

/// As show(), of breaker and monitor: monitor:2 | breaker:2.
void watch(WatchTotals& totals, PointRecord& point) {
  const auto now = static_cast<std::uint8_t>(static_cast<unsigned>(monitor_state(point)) << 2U |
                                             static_cast<unsigned>(point.breaker.mode()));
  if (now == point.watched) return;
  CHARGEMILL_ASSERT(totals.breakers[point.watched & 3U] > 0);
  CHARGEMILL_ASSERT(totals.monitors[point.watched >> 2U] > 0);
  --totals.breakers[point.watched & 3U];
  --totals.monitors[point.watched >> 2U];
  ++totals.breakers[now & 3U];
  ++totals.monitors[now >> 2U];
  point.watched = now;
}

/// When something about the record may have to happen by itself.
SimTime next_check(const ShardSettings& settings, const PointRecord& point, SimTime now) {
  SimTime at = kNever;
  if (point.monitor_ok) {
    const Nanos latest = (point.monitor_seen + settings.monitor_timeout).time_since_epoch();
    at = SimTime{(latest / kMonitorGrid + 1) * kMonitorGrid};
  }
  if (point.stage == Stage::starting) at = std::min(at, point.begun + settings.start_timeout);
  if (point.stage == Stage::supplying || point.stage == Stage::restored)
    at = std::min(at, point.heard + settings.session_silence_timeout);
  if (point.breaker.mode() == runtime::BreakerMode::open) {
    const SimTime probes = point.breaker.probes_from(settings.breaker);
    if (probes > now) at = std::min(at, probes);
  }
  return at;
}

template <class Change>
void change_breaker(Turn& turn, PointRecord& point, Change change) {
  using runtime::BreakerMode;
  const BreakerMode before = point.breaker.mode();
  const std::uint64_t word = point.breaker.word();
  change(point.breaker, turn.state.settings.breaker);
  record_breaker(turn, point, word);
  const BreakerMode after = point.breaker.mode();
  if (after == before) return;
  if (after == BreakerMode::open) ++turn.state.totals.breaker_opened;
  if (after == BreakerMode::closed) ++turn.state.totals.breaker_closed;
}

}  // namespace

void refresh(Turn& turn, std::uint32_t index) {
  ShardState& state = turn.state;
  PointRecord& point = turn.point(index);
  show(state.totals, state.zones[point.zone_slot].totals, point);
  watch(state.watch, point);
  set_free(state, index, state.up && is_available(point, state.settings.breaker, turn.now));
  const SimTime at = next_check(state.settings, point, turn.now);
  if (at >= point.filed) return;
  point.filed = at;
  state.deadlines.file(at, index);
}

void report_free(Turn& turn) {
  for (const std::uint16_t slot : turn.state.dirty_zones) {
    ZoneShare& zone = turn.state.zones[slot];
    zone.is_dirty = false;
    turn.out.push_back(FreeCount{turn.state.settings.shard, zone.zone,
                                 static_cast<std::uint32_t>(zone.free.size())});
  }
  turn.state.dirty_zones.clear();
}

void record_breaker(Turn& turn, const PointRecord& point, std::uint64_t before) {
  if (point.breaker.word() == before) return;
  turn.record(archive::BreakerState{turn.now, point.id, turn.zone(point), point.breaker.opened_at(),
                                    point.breaker.word()});
}

void breaker_failed(Turn& turn, PointRecord& point) {
  note_failure(point, turn.now);
  change_breaker(turn, point,
                 [&](auto& breaker, auto& limits) { breaker.record_failure(limits, turn.now); });
}

void breaker_succeeded(Turn& turn, PointRecord& point) {
  change_breaker(turn, point, [](auto& breaker, auto& limits) { breaker.record_success(limits); });
}

}  // namespace chargemill::central
