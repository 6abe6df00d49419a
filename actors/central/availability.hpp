// What a charge point's record means: pure predicates.
#pragma once

#include <optional>

#include "actors/central/point_record.hpp"

namespace chargemill::central {

/// What a person sees of it (D-194).
[[nodiscard]] DisplayState display_state(const PointRecord& point) noexcept;
/// The state that a denied driver is told (D-052).
[[nodiscard]] Phase effective_phase(const PointRecord& point) noexcept;
/// Why a request for it is denied; Reason::none: it is available (D-048). The breaker is asked
/// last, and nothing is reserved (D-049).
[[nodiscard]] Reason objection(const PointRecord& point, const runtime::BreakerLimits& limits,
                               SimTime now) noexcept;
[[nodiscard]] inline bool is_available(const PointRecord& point,
                                       const runtime::BreakerLimits& limits, SimTime now) noexcept {
  return objection(point, limits, now) == Reason::none;
}

/// What an inspection shows of a point's breaker (D-158).
struct BreakerStatistics {
  runtime::BreakerMode mode = runtime::BreakerMode::closed;
  unsigned failures = 0;   ///< in a row
  unsigned successes = 0;  ///< of probes, while half-open
  std::optional<SimTime>
      last_failure;                  ///< to a hundredth of a second; outlives successes and resets
  std::optional<SimTime> opened_at;  ///< unless closed
};
[[nodiscard]] BreakerStatistics breaker_statistics(const PointRecord& point) noexcept;
/// The point's breaker counts a failure, at `now`.
void note_failure(PointRecord& point, SimTime now) noexcept;

}  // namespace chargemill::central
