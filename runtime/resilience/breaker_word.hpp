// The whole of a circuit breaker in 64 bits, and what each operation makes of it: pure functions.
#pragma once

#include <cstdint>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

enum class BreakerMode : std::uint8_t { closed, open, half_open };
/// The epoch in which a call was admitted. Outcomes of earlier epochs do not count.
enum class Permit : std::uint16_t {};

struct BreakerLimits {
  std::uint16_t failures_max = 5;  ///< consecutive failures that open it; 1..127
  Millis cooldown{60'000};         ///< rest before probes; > 0
  std::uint16_t probes = 2;        ///< N: admitted, and to succeed, in half-open; 1..15
};

/// since_ms:35 | epoch:12 | successes:4 | admitted:4 | failures:7 | mode:2. All zero: a new
/// breaker. `since_ms` is when it opened, rounded up to whole milliseconds of model time (it
/// reaches 397 days and then stays): a breaker never admits early. The epoch changes with every
/// change of mode.
struct BreakerFields {
  BreakerMode mode = BreakerMode::closed;
  std::uint8_t failures = 0;
  std::uint8_t admitted = 0;
  std::uint8_t successes = 0;
  std::uint16_t epoch = 0;
  std::uint64_t since_ms = 0;
};
inline constexpr unsigned kEpochBits = 12;
inline constexpr std::uint64_t kSinceMax = (std::uint64_t{1} << 35U) - 1;
inline constexpr std::uint8_t kFailuresShown = 127;
inline constexpr std::uint8_t kProbesMax = 15;

/// They fit into the word.
[[nodiscard]] constexpr bool are_valid(const BreakerLimits& limits) noexcept {
  return limits.failures_max >= 1 && limits.failures_max <= kFailuresShown && limits.probes >= 1 &&
         limits.probes <= kProbesMax && limits.cooldown > Millis{0};
}

[[nodiscard]] constexpr BreakerFields unpack(std::uint64_t word) noexcept {
  return {static_cast<BreakerMode>(word & 3U),
          static_cast<std::uint8_t>((word >> 2U) & 127U),
          static_cast<std::uint8_t>((word >> 9U) & 15U),
          static_cast<std::uint8_t>((word >> 13U) & 15U),
          static_cast<std::uint16_t>((word >> 17U) & 0xFFFU),
          word >> 29U};
}
[[nodiscard]] constexpr std::uint64_t pack(const BreakerFields& f) noexcept {
  return static_cast<std::uint64_t>(f.mode) | std::uint64_t{f.failures} << 2U |
         std::uint64_t{f.admitted} << 9U | std::uint64_t{f.successes} << 13U |
         std::uint64_t{f.epoch} << 17U | f.since_ms << 29U;
}
/// Closed, and no failure since the last success.
[[nodiscard]] constexpr bool is_healthy(std::uint64_t word) noexcept {
  return (word & 0x1FFU) == 0;
}

namespace breaker {

[[nodiscard]] constexpr std::uint16_t next_epoch(std::uint16_t epoch) noexcept {
  return static_cast<std::uint16_t>((epoch + 1U) & ((1U << kEpochBits) - 1U));
}
[[nodiscard]] constexpr std::uint64_t ms_rounded_up(SimTime now) noexcept {
  const std::int64_t ns = now.time_since_epoch().count();
  const auto ms = static_cast<std::uint64_t>(ns < 0 ? 0 : (ns + 999'999) / 1'000'000);
  return ms < kSinceMax ? ms : kSinceMax;
}
[[nodiscard]] constexpr bool has_rested(const BreakerFields& f, const BreakerLimits& limits,
                                        SimTime now) noexcept {
  // D-152: now - opened_at >= time-out; 29.9 s no, 30.0 s yes.
  const SimTime opened{Millis{static_cast<std::int64_t>(f.since_ms)}};
  return now - opened >= limits.cooldown;
}
[[nodiscard]] constexpr BreakerFields opened(BreakerFields f, SimTime now) noexcept {
  return {BreakerMode::open, f.failures, 0, 0, next_epoch(f.epoch), ms_rounded_up(now)};
}
[[nodiscard]] constexpr BreakerFields closed(BreakerFields f) noexcept {
  return {BreakerMode::closed, 0, 0, 0, next_epoch(f.epoch), 0};
}

/// Whether a call would be admitted; reserves nothing (D-049).
[[nodiscard]] constexpr bool would_admit(const BreakerFields& f, const BreakerLimits& limits,
                                         SimTime now) noexcept {
  switch (f.mode) {
    case BreakerMode::closed:
      return true;
    case BreakerMode::open:
      return has_rested(f, limits, now);
    case BreakerMode::half_open:
      return f.admitted < limits.probes;
  }
  return false;
}
/// What the breaker becomes by admitting one call. Requires would_admit().
[[nodiscard]] constexpr BreakerFields after_admission(BreakerFields f) noexcept {
  if (f.mode == BreakerMode::closed) return f;
  if (f.mode == BreakerMode::open)
    return {BreakerMode::half_open, f.failures, 1, 0, next_epoch(f.epoch), f.since_ms};
  ++f.admitted;
  return f;
}
[[nodiscard]] constexpr BreakerFields after_failure(BreakerFields f, const BreakerLimits& limits,
                                                    SimTime now) noexcept {
  if (f.mode == BreakerMode::open) return f;  // opened_at is not renewed
  if (f.mode == BreakerMode::half_open) return opened(f, now);
  if (f.failures < kFailuresShown) ++f.failures;
  return f.failures >= limits.failures_max ? opened(f, now) : f;
}
[[nodiscard]] constexpr BreakerFields after_success(BreakerFields f,
                                                    const BreakerLimits& limits) noexcept {
  if (f.mode == BreakerMode::open) return f;  // D-156: no closing before the time-out
  if (f.mode == BreakerMode::closed) {
    f.failures = 0;
    return f;
  }
  ++f.successes;
  return f.successes >= limits.probes ? closed(f) : f;
}
[[nodiscard]] constexpr BreakerFields after_release(BreakerFields f) noexcept {
  if (f.mode == BreakerMode::half_open && f.admitted > 0) --f.admitted;
  return f;
}

}  // namespace breaker
}  // namespace chargemill::runtime
