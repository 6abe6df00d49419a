// The files of a run directory: those from before the run, and those of its end.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/output/run_directory.hpp"
#include "app/scenario/load.hpp"
#include "app/simulation/simulation.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::app {

/// A new directory with what is known before the run: whoever kills it still finds what was run.
[[nodiscard]] Result<std::unique_ptr<RunDirectory>> open_directory(
    const std::filesystem::path& path, const Loaded& loaded, const std::vector<std::string>& argv);

/// Latencies, the summary, the page; summary.json is the last one and marks a finished run.
/// `journal`: where the newest faults are read from; empty: nowhere.
[[nodiscard]] Result<void> write_results(const RunDirectory& directory, const RunOutcome& outcome,
                                         const nlohmann::ordered_json& summary,
                                         const std::string& text,
                                         const nlohmann::ordered_json& states,
                                         const std::filesystem::path& journal);

}  // namespace chargemill::app
