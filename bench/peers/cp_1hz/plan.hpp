// What one run of CP-1Hz does, and when; the same for every program (../README.md).
#pragma once

#include <chrono>
#include <cstdint>

namespace chargemill::bench {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr std::chrono::milliseconds kMergeInterval{100};  ///< of the centrals' totals

/// Times are nanoseconds since the start of the run.
struct Plan {
  std::uint32_t entities = 100'000;
  std::uint32_t centrals = 1;
  std::uint32_t warm_up = 2;   ///< seconds
  std::uint32_t seconds = 10;  ///< measured

  /// How many ticks a charge point has, the warm-up's included.
  [[nodiscard]] std::uint32_t ticks() const noexcept { return warm_up + seconds; }
  [[nodiscard]] std::int64_t begin_ns() const noexcept { return warm_up * kNanosPerSecond; }
  [[nodiscard]] std::int64_t end_ns() const noexcept { return ticks() * kNanosPerSecond; }
  /// Which central a charge point talks to, and its place there.
  [[nodiscard]] std::uint32_t central(std::uint32_t point) const noexcept {
    return point % centrals;
  }
  [[nodiscard]] std::uint32_t place(std::uint32_t point) const noexcept { return point / centrals; }
  [[nodiscard]] std::uint32_t size(std::uint32_t central) const noexcept {
    return (entities + centrals - 1 - central) / centrals;
  }
  /// Tick k of a charge point is due at phase + k seconds; Knuth's multiplicative hash spreads
  /// them.
  [[nodiscard]] static std::int64_t due_ns(std::uint32_t point, std::uint32_t tick) noexcept {
    const std::uint32_t hash = point * 2'654'435'761U;
    return ((hash * kNanosPerSecond) >> 32) + tick * kNanosPerSecond;
  }
};

}  // namespace chargemill::bench
