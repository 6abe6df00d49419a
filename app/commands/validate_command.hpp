// `chargemill validate FILE...`
#pragma once

#include <filesystem>
#include <vector>

namespace chargemill::app {

/// Parses and checks each file; prints the plan on stdout, mistakes on stderr. Exit code 0 or 3.
[[nodiscard]] int validate_command(const std::vector<std::filesystem::path>& files, bool color);

}  // namespace chargemill::app
