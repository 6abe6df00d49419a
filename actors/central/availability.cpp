#include "actors/central/availability.hpp"

namespace chargemill::central {

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
