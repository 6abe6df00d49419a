// How things stood at the end of a run, for its page: states.json.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "actors/network/scenario.hpp"

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

/// `open`, and `last` to be done once it has been let go.
[[nodiscard]] std::shared_ptr<void> and_then(std::shared_ptr<void> open,
                                             std::function<void()> last);

}  // namespace chargemill::app
