// The nodes of a run as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "app/nodes/node_table.hpp"

namespace chargemill::app::api {

/// As /api/v1/nodes lists them.
[[nodiscard]] nlohmann::ordered_json nodes_json(const std::vector<NodeRow>& nodes);

}  // namespace chargemill::app::api
