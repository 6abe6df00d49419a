// `chargemill report RUN_DIR [--format text|json]`
#pragma once

#include <filesystem>
#include <string>

namespace chargemill::app {

/// Prints the summary of a finished run again. Exit code 0, or 4 when there is no run.
[[nodiscard]] int report_command(const std::filesystem::path& run, const std::string& format);

}  // namespace chargemill::app
