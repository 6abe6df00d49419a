// What one central shard has counted since the start: sums, not parts of its state machine.
#pragma once

#include <array>
#include <cstdint>

#include "actors/messages.hpp"

namespace chargemill::central {

/// At any time: sessions_started = completed + failed + active, and the display counts add up to
/// the number of points.
struct ShardTotals {
  std::uint64_t sessions_started = 0, sessions_completed = 0, sessions_failed = 0;
  std::uint64_t sessions_active = 0;
  std::uint64_t sessions_corrected = 0;   ///< ends that came after the session was closed (D-075)
  std::int64_t energy_booked_mj = 0;      ///< closed sessions, and what open ones have told
  std::int64_t energy_unassigned_mj = 0;  ///< of it: sessions that nobody here has opened
  std::int64_t revenue_microeur = 0;      ///< of closed sessions
  std::uint64_t faults_raised = 0;  ///< by monitors outside; those that are actors count themselves
  std::uint64_t faults_notified = 0, faults_recovered = 0;  ///< of which it was told
  std::uint64_t breaker_opened = 0, breaker_half_opened = 0, breaker_closed = 0;
  std::uint64_t tickets_issued = 0;     ///< one a closed session, one a correction
  std::uint64_t tickets_delivered = 0;  ///< confirmed by their driver
  std::uint64_t tickets_dropped = 0;    ///< forgotten unconfirmed: too many were kept
  std::uint64_t requests_accepted = 0, requests_denied = 0;
  std::uint64_t telemetry_unbilled = 0;  ///< of another session than the current one (D-065)
  std::uint64_t unknown = 0;  ///< messages about points that nobody has or has registered here
  std::uint64_t dropped = 0;  ///< messages that came while central was down
  std::array<std::uint64_t, kDisplayStates> display{};  ///< points, by DisplayState
};

}  // namespace chargemill::central
