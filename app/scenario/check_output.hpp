// What is wrong with where the runs of a scenario leave things.
#pragma once

#include <vector>

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Up to so many entities their digests are kept one by one, else only their sum.
inline constexpr std::size_t kEntitiesDigestedMax = 60'000;

/// Adds what it finds wrong to `found`; `origins` says where to point at.
void check_output(const OutputSettings& output, const network::Scenario& scenario,
                  const Origins& origins, std::vector<Diagnostic>& found);

}  // namespace chargemill::app
