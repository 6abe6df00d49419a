// A circuit breaker that many threads share.
#pragma once

#include <atomic>
#include <optional>

#include "runtime/resilience/breaker_word.hpp"

namespace chargemill::runtime {

/// Stops calls to a peer that keeps failing, then lets exactly N probes through.
///
///     closed --failures_max in a row--> open --cooldown, and somebody asks--> half_open
///     half_open --N probes succeed--> closed        half_open --one fails--> open
///
/// Threads: every method may be called from any thread. Lock-free: the state is one word.
/// While the peer is well the word is only read, so threads do not contend for its cache line.
/// Late news: an outcome counts only in the epoch that issued its permit, so a slow reply cannot
/// close a breaker that opened after the call was sent.
/// Source: M. Nygard, "Release It!", 2nd ed. (2018), pattern "Circuit Breaker"; D-149 to D-160.
class CircuitBreaker {
 public:
  explicit CircuitBreaker(const BreakerLimits& limits) noexcept;

  /// Admits one call at `now`; empty: do not call, fail at once. Every permit ends in exactly one
  /// of succeeded, failed, release (D-154).
  [[nodiscard]] std::optional<Permit> try_acquire(SimTime now) noexcept {
    // relaxed (throughout): the word is the whole state and publishes no other memory; the
    // compare-exchange alone makes each change atomic.
    std::uint64_t seen = word_.load(std::memory_order_relaxed);
    for (;;) {
      const BreakerFields f = unpack(seen);
      if (f.mode == BreakerMode::closed) return Permit{f.epoch};
      if (!breaker::would_admit(f, limits_, now)) return std::nullopt;
      const BreakerFields next = breaker::after_admission(f);
      if (word_.compare_exchange_weak(seen, pack(next), std::memory_order_relaxed))
        return Permit{next.epoch};
    }
  }
  [[nodiscard]] bool would_admit(SimTime now) const noexcept {
    return breaker::would_admit(fields(), limits_, now);
  }
  void succeeded(Permit permit) noexcept {
    // A closed breaker without failures stays as it is, whatever the epoch: the common case, by one
    // load and one compare. relaxed: see try_acquire().
    if (is_healthy(word_.load(std::memory_order_relaxed))) return;
    change([&](const BreakerFields& f) {
      return Permit{f.epoch} == permit ? breaker::after_success(f, limits_) : f;
    });
  }
  void failed(Permit permit, SimTime now) noexcept {
    change([&](const BreakerFields& f) {
      return Permit{f.epoch} == permit ? breaker::after_failure(f, limits_, now) : f;
    });
  }
  void release(Permit permit) noexcept {
    change([&](const BreakerFields& f) {
      return Permit{f.epoch} == permit ? breaker::after_release(f) : f;
    });
  }
  void record_failure(SimTime now) noexcept {
    change([&](const BreakerFields& f) { return breaker::after_failure(f, limits_, now); });
  }
  void record_success() noexcept {
    change([&](const BreakerFields& f) { return breaker::after_success(f, limits_); });
  }
  void reset() noexcept {
    change([](const BreakerFields& f) { return breaker::closed(f); });
  }

  /// relaxed: a look.
  [[nodiscard]] BreakerFields fields() const noexcept {
    return unpack(word_.load(std::memory_order_relaxed));
  }
  [[nodiscard]] BreakerMode mode() const noexcept { return fields().mode; }

 private:
  template <class F>
  void change(F to) noexcept {
    std::uint64_t seen = word_.load(std::memory_order_relaxed);  // relaxed: see try_acquire()
    for (;;) {
      const std::uint64_t next = pack(to(unpack(seen)));
      if (next == seen) return;  // healthy and stays so: no write, no cache traffic
      if (word_.compare_exchange_weak(seen, next, std::memory_order_relaxed)) return;
    }
  }

  const BreakerLimits limits_;
  std::atomic<std::uint64_t> word_{0};  // written by all
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace chargemill::runtime
