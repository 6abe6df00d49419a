// What is wrong with a list of nodes.
#pragma once

#include <filesystem>
#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Adds what it finds wrong to `found`. A folder of keys that is named in a file is meant beside
/// it.
void check_cluster(ClusterSettings& cluster, const Origins& origins,
                   const std::filesystem::path& folder, std::vector<Diagnostic>& found);

}  // namespace chargemill::app
