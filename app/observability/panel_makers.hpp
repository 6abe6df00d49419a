// What the dashboard tables are written with.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/observability/dashboard_table.hpp"

namespace chargemill::app::observability {

inline const std::string kInstance = R"(instance=~"$instance")";
inline const std::string kZoneInstance = R"(zone=~"$zone",instance=~"$instance")";

inline std::string rate(const std::string& metric) {
  return "rate(" + metric + "{" + kInstance + "}[$__rate_interval])";
}
inline std::string zone_rate(const std::string& metric) {
  return "rate(" + metric + "{" + kZoneInstance + "}[$__rate_interval])";
}
/// p50, p90, p99 of a classic histogram; `by`: labels that keep their own.
inline std::vector<Target> quantiles(const std::string& metric, const std::string& by = {}) {
  const std::string kept = by.empty() ? "" : ", " + by;
  const std::string of = by.empty() ? "" : " {{" + by + "}}";
  std::vector<Target> targets;
  for (const auto& [q, name] : {std::pair{"0.5", "p50"}, {"0.9", "p90"}, {"0.99", "p99"}})
    targets.push_back({"histogram_quantile(" + std::string{q} + ", sum by (le" + kept + ") (" +
                           rate(metric + "_bucket") + "))",
                       name + of});
  return targets;
}

[[nodiscard]] std::vector<Dashboard> network_dashboards();
[[nodiscard]] std::vector<Dashboard> machine_dashboards();

}  // namespace chargemill::app::observability
