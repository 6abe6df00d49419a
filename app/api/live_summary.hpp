// The summary of a run that has not ended yet.
#pragma once

#include <nlohmann/json.hpp>

#include "app/api/world.hpp"

namespace chargemill::app::api {

/// The keys of summary.json, as things stand. Figures are a fraction of a second old; sums are only
/// checked at the end of a run, so conservation.ok is null.
[[nodiscard]] nlohmann::ordered_json live_summary(const World& world);

}  // namespace chargemill::app::api
