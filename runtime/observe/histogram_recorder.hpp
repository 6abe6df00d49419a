// A histogram that one thread fills while others look.
#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::runtime {

/// Threads: one records, any take snapshots. Wait-free; no read-modify-write, since there is one
/// writer. A snapshot is not consistent to the record: it may miss what is being written.
/// Memory: 45 KiB, taken from the start so that recording never allocates.
class HistogramRecorder {
 public:
  HistogramRecorder() : counts_(new std::atomic<std::uint64_t>[HistogramBuckets::kCount] {}) {}

  /// A negative duration counts as zero.
  void record(Nanos duration) noexcept {
    const std::int64_t ns = duration.count() < 0 ? 0 : duration.count();
    auto& counter = counts_[HistogramBuckets::bucket(static_cast<std::uint64_t>(ns))];
    // relaxed (all): counters; they order nothing, and only this thread writes them.
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (ns > max_ns_.load(std::memory_order_relaxed)) max_ns_.store(ns, std::memory_order_relaxed);
  }
  [[nodiscard]] LatencyHistogram snapshot() const;
  /// What is kept of it (runtime/saved): buckets in use. For whoever has stopped all its threads.
  template <class V>
  void fields(V& v);

 private:
  // Written by the recording thread only.
  std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<std::int64_t> max_ns_{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

template <class V>
void HistogramRecorder::fields(V& v) {
  std::map<std::uint32_t, std::uint64_t> used;
  std::int64_t max_ns = max_ns_.load(std::memory_order_relaxed);  // relaxed (all): see above
  for (std::uint32_t i = 0; i < HistogramBuckets::kCount; ++i) {
    const auto count = counts_[i].load(std::memory_order_relaxed);
    if (count > 0) used.emplace(i, count);
  }
  v(used, max_ns);
  v.check(max_ns >= 0 && (used.empty() || used.rbegin()->first < HistogramBuckets::kCount));
  if constexpr (V::kReads) {
    if (!v.is_sound()) return;
    for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i)
      counts_[i].store(0, std::memory_order_relaxed);
    for (const auto& [i, count] : used) counts_[i].store(count, std::memory_order_relaxed);
    max_ns_.store(max_ns, std::memory_order_relaxed);
  }
}

}  // namespace chargemill::runtime
