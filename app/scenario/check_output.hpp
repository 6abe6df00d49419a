// What is wrong with where the runs of a scenario leave things.
#pragma once

#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Adds what it finds wrong to `found`; `origins` says where to point at.
void check_output(const OutputSettings& output, const Origins& origins,
                  std::vector<Diagnostic>& found);

}  // namespace chargemill::app
