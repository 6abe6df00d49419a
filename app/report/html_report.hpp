// A run as one page: the parts of the dashboard, frozen, and tables.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace chargemill::app {

/// A self-contained page: it asks for nothing from anywhere, and its content security policy
/// forbids it to. `timeseries_csv` is the file of that name; without usable rows the charts are
/// empty. `end`: how things stood at the end, for map and feed: `start` of model time, `layout` (as
/// /api/v1/layout), `states` (a keyframe, base64), `faults`, `requests`, `messages`, `log`, `keys`,
/// `nodes` (as /api/v1 has them), `past` (of single charge points, app/commands/kept_past.hpp), all
/// but the first two only if they are known; null: nobody kept it. All texts are escaped: a
/// scenario may bear any name. Throws nlohmann::json::exception when `summary` lacks a key of the
/// contract.
[[nodiscard]] std::string html_report(const nlohmann::ordered_json& summary,
                                      const std::string& timeseries_csv,
                                      const nlohmann::ordered_json& end = nullptr);

}  // namespace chargemill::app
