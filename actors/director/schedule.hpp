// When each charge point goes on and off: the connected share of the stages, worked out once.
#pragma once

#include <vector>

#include "actors/director/director.hpp"

namespace chargemill::director {

/// Point p is connected iff u_p < share(t), where u_p is its own fixed number in [0, 1): the same
/// points come back after a dip, and a ramp spreads the switches evenly. In order of time.
[[nodiscard]] std::vector<Switch> make_schedule(const Settings& settings,
                                                const std::vector<Point>& points,
                                                const std::vector<ShareStage>& stages);

}  // namespace chargemill::director
