#include "app/metrics/families.hpp"

namespace chargemill::app::metrics {

std::vector<runtime::MetricFamily> metric_families(const Sources& sources) {
  std::vector<runtime::MetricFamily> out;
  out.reserve(64);
  add_points(out, sources);
  add_demand(out, sources);
  add_trouble(out, sources);
  add_engine(out, sources);
  add_journal(out, sources);
  add_doors(out, sources.doors);
  if (sources.cluster) add_cluster(out, *sources.cluster, sources.snapshot.totals);
  add_process(out, sources);
  return out;
}

}  // namespace chargemill::app::metrics
