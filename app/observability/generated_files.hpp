// What `chargemill generate alerts|grafana` writes, and config/ holds.
#pragma once

#include <string>
#include <vector>

namespace chargemill::app::observability {

struct GeneratedFile {
  std::string path;  ///< relative to where they go
  std::string text;
};

/// config/prometheus
[[nodiscard]] std::vector<GeneratedFile> alert_files();
/// config/grafana
[[nodiscard]] std::vector<GeneratedFile> grafana_files();

}  // namespace chargemill::app::observability
