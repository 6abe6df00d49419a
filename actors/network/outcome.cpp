#include "actors/network/outcome.hpp"

#include <algorithm>
#include <cstring>

namespace chargemill::network {

// Nothing but counters of 64 bits, all of which add up.
void add(Totals& to, const Totals& from) noexcept {
  static_assert(std::is_trivially_copyable_v<Totals>);
  static_assert(sizeof(Totals) % sizeof(std::uint64_t) == 0);
  using Words = std::array<std::uint64_t, sizeof(Totals) / sizeof(std::uint64_t)>;
  Words sum;
  Words more;
  std::memcpy(sum.data(), &to, sizeof to);
  std::memcpy(more.data(), &from, sizeof from);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
  std::memcpy(static_cast<void*>(&to), sum.data(), sizeof to);
}

void add(Snapshot& to, const Snapshot& from) {
  add(to.totals, from.totals);
  to.sim = std::min(to.sim, from.sim);
  to.wall = std::max(to.wall, from.wall);
  to.latencies.request_decision.merge(from.latencies.request_decision);
  to.latencies.session_start.merge(from.latencies.session_start);
  to.latencies.fault_detection.merge(from.latencies.fault_detection);
  to.latencies.tick_lateness.merge(from.latencies.tick_lateness);
  to.latencies.node_transit.merge(from.latencies.node_transit);
  to.worker_busy.insert(to.worker_busy.end(), from.worker_busy.begin(), from.worker_busy.end());
}

}  // namespace chargemill::network
