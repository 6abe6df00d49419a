// What was measured between two looks.
#pragma once

#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::app {

/// What `now` holds and `before`, an earlier look at the same histogram, does not; to the bucket.
[[nodiscard]] runtime::LatencyHistogram recorded_since(const runtime::LatencyHistogram& before,
                                                       const runtime::LatencyHistogram& now);

}  // namespace chargemill::app
