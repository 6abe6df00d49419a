#include "app/deployment/deployment_files.hpp"

#include <array>
#include <utility>

namespace chargemill::app::deployment {

std::vector<GeneratedFile> deploy_files() {
  std::vector<GeneratedFile> all;
  for (auto& [folder, files] : std::array<std::pair<const char*, std::vector<GeneratedFile>>, 3>{
           {{"systemd", systemd_files()},
            {"slurm", slurm_files()},
            {"kubernetes", kubernetes_files()}}}) {
    for (auto& file : files) all.push_back({std::string{folder} + "/" + file.path, file.text});
  }
  return all;
}

}  // namespace chargemill::app::deployment
