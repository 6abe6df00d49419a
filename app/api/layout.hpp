// Where the charge points of a network stand, for whoever draws them.
#pragma once

#include <nlohmann/json.hpp>

#include "actors/network/annex.hpp"

namespace chargemill::app::api {

/// `points`; `zones`: their names; `sites`: [zone's index, site, points], by id; `names` of the
/// scenario's points, null if they are CP-000001 and so on; `joined`: names of those behind them,
/// who came since. Points of a site stand together, so a hundred thousand points are a few thousand
/// sites.
[[nodiscard]] nlohmann::ordered_json layout_json(const network::Topology& topology,
                                                 const network::Annex& annex);

}  // namespace chargemill::app::api
