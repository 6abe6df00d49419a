// What is wrong with a scenario as a whole, each key being right by itself.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Adds what it finds to `found`; `origins` says where to point at. Nothing is concluded from the
/// keys in `failed`, whose values could not be read. `is_a_file`: somebody has named one, and be it
/// empty.
void check(const network::Scenario& scenario, const Origins& origins,
           const std::set<std::string>& failed, std::vector<Diagnostic>& found,
           bool is_a_file = false);

}  // namespace chargemill::app
