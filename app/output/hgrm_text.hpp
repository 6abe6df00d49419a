// Latencies as HdrHistogram's tools read them.
#pragma once

#include <string>

#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::app {

/// The percentile distribution of HdrHistogram (.hgrm), values in milliseconds: a row a bucket in
/// use, and the three lines of the footer. No value is above the largest that was recorded.
[[nodiscard]] std::string hgrm_text(const runtime::LatencyHistogram& histogram);

}  // namespace chargemill::app
