#include "app/observability/generated_files.hpp"

#include "app/observability/dashboard_json.hpp"
#include "app/observability/dashboard_table.hpp"
#include "app/observability/rules_text.hpp"

namespace chargemill::app::observability {

std::vector<GeneratedFile> alert_files() {
  return {{"prometheus.yml", prometheus_config()},
          {"chargemill.rules.yml", rules_text()},
          {"chargemill.rules.test.yml", rules_test_text()},
          {"RUNBOOK.md", runbook_text()}};
}

std::vector<GeneratedFile> grafana_files() {
  std::vector<GeneratedFile> files{{"provisioning/datasources/chargemill.yaml", datasource_text()},
                                   {"provisioning/dashboards/chargemill.yaml", provider_text()}};
  for (const auto& dashboard : dashboards())
    files.push_back(
        {"dashboards/" + dashboard.uid + ".json", dashboard_json(dashboard).dump(2) + "\n"});
  return files;
}

}  // namespace chargemill::app::observability
