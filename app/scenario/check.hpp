// What is wrong with a scenario as a whole, each key being right by itself.
#pragma once

#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Adds what it finds to `found`; `origins` says where to point at.
void check(const network::Scenario& scenario, const Origins& origins,
           std::vector<Diagnostic>& found);

}  // namespace chargemill::app
