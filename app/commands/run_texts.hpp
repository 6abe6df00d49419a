// What `run` says of itself before and after.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/run_options.hpp"
#include "app/scenario/load.hpp"

namespace chargemill::app {

/// `run 2 of 3`; empty: there is one only. `index`: from 1.
[[nodiscard]] std::string which_run(const Loaded& loaded, std::uint32_t index);

/// Whoever drives a recording or request files seldom wants ten thousand others beside them: what
/// to say to that if no scenario is named, a line each.
[[nodiscard]] std::vector<std::string> what_joins_the_demo(const RunOptions& options);

/// What is about to be run; `index`: which one of --repeat. `path`: its directory, or empty.
[[nodiscard]] std::string title_of(const Loaded& loaded, const std::filesystem::path& path,
                                   std::uint32_t index);

/// Of many times more threads than there are cores; none: there are not so many.
[[nodiscard]] std::optional<Diagnostic> word_on_workers(const Loaded& loaded, unsigned cores);

/// Counts that were to be reached in the scenario's own time and network and were not, in a run
/// that was stopped before its end, or whose length or size came from a flag or the environment;
/// empty: none.
[[nodiscard]] std::string other_length_text(const Loaded& loaded, const nlohmann::json& summary);

/// Why a quiet run does not end with 0; and which thresholds it crossed. `which`: of --repeat.
[[nodiscard]] std::string reason_text(const nlohmann::json& summary, const std::string& which);

}  // namespace chargemill::app
