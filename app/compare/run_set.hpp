// Reading finished runs.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "runtime/base/result.hpp"

namespace chargemill::app {

/// The run directories in `path`: itself, or those of --repeat (r1, r2, ...) in their order. Fails,
/// naming the path, when there is none, or when one of them was not finished.
[[nodiscard]] Result<std::vector<std::filesystem::path>> run_directories(
    const std::filesystem::path& path);

/// Their summaries. Fails when one cannot be read or is none of ours.
[[nodiscard]] Result<std::vector<nlohmann::json>> summaries_in(const std::filesystem::path& path);

}  // namespace chargemill::app
