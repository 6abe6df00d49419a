// Where the charge points of a network stand, for whoever draws them.
#pragma once

#include <nlohmann/json.hpp>

#include "actors/network/topology.hpp"

namespace chargemill::app::api {

/// `points`; `zones`: their names; `sites`: [zone's index, site, points], by id; `names` of the
/// points, null if they are CP-000001 and so on. Points of a site stand together, so a hundred
/// thousand points are a few thousand sites.
[[nodiscard]] nlohmann::ordered_json layout_json(const network::Topology& topology);

}  // namespace chargemill::app::api
