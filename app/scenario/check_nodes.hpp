// What several nodes cannot do yet.
#pragma once

#include <vector>

#include "actors/network/scenario.hpp"
#include "app/scenario/diagnostics.hpp"
#include "app/scenario/load.hpp"

namespace chargemill::app {

/// With more than one node: nobody from outside.
void check_nodes(const network::Scenario& scenario, bool is_central_elsewhere,
                 const Origins& origins, std::vector<Diagnostic>& found);

}  // namespace chargemill::app
