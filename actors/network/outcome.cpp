#include "actors/network/outcome.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

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

Totals left_of(const Totals& last) noexcept {
  Totals t = last;
  t.display = {};
  t.actors = t.mailbox_depth = t.mailbox_depth_max = 0;
  t.requests_lost += std::exchange(t.requests_open, 0);
  t.requests_sent =
      t.requests_accepted + t.requests_denied + t.requests_timed_out + t.requests_lost;
  t.sessions_lost += std::exchange(t.sessions_active, 0);
  t.sessions_started = t.sessions_completed + t.sessions_failed + t.sessions_lost;
  t.energy_delivered_mj = t.energy_sessions_mj;  // a look knows no meters
  t.energy_unreported_mj = t.power_w = 0;
  t.offered = t.done + t.shed;
  return t;
}

void bring_back(Totals& left, std::uint64_t sessions) noexcept {
  const std::uint64_t back = std::min(sessions, left.sessions_lost);
  left.sessions_lost -= back;
  left.sessions_started -= back;
}

void add_left(Snapshot& to, const Snapshot& left) {
  add(to.totals, left.totals);
  to.latencies.request_decision.merge(left.latencies.request_decision);
  to.latencies.session_start.merge(left.latencies.session_start);
  to.latencies.fault_detection.merge(left.latencies.fault_detection);
  to.latencies.tick_lateness.merge(left.latencies.tick_lateness);
  to.latencies.node_transit.merge(left.latencies.node_transit);
}

void add(Snapshot& to, const Snapshot& from) {
  add_left(to, from);
  to.sim = std::min(to.sim, from.sim);
  to.wall = std::max(to.wall, from.wall);
  to.worker_busy.insert(to.worker_busy.end(), from.worker_busy.begin(), from.worker_busy.end());
}

}  // namespace chargemill::network
