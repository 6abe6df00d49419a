// How long things took: log-linear buckets, mergeable, relative error below one per cent.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// Where a duration of n nanoseconds is counted. Below 256 ns each has its own bucket; above, every
/// power of two is divided into 128 equal steps, so a bucket is never wider than 1/128 of its
/// values.
struct HistogramBuckets {
  static constexpr unsigned kStepBits = 7;
  static constexpr unsigned kLargestPower = 50;  ///< longer than 2^51 ns (26 days) counts as that
  static constexpr std::size_t kCount = std::size_t{kLargestPower - kStepBits + 2} << kStepBits;

  [[nodiscard]] static std::size_t bucket(std::uint64_t ns) noexcept {
    constexpr std::uint64_t kLongest = (std::uint64_t{1} << (kLargestPower + 1)) - 1;
    if (ns > kLongest) ns = kLongest;
    if (ns < (std::uint64_t{2} << kStepBits)) return static_cast<std::size_t>(ns);
    const auto power = 63U - static_cast<unsigned>(__builtin_clzll(ns));
    const unsigned shift = power - kStepBits;
    return (std::size_t{shift} << kStepBits) + static_cast<std::size_t>(ns >> shift);
  }
  [[nodiscard]] static std::uint64_t lowest(std::size_t bucket) noexcept {
    if (bucket < (std::size_t{2} << kStepBits)) return bucket;
    const auto shift = static_cast<unsigned>((bucket >> kStepBits) - 1);
    return (bucket - (std::size_t{shift} << kStepBits)) << shift;
  }
  [[nodiscard]] static std::uint64_t highest(std::size_t bucket) noexcept {
    if (bucket < (std::size_t{2} << kStepBits)) return bucket;
    const auto shift = static_cast<unsigned>((bucket >> kStepBits) - 1);
    return lowest(bucket) + (std::uint64_t{1} << shift) - 1;
  }
};

/// A histogram by value: one thread. Empty ones hold no buckets.
class LatencyHistogram {
 public:
  /// A negative duration counts as zero.
  void record(Nanos duration, std::uint64_t times = 1);
  void merge(const LatencyHistogram& other);
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] Nanos max() const noexcept { return max_; }
  /// From the middles of the buckets; 0 when empty.
  [[nodiscard]] double mean_ns() const noexcept;
  /// The value at or below which the share `q` (0..1) of the records lies: within 1 % of the exact
  /// one and never above max(). Zero when empty.
  [[nodiscard]] Nanos quantile(double q) const noexcept;
  /// Calls visit(lowest_ns, highest_ns, count) for each bucket in use, rising.
  template <class F>
  void for_each(F visit) const {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] != 0)
        visit(HistogramBuckets::lowest(i), HistogramBuckets::highest(i), counts_[i]);
    }
  }

 private:
  friend class HistogramRecorder;

  std::vector<std::uint64_t> counts_;  // none, or kCount
  std::uint64_t count_ = 0;
  Nanos max_{0};
};

}  // namespace chargemill::runtime
