// The metric set (user-experience, section 5.2): from figures to families.
#pragma once

#include <vector>

#include "app/metrics/sources.hpp"
#include "runtime/exposition/metric_family.hpp"

namespace chargemill::app::metrics {

/// Every known series is there from the start, at zero. Those of the cluster only if there is one.
[[nodiscard]] std::vector<runtime::MetricFamily> metric_families(const Sources& sources);

// Its parts, each appended to `out`.
using Families = std::vector<runtime::MetricFamily>;
void add_points(Families& out, const Sources& sources);   ///< charge points, zones, power
void add_demand(Families& out, const Sources& sources);   ///< requests, sessions, tickets, trips
void add_trouble(Families& out, const Sources& sources);  ///< faults, breakers, monitors
void add_engine(Families& out, const Sources& sources);   ///< workers, messages, time
void add_journal(Families& out, const Sources& sources);
void add_doors(Families& out, const DoorFigures& doors);
void add_cluster(Families& out, const ClusterFigures& cluster, const network::Totals& totals);
void add_process(Families& out, const Sources& sources);  ///< build, log, process, scrapes

}  // namespace chargemill::app::metrics
