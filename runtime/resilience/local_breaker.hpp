// A circuit breaker that belongs to one actor: eight bytes, no atomics.
#pragma once

#include <optional>

#include "runtime/resilience/breaker_word.hpp"

namespace chargemill::runtime {

/// The semantics of CircuitBreaker for one thread. The limits, shared by many breakers, come with
/// each call.
class LocalBreaker {
 public:
  /// Admits one call; in half-open it reserves one of exactly N probes (D-151).
  [[nodiscard]] std::optional<Permit> try_acquire(const BreakerLimits& limits,
                                                  SimTime now) noexcept {
    if (!breaker::would_admit(fields(), limits, now)) return std::nullopt;
    word_ = pack(breaker::after_admission(fields()));
    return Permit{fields().epoch};
  }
  /// Whether try_acquire() would admit; never changes anything.
  [[nodiscard]] bool would_admit(const BreakerLimits& limits, SimTime now) const noexcept {
    return breaker::would_admit(fields(), limits, now);
  }
  /// The admitted call ended so. Exactly one of the three per permit (D-154).
  void succeeded(Permit permit, const BreakerLimits& limits) noexcept {
    if (is_current(permit)) record_success(limits);
  }
  void failed(Permit permit, const BreakerLimits& limits, SimTime now) noexcept {
    if (is_current(permit)) record_failure(limits, now);
  }
  void release(Permit permit) noexcept {
    if (is_current(permit)) word_ = pack(breaker::after_release(fields()));
  }
  /// An outcome that no call of ours brought about: the monitor's FAULT or HEALTHY (D-155).
  void record_failure(const BreakerLimits& limits, SimTime now) noexcept {
    word_ = pack(breaker::after_failure(fields(), limits, now));
  }
  void record_success(const BreakerLimits& limits) noexcept {
    word_ = pack(breaker::after_success(fields(), limits));
  }
  void reset() noexcept { word_ = pack(breaker::closed(fields())); }

  /// All of it, to be kept and brought back (D-159).
  [[nodiscard]] std::uint64_t word() const noexcept { return word_; }
  /// The breaker of that word, which opened at `opened` by the clock of this run; before its
  /// beginning: at its beginning.
  [[nodiscard]] static LocalBreaker of(std::uint64_t word, SimTime opened) noexcept {
    BreakerFields f = unpack(word);
    if (f.mode != BreakerMode::closed) f.since_ms = breaker::ms_rounded_up(opened);
    LocalBreaker breaker;
    breaker.word_ = pack(f);
    return breaker;
  }

  [[nodiscard]] BreakerMode mode() const noexcept { return fields().mode; }
  [[nodiscard]] unsigned failures() const noexcept { return fields().failures; }
  [[nodiscard]] unsigned successes() const noexcept { return fields().successes; }
  /// To the millisecond, rounded up; meaningful unless closed.
  [[nodiscard]] SimTime opened_at() const noexcept {
    return SimTime{Millis{static_cast<std::int64_t>(fields().since_ms)}};
  }
  /// When an open breaker will admit a probe; meaningful while open.
  [[nodiscard]] SimTime probes_from(const BreakerLimits& limits) const noexcept {
    return SimTime{Millis{static_cast<std::int64_t>(fields().since_ms)} + limits.cooldown};
  }

 private:
  [[nodiscard]] BreakerFields fields() const noexcept { return unpack(word_); }
  [[nodiscard]] bool is_current(Permit permit) const noexcept {
    return Permit{fields().epoch} == permit;
  }

  std::uint64_t word_ = 0;
};
static_assert(sizeof(LocalBreaker) == 8);

}  // namespace chargemill::runtime
