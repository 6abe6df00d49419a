#include "runtime/observe/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace chargemill::runtime {

void LatencyHistogram::record(Nanos duration, std::uint64_t times) {
  if (times == 0) return;
  if (counts_.empty()) counts_.resize(HistogramBuckets::kCount);
  duration = std::max(duration, Nanos{0});
  counts_[HistogramBuckets::bucket(static_cast<std::uint64_t>(duration.count()))] += times;
  count_ += times;
  max_ = std::max(max_, duration);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  if (other.count_ == 0) return;
  if (counts_.empty()) counts_.resize(HistogramBuckets::kCount);
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

double LatencyHistogram::mean_ns() const noexcept {
  if (count_ == 0) return 0.0;
  double sum = 0.0;
  for_each([&](std::uint64_t low, std::uint64_t high, std::uint64_t n) {
    sum += (static_cast<double>(low) + static_cast<double>(high)) / 2.0 * static_cast<double>(n);
  });
  return sum / static_cast<double>(count_);
}

Nanos LatencyHistogram::quantile(double q) const noexcept {
  if (count_ == 0) return Nanos{0};
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    below += counts_[i];
    if (below >= rank)
      return std::min(max_, Nanos{static_cast<std::int64_t>(HistogramBuckets::highest(i))});
  }
  return max_;
}

}  // namespace chargemill::runtime
