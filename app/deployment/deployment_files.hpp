// What `chargemill generate systemd|slurm|kubernetes` writes, and config/deploy holds.
#pragma once

#include <vector>

#include "app/observability/generated_files.hpp"

namespace chargemill::app::deployment {

using observability::GeneratedFile;

/// config/deploy/systemd: a run on one machine, and one node of several.
[[nodiscard]] std::vector<GeneratedFile> systemd_files();
/// config/deploy/slurm: a batch script.
[[nodiscard]] std::vector<GeneratedFile> slurm_files();
/// config/deploy/kubernetes: nodes with stable names and disks of their own.
[[nodiscard]] std::vector<GeneratedFile> kubernetes_files();
/// All, each in its folder.
[[nodiscard]] std::vector<GeneratedFile> deploy_files();

}  // namespace chargemill::app::deployment
