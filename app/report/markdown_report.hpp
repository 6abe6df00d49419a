// A run for a pull request, a chat or a CI job's summary.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace chargemill::app {

/// Verdict, thresholds, counts and latencies as GitHub-flavoured Markdown; texts of the scenario
/// are escaped. Throws nlohmann::json::exception when `summary` lacks a key of the contract.
[[nodiscard]] std::string markdown_report(const nlohmann::ordered_json& summary);

}  // namespace chargemill::app
