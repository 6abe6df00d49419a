// Whether two runs were to do the same: only then must their digests agree.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace chargemill::app {

/// Of two summaries, and of the scenarios in the run directories they are from. Workers, time-outs
/// of the stop and the journal's settings do not count: no digest depends on them. A directory
/// without its scenario is judged by its summary alone; a run that was stopped is like none.
[[nodiscard]] bool is_same_work(const nlohmann::json& a, const nlohmann::json& b,
                                const std::filesystem::path& run_a,
                                const std::filesystem::path& run_b);

}  // namespace chargemill::app
