// Random numbers that depend on who asks and what for, never on when or on which thread.
#pragma once

#include <cmath>
#include <cstdint>

namespace chargemill {

/// What a stream is for; part of its key, so that two uses never share numbers. Append, never
/// insert.
enum class Purpose : std::uint32_t {
  arrivals,
  demand,
  choice,
  faults,
  phases,
  topology,
  stages,
  retries
};

/// A counter-based stream keyed by (seed, entity, purpose): the n-th number is a pure function of
/// the key and n. Sixteen bytes, trivially copyable: it lives inside an actor's State.
/// Source: SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014) over key + n * golden gamma.
class RandomStream {
 public:
  RandomStream() = default;
  RandomStream(std::uint64_t seed, std::uint64_t entity, Purpose purpose) noexcept
      : key_(mix(mix(mix(seed + kGamma) ^ entity) + static_cast<std::uint64_t>(purpose) * kGamma)) {
  }

  /// The next 64 random bits.
  std::uint64_t bits() noexcept { return mix(key_ + kGamma * ++drawn_); }
  /// Uniform in [0, 1), with 53 random bits.
  double uniform() noexcept { return static_cast<double>(bits() >> 11U) * 0x1.0p-53; }
  /// Uniform in [0, n); the bias is below n / 2^64. Requires n > 0.
  std::uint64_t below(std::uint64_t n) noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(bits()) * n) >> 64U);
  }
  /// Exponential with mean 1; never infinite. 1 - u is exact, so nothing is lost near zero.
  double exponential() noexcept { return -std::log(1.0 - uniform()); }

 private:
  static constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15U;
  static constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
  }

  std::uint64_t key_ = 0;
  std::uint64_t drawn_ = 0;
};

}  // namespace chargemill
