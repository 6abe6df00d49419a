#include "app/metrics/edges.hpp"

#include <algorithm>
#include <cmath>

#include "app/scenario/thresholds.hpp"

namespace chargemill::app::metrics {
namespace {

using namespace std::chrono_literals;

void add(std::vector<Nanos>& edges, Nanos limit) {
  const auto at = std::lower_bound(edges.begin(), edges.end(), limit);
  if (limit <= 0ns || edges.size() >= kEdgesMax || (at != edges.end() && *at == limit)) return;
  edges.insert(at, limit);
}

}  // namespace

// Bars of the domain (D-210: 100 ms, 15 s) and of our own scenarios (20, 50, 250, 400 ms) are among
// them.
Edges default_edges() {
  return {
      {1ms, 5ms, 10ms, 25ms, 50ms, 100ms, 200ms, 400ms, 1s, 5s},
      {5ms, 10ms, 25ms, 50ms, 100ms, 200ms, 400ms, 1s, 5s, 10s},
      {100ms, 250ms, 500ms, 1s, 2s, 5s, 10s, 15s, 20s, 30s},
      {100us, 500us, 1ms, 5ms, 10ms, 20ms, 50ms, 100ms, 250ms, 1s},
      {1ms, 2500us, 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 1s, 5s},
      {100us, 250us, 500us, 1ms, 5ms, 20ms, 50ms, 100ms, 500ms, 2s},
  };
}

Edges edges_for(const std::vector<std::string>& thresholds) {
  Edges edges = default_edges();
  for (const auto& expr : thresholds) {
    const auto threshold = parse_threshold(expr);
    if (!threshold) continue;
    const std::string latency = threshold->name.substr(0, threshold->name.find(':'));
    if (latency == threshold->name) continue;
    const Nanos limit{std::llround(threshold->limit * 1e6)};
    if (latency == "request_decision") add(edges.request_decision, limit);
    if (latency == "session_start") add(edges.session_start, limit);
    if (latency == "fault_detection") add(edges.fault_detection, limit);
    if (latency == "tick_lateness") add(edges.tick_lateness, limit);
  }
  return edges;
}

}  // namespace chargemill::app::metrics
