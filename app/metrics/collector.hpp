// Answers scrapes of a running network: GET /metrics (D-206).
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "actors/network/desk.hpp"
#include "actors/network/scenario.hpp"
#include "actors/shell/recording.hpp"
#include "app/metrics/sources.hpp"
#include "runtime/exposition/metric_family.hpp"

namespace chargemill::app::metrics {

/// What is known of a run before it begins.
[[nodiscard]] RunFacts facts_of(const network::Scenario& scenario,
                                const network::Topology& topology, std::string version,
                                std::string revision);

/// Keeps what one scrape needs of the one before. Threads: any; scrapes go one after the other.
/// Takes nothing from the workers but looks at what they publish.
class Collector {
 public:
  /// All outlive this. `recording`, `log`: null if there is none; `doors`, `cluster`: empty
  /// likewise. To be made when the run begins.
  Collector(const network::Desk& desk, RunFacts facts, const Recording* recording,
            const LogCounts* log, std::function<DoorFigures()> doors = {},
            std::function<ClusterView()> cluster = {});

  /// The text of a scrape, of the type kPrometheusContentType. What cannot be read is left at zero
  /// and counted (chargemill_scrape_errors_total).
  [[nodiscard]] std::string scrape();

 private:
  [[nodiscard]] Sources look();
  [[nodiscard]] std::vector<WorkerFigures> look_at_workers(Nanos uptime) const;
  [[nodiscard]] std::array<MailboxFigures, network::kActorKinds> look_at_mailboxes() const;
  void add_cluster(Sources& sources) const;
  void measure_speed(Sources& sources);
  void never_fall(std::vector<runtime::MetricFamily>& families);

  const network::Desk& desk_;
  const RunFacts facts_;
  const Recording* const recording_;
  const LogCounts* const log_;
  const std::function<DoorFigures()> doors_;
  const std::function<ClusterView()> cluster_;
  const runtime::ModelClock::Wall begun_;
  const std::vector<Nanos> parked_before_;  // by worker
  std::mutex mutex_;
  // All below is guarded by mutex_.
  ScrapeFigures scrapes_;
  SimTime measured_sim_{};
  Nanos measured_wall_{0};
  double speed_ratio_ = 0.0;
  std::map<std::string, double> highest_;  // of counters, by series
};

}  // namespace chargemill::app::metrics
