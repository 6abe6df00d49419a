// `chargemill report RUN_DIR [--format text|md|json|html]`
#pragma once

#include <filesystem>
#include <string>

namespace chargemill::app {

/// Prints a finished run again, in one of the formats. Exit code 0, or 4 when there is no run.
[[nodiscard]] int report_command(const std::filesystem::path& run, const std::string& format);

}  // namespace chargemill::app
