// `chargemill config show [--origin]` and `chargemill config schema`
#pragma once

#include "app/scenario/load.hpp"

namespace chargemill::app {

/// Prints each key with its value, with `origin` also where that came from. Exit code 0 or 3.
[[nodiscard]] int config_show_command(const LoadInput& input, bool origin, bool color);
/// Prints the JSON Schema of scenario files.
[[nodiscard]] int config_schema_command();

}  // namespace chargemill::app
