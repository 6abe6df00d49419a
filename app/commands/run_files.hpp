// The files of a run directory from before the run.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/output/run_directory.hpp"
#include "app/scenario/load.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::app {

/// A new directory with what is known before the run: whoever kills it still finds what was run.
/// `journal`: where the run keeps it; empty: nowhere.
[[nodiscard]] Result<std::unique_ptr<RunDirectory>> open_directory(
    const std::filesystem::path& path, const Loaded& loaded, const std::vector<std::string>& argv,
    const std::filesystem::path& journal);

}  // namespace chargemill::app
