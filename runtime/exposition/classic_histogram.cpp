#include "runtime/exposition/classic_histogram.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

ClassicHistogram classic(const LatencyHistogram& fine, const std::vector<Nanos>& edges) {
  CHARGEMILL_ASSERT(std::is_sorted(edges.begin(), edges.end()));
  ClassicHistogram result;
  result.count = fine.count();
  result.sum_s = fine.mean_ns() * static_cast<double>(fine.count()) * 1e-9;
  result.buckets.reserve(edges.size());
  for (const Nanos edge : edges)
    // Divided, not multiplied: 7 ms is the double that is written as 0.007.
    result.buckets.push_back({static_cast<double>(edge.count()) / 1e9, 0});
  std::size_t at = 0;
  fine.for_each([&](std::uint64_t, std::uint64_t highest, std::uint64_t n) {
    while (at < edges.size() && highest > static_cast<std::uint64_t>(edges[at].count())) ++at;
    if (at < edges.size()) result.buckets[at].at_most += n;
  });
  for (std::size_t i = 1; i < result.buckets.size(); ++i)
    result.buckets[i].at_most += result.buckets[i - 1].at_most;
  return result;
}

}  // namespace chargemill::runtime
