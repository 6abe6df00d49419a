// Dashboards as Grafana reads them from files.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "app/observability/dashboard_table.hpp"

namespace chargemill::app::observability {

/// Ids and places are those of the table's order, so that a change moves as little as can be.
[[nodiscard]] nlohmann::ordered_json dashboard_json(const Dashboard& dashboard);
/// grafana/provisioning/datasources/chargemill.yaml
[[nodiscard]] std::string datasource_text();
/// grafana/provisioning/dashboards/chargemill.yaml
[[nodiscard]] std::string provider_text();

}  // namespace chargemill::app::observability
