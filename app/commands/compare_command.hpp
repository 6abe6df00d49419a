// `chargemill compare BASE NEW [--format text|json]`
#pragma once

#include <filesystem>
#include <string>

namespace chargemill::app {

/// Prints what differs between two runs, or two sets of runs. Exit code 0 whatever the verdicts; 4
/// when one of them cannot be read.
[[nodiscard]] int compare_command(const std::filesystem::path& base,
                                  const std::filesystem::path& fresh, const std::string& format);

}  // namespace chargemill::app
