// How long things took. The programs in Go and Erlang count in the same buckets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace chargemill::bench {

/// Buckets no wider than 1/128 of their values; a quantile is the upper edge of its bucket. One
/// thread.
class LatencyCounts {
 public:
  /// A negative duration counts as zero.
  void record(std::int64_t ns) noexcept { ++counts_[bucket(ns)]; }
  void merge(const LatencyCounts& other) noexcept;
  [[nodiscard]] double quantile_ms(double q) const noexcept;

 private:
  static constexpr unsigned kStepBits = 7;
  static constexpr std::size_t kSteps = std::size_t{1} << kStepBits;
  static constexpr unsigned kPowers = 48;  // up to 2^55 ns, a year

  [[nodiscard]] static std::size_t bucket(std::int64_t ns) noexcept {
    if (ns < static_cast<std::int64_t>(2 * kSteps))
      return ns < 0 ? 0 : static_cast<std::size_t>(ns);
    const auto value = static_cast<std::uint64_t>(ns);
    const unsigned shift = 63U - static_cast<unsigned>(__builtin_clzll(value)) - kStepBits;
    return shift * kSteps + (value >> shift);
  }
  [[nodiscard]] static std::uint64_t highest(std::size_t bucket) noexcept {
    if (bucket < 2 * kSteps) return bucket;
    const std::size_t shift = bucket / kSteps - 1;
    return ((bucket - shift * kSteps + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(kPowers * kSteps);
};

struct Latencies {
  LatencyCounts lateness;    ///< from the due time to the sending
  LatencyCounts round_trip;  ///< from the due time to the reply
};

/// The calling thread's own; it outlives the thread.
[[nodiscard]] Latencies& latencies();
/// Of all threads. Requires that what they recorded happened before.
[[nodiscard]] Latencies all_latencies();

}  // namespace chargemill::bench
