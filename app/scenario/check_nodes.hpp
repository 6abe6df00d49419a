// What several nodes cannot do yet.
#pragma once

#include <vector>

#include "actors/network/scenario.hpp"
#include "app/scenario/diagnostics.hpp"
#include "app/scenario/load.hpp"

namespace chargemill::app {

/// With more than one node: no doors, no journal, nobody from outside. What was not asked for is
/// left out without a word.
void check_nodes(const network::Scenario& scenario, const DoorsSettings& doors,
                 const OutputSettings& output, bool is_central_elsewhere, const Origins& origins,
                 std::vector<Diagnostic>& found);

}  // namespace chargemill::app
