#include "bench/peers/cp_1hz/latency_counts.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <mutex>
#include <numeric>

namespace chargemill::bench {
namespace {

/// One element a thread, under the mutex while threads come.
struct Registry {
  std::mutex mutex;
  std::deque<Latencies> all;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

Latencies& enrol() {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  return registry().all.emplace_back();
}

}  // namespace

void LatencyCounts::merge(const LatencyCounts& other) noexcept {
  std::transform(counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(),
                 std::plus<>{});
}

double LatencyCounts::quantile_ms(double q) const noexcept {
  constexpr double kNanosPerMilli = 1e6;
  const auto total = std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(total)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank && seen > 0) return static_cast<double>(highest(i)) / kNanosPerMilli;
  }
  return 0;
}

Latencies& latencies() {
  thread_local Latencies& own = enrol();
  return own;
}

Latencies all_latencies() {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  Latencies result;
  for (const Latencies& one : registry().all) {
    result.lateness.merge(one.lateness);
    result.round_trip.merge(one.round_trip);
  }
  return result;
}

}  // namespace chargemill::bench
