#include "runtime/observe/histogram_recorder.hpp"

namespace chargemill::runtime {

LatencyHistogram HistogramRecorder::snapshot() const {
  LatencyHistogram result;
  result.counts_.resize(HistogramBuckets::kCount);
  for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    // relaxed: as in record().
    result.counts_[i] = counts_[i].load(std::memory_order_relaxed);
    result.count_ += result.counts_[i];
  }
  result.max_ = Nanos{max_ns_.load(std::memory_order_relaxed)};
  return result;
}

}  // namespace chargemill::runtime
