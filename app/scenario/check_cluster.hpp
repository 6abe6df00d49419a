// What is wrong with a list of nodes, or with how they are to find each other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Adds what it finds wrong to `found`. A folder of keys, or a file of TLS, that is named in a file
/// is meant beside it; a network without a name has that of its run.
void check_cluster(ClusterSettings& cluster, const network::Scenario& scenario,
                   const Origins& origins, const std::filesystem::path& folder,
                   std::vector<Diagnostic>& found);

}  // namespace chargemill::app
