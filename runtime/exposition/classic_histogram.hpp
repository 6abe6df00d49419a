// A latency histogram as scrapers want it: a dozen cumulative counts below fixed edges.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/observe/latency_histogram.hpp"

namespace chargemill::runtime {

struct ClassicHistogram {
  struct Bucket {
    double edge_s;          ///< the bucket holds what took no longer
    std::uint64_t at_most;  ///< records, cumulative
  };
  std::vector<Bucket> buckets;  ///< rising; the one without an edge is `count`
  std::uint64_t count = 0;
  double sum_s = 0.0;  ///< from the middles of the fine buckets: within 0.4 %
};

/// Counts again by `edges` (rising). A fine bucket that an edge cuts through counts as above it: no
/// record is ever said to be faster than it was. So a count is that of the edge itself or of one
/// less than 1/128 below it, and exact if the edge is the highest value of a fine bucket, as each
/// below 256 ns is. Cost: one pass over the fine buckets.
[[nodiscard]] ClassicHistogram classic(const LatencyHistogram& fine,
                                       const std::vector<Nanos>& edges);

}  // namespace chargemill::runtime
