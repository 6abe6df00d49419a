#include "app/output/hgrm_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace chargemill::app {
namespace {

using runtime::HistogramBuckets;

constexpr double kNanosPerMilli = 1e6;

/// From the middles of the buckets, as the mean is.
double deviation_ns(const runtime::LatencyHistogram& h) {
  if (h.count() == 0) return 0.0;
  const double mean = h.mean_ns();
  double sum = 0.0;
  h.for_each([&](std::uint64_t lowest, std::uint64_t highest, std::uint64_t count) {
    const double off = (static_cast<double>(lowest) + static_cast<double>(highest)) / 2.0 - mean;
    sum += off * off * static_cast<double>(count);
  });
  return std::sqrt(sum / static_cast<double>(h.count()));
}

}  // namespace

std::string hgrm_text(const runtime::LatencyHistogram& h) {
  const double max_ns = static_cast<double>(h.max().count());
  std::string text = fmt::format("{:>14} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  std::uint64_t seen = 0;
  h.for_each([&](std::uint64_t, std::uint64_t highest, std::uint64_t count) {
    seen += count;
    const double share = static_cast<double>(seen) / static_cast<double>(h.count());
    // The last bucket reaches beyond what was recorded in it.
    const double value = std::min(static_cast<double>(highest), max_ns) / kNanosPerMilli;
    text += fmt::format("{:>14.6f} {:>14.12f} {:>10}", value, share, seen);
    text += seen == h.count() ? "\n" : fmt::format(" {:>14.2f}\n", 1.0 / (1.0 - share));
  });
  text +=
      fmt::format("#[Mean    = {:>12.6f}, StdDeviation   = {:>12.6f}]\n",
                  std::min(h.mean_ns(), max_ns) / kNanosPerMilli, deviation_ns(h) / kNanosPerMilli);
  text += fmt::format("#[Max     = {:>12.6f}, Total count    = {:>12}]\n", max_ns / kNanosPerMilli,
                      h.count());
  return text + fmt::format("#[Buckets = {:>12}, SubBuckets     = {:>12}]\n",
                            HistogramBuckets::kLargestPower - HistogramBuckets::kStepBits + 2,
                            1U << HistogramBuckets::kStepBits);
}

}  // namespace chargemill::app
