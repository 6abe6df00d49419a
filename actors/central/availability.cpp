#include "actors/central/availability.hpp"

#include <algorithm>

namespace chargemill::central {
namespace {

constexpr Nanos kFailureUnit = std::chrono::milliseconds{10};

}  // namespace

BreakerStatistics breaker_statistics(const PointRecord& point) noexcept {
  BreakerStatistics s;
  s.mode = point.breaker.mode();
  s.failures = point.breaker.failures();
  s.successes = point.breaker.successes();
  if (point.failed_at != kNotFailed) s.last_failure = SimTime{kFailureUnit * point.failed_at};
  if (s.mode != runtime::BreakerMode::closed) s.opened_at = point.breaker.opened_at();
  return s;
}

void note_failure(PointRecord& point, SimTime now) noexcept {
  const std::int64_t units = std::max(Nanos{0}, now.time_since_epoch()) / kFailureUnit;
  point.failed_at =
      static_cast<std::uint32_t>(std::min<std::int64_t>(units, std::int64_t{kNotFailed} - 1));
}

DisplayState display_state(const PointRecord& point) noexcept {
  if (!point.monitor_ok) return DisplayState::disconnected;
  if (point.faulty) return DisplayState::broken;
  if (!point.engine_known) return DisplayState::disconnected;
  if (point.phase == Phase::fault || point.phase == Phase::disconnected)
    return DisplayState::broken;
  if (point.phase == Phase::stopped || point.operator_stopped) return DisplayState::stopped;
  return point.phase == Phase::supplying ? DisplayState::supplying : DisplayState::activated;
}

Phase effective_phase(const PointRecord& point) noexcept {
  if (!point.monitor_ok || !point.engine_known) return Phase::disconnected;
  if (point.faulty) return Phase::fault;
  if (point.operator_stopped) return Phase::stopped;
  return point.phase;
}

Reason objection(const PointRecord& point, const runtime::BreakerLimits& limits,
                 SimTime now) noexcept {
  if (effective_phase(point) != Phase::activated) return Reason::not_available;
  if (point.stage != Stage::none) return Reason::reserved;
  return point.breaker.would_admit(limits, now) ? Reason::none : Reason::circuit_open;
}

}  // namespace chargemill::central
