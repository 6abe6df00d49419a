// What a shard shows to monitoring beyond its sums: its zones, and the points in trouble (D-207,
// D-209). Counted as things change, never by walking over points.
#pragma once

#include <array>
#include <cstdint>

#include "actors/messages.hpp"

namespace chargemill::central {

/// Of the points of one zone in one shard. Its sums over all zones are those of ShardTotals.
struct ZoneTotals {
  std::array<std::uint64_t, kDisplayStates> display{};  ///< points, by DisplayState
  std::uint64_t sessions_started = 0, sessions_completed = 0, sessions_failed = 0;
  std::int64_t energy_booked_mj = 0;
  std::int64_t power_w = 0;  ///< of sessions that supply, by their last telemetry
};

/// What a monitor is to central: never heard, heard, or silent for too long (D-044).
enum class MonitorState : std::uint8_t { unregistered, alive, lost };
inline constexpr std::size_t kMonitorStates = 3;
inline constexpr std::size_t kBreakerModes = 3;

/// What a monitor has reported: checks of ours that failed, or anything else from outside.
enum class FaultCause : std::uint8_t { health_check, other };
inline constexpr std::size_t kFaultCauses = 2;
[[nodiscard]] constexpr FaultCause cause_of(Reason reason) noexcept {
  return reason == Reason::health_check_failed ? FaultCause::health_check : FaultCause::other;
}

/// Of all points of a shard.
struct WatchTotals {
  std::array<std::uint64_t, kBreakerModes> breakers{};   ///< points, by runtime::BreakerMode
  std::array<std::uint64_t, kMonitorStates> monitors{};  ///< points, by MonitorState
  std::uint64_t repeated_faults = 0;  ///< points with three or more faults within ten minutes
  std::array<std::uint64_t, kFaultCauses> raised{};  ///< by FaultCause, as of ShardTotals
  std::array<std::uint64_t, kFaultCauses> notified{}, recovered{};
};

}  // namespace chargemill::central
