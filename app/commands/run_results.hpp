// What a run leaves in its directory when it is over.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "app/output/run_directory.hpp"
#include "app/simulation/simulation.hpp"

namespace chargemill::app {

/// Latencies, page, text and summary.json, which comes last: it marks a finished run. `text`: the
/// summary for people; `states`: of states.json; `journal`: empty, or where it is. Errors: a file
/// that cannot be written.
[[nodiscard]] Result<void> write_results(const RunDirectory& directory, const RunOutcome& outcome,
                                         const nlohmann::ordered_json& summary,
                                         const std::string& text,
                                         const nlohmann::ordered_json& states,
                                         const std::filesystem::path& journal);

}  // namespace chargemill::app
