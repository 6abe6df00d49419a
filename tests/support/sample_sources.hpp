// Figures for a scrape as large as it gets: every label at its limit, a journal, a cluster.
#pragma once

#include <string>

#include "app/metrics/labels.hpp"
#include "app/metrics/sources.hpp"

namespace chargemill::test {

inline app::metrics::Sources sample_sources() {
  using namespace std::chrono_literals;
  app::metrics::Sources s;
  s.facts.version = "1.2.3";
  s.facts.revision = "abc1234-dirty";
  // A scenario's limits may add two edges to each histogram.
  s.facts.edges = app::metrics::edges_for(
      {"request_decision:p99 < 7ms", "request_decision:p50 < 3ms", "session_start:p99 < 7ms",
       "session_start:p50 < 8ms", "fault_detection:p99 < 7s", "fault_detection:p50 < 8s",
       "tick_lateness:p99 < 7ms", "tick_lateness:p50 < 8ms"});
  for (int z = 1; z <= 80; ++z) {
    s.facts.zones.push_back("Z" + std::to_string(z));
    central::ZoneTotals zone;
    zone.display = {123'456, 23'456, 3'456, 456, 56};
    zone.sessions_started = 1'234'567;
    zone.energy_booked_mj = 123'456'789'012'345;
    zone.power_w = 123'456'789;
    s.detail.zones.push_back(zone);
  }
  for (auto* latency : {&s.snapshot.latencies.request_decision, &s.snapshot.latencies.session_start,
                        &s.snapshot.latencies.fault_detection})
    latency->record(123'456'789ns, 123'456'789);
  for (auto& mailbox : s.mailboxes) mailbox = {1'234'567, 12'345'678};
  s.workers.resize(70);
  for (auto& worker : s.workers) {
    worker.lateness.record(123'456ns, 123'456'789'012);
    worker.activations = worker.timers = 1'234'567'890'123;
    worker.busy = 3s;
  }
  s.journal.emplace();
  s.journal->status.commit_times.record(1'234'567ns, 123'456'789);
  s.cluster.emplace();
  for (int n = 0; n < 30; ++n) {
    s.cluster->links.push_back({"node-" + std::to_string(n), 123'456'789'012, {}});
    s.cluster->links.back().rtt.record(123'456ns, 123'456'789);
    s.nodes.push_back({"node-" + std::to_string(n), 123'456'789'012, 123, SimTime{n * 1s}});
  }
  return s;
}

}  // namespace chargemill::test
