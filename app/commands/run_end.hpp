// How things stood at the end of a run, for its page: states.json.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "actors/network/desk.hpp"
#include "actors/shell/memory.hpp"
#include "app/commands/run_nodes.hpp"

namespace chargemill::app {

/// What can be told of a network only while there is one: `layout` (as /api/v1/layout), and, of a
/// run that keeps no journal and has a `memory`, its past, for it stands nowhere else: the newest
/// `faults` and `messages`, `requests` that were open, and `past` (kept_past).
/// Of several nodes, how each stood (`nodes`); null: this process is alone. Once the doors are
/// closed: nobody joins any more, and nobody else reads the memory.
[[nodiscard]] nlohmann::ordered_json last_look(network::Desk& desk, Memory* memory,
                                               const RunNodes* nodes);

/// states.json: the last look, when model time began, what each charge point showed, and what the
/// scenario had foreseen (`marks`), and `config`, as /api/v1/config. `display`: by PointId; empty:
/// it is not known, and null comes back.
[[nodiscard]] nlohmann::ordered_json states_json(const network::Scenario& scenario,
                                                 const nlohmann::ordered_json& looked,
                                                 const std::vector<DisplayState>& display,
                                                 const nlohmann::ordered_json& config);

/// `states` with the same of `journal`, if there is one, and the `log` of the run's directory
/// added: what html_report takes.
[[nodiscard]] nlohmann::ordered_json report_end(nlohmann::ordered_json states,
                                                const std::filesystem::path& run,
                                                const std::filesystem::path& journal);

/// `open`, and `last` to be done once it has been let go.
[[nodiscard]] std::shared_ptr<void> and_then(std::shared_ptr<void> open,
                                             std::function<void()> last);

}  // namespace chargemill::app
