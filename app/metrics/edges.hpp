// The edges of exported histograms: fixed, and the limits that a scenario sets.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/units.hpp"

namespace chargemill::app::metrics {

/// A histogram has at most so many.
inline constexpr std::size_t kEdgesMax = 12;

/// Rising, a set for each histogram.
struct Edges {
  std::vector<Nanos> request_decision, session_start, fault_detection, tick_lateness,
      journal_commit, cluster_rtt;
};

[[nodiscard]] Edges default_edges();
/// The same with what `thresholds` compares latencies with, so that on which side of a limit the
/// share lies is read off exactly; of each latency the first two that are no edges yet.
[[nodiscard]] Edges edges_for(const std::vector<std::string>& thresholds);

}  // namespace chargemill::app::metrics
