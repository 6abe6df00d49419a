// `chargemill run [SCENARIO.toml] [options]`
#pragma once

#include <string>
#include <vector>

#include "app/cli/run_options.hpp"

namespace chargemill::app {

/// Loads, simulates, shows, writes, judges. The exit code is the contract's.
[[nodiscard]] int run_command(const RunOptions& options, const std::vector<std::string>& argv);

}  // namespace chargemill::app
