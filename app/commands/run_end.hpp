// What a run leaves behind when it ends: its files, and how things stood, for its page.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "actors/network/scenario.hpp"
#include "app/output/run_directory.hpp"
#include "app/simulation/simulation.hpp"

namespace chargemill::app {

/// states.json: when model time began, `layout` (as /api/v1/layout), what each charge point
/// showed, and what the scenario had foreseen (`marks`). `display`: by PointId; empty: it is not
/// known, and null comes back.
[[nodiscard]] nlohmann::ordered_json states_json(const network::Scenario& scenario,
                                                 const nlohmann::ordered_json& layout,
                                                 const std::vector<DisplayState>& display);

/// `states` with the newest faults of `journal`, if there is one, added: what html_report takes.
[[nodiscard]] nlohmann::ordered_json report_end(nlohmann::ordered_json states,
                                                const std::filesystem::path& journal);

/// Writes what is known only at the end: latencies, `text` as summary.txt, `states` as states.json,
/// the page, and summary.json as the last one, for it marks a finished run. `journal`: its
/// directory, or empty.
[[nodiscard]] Result<void> write_results(const RunDirectory& directory, const RunOutcome& outcome,
                                         const nlohmann::ordered_json& summary,
                                         const std::string& text,
                                         const nlohmann::ordered_json& states,
                                         const std::filesystem::path& journal);

}  // namespace chargemill::app
