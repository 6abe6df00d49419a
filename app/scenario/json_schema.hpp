// The JSON Schema of scenario files, for editors: made from the key table.
#pragma once

#include <nlohmann/json.hpp>

namespace chargemill::app {

[[nodiscard]] nlohmann::json scenario_schema();

}  // namespace chargemill::app
