// A run as one page: charts, tables, thresholds.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace chargemill::app {

/// A self-contained page: it asks for nothing from anywhere, and its content security policy
/// forbids it to. `timeseries_csv` is the file of that name; without usable rows the page has no
/// charts. All texts are escaped: a scenario may bear any name. Throws nlohmann::json::exception
/// when `summary` lacks a key of the contract.
[[nodiscard]] std::string html_report(const nlohmann::ordered_json& summary,
                                      const std::string& timeseries_csv);

}  // namespace chargemill::app
