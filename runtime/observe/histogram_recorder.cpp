#include "runtime/observe/histogram_recorder.hpp"

#include <algorithm>

namespace chargemill::runtime {

LatencyHistogram HistogramRecorder::snapshot() const {
  LatencyHistogram result;
  result.counts_.resize(HistogramBuckets::kCount);
  for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    // relaxed: as in record().
    result.counts_[i] = counts_[i].load(std::memory_order_relaxed);
    result.count_ += result.counts_[i];
  }
  // A record is counted before it is the longest; and whoever records may be stopped in between.
  std::size_t last = HistogramBuckets::kCount;
  while (last > 0 && result.counts_[last - 1] == 0) --last;
  const std::uint64_t least = last == 0 ? 0 : HistogramBuckets::lowest(last - 1);
  const std::int64_t noted = max_ns_.load(std::memory_order_relaxed);  // relaxed: as in record()
  result.max_ = Nanos{std::max(noted, static_cast<std::int64_t>(least))};
  return result;
}

}  // namespace chargemill::runtime
