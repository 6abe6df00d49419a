#include "app/commands/kept_past.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "app/history/history_rows.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

// As many as the drawer asks for (page/drawer.js).
constexpr std::uint64_t kRows = 100;
constexpr std::uint64_t kReadings = 500;
/// The name of the point says them, or another column.
constexpr std::array<const char*, 3> kImplied{"cp_id", "zone", "created_at"};

bool is_implied(const std::string& column) {
  return std::find(kImplied.begin(), kImplied.end(), column) != kImplied.end();
}

ordered_json columns_of(const Table& table) {
  auto columns = ordered_json::array();
  for (const auto& column : table.columns)
    if (!is_implied(column)) columns.push_back(column);
  return columns;
}

ordered_json rows_of(const Table& table) {
  auto rows = ordered_json::array();
  for (const auto& row : table.rows) {
    auto cells = ordered_json::array();
    for (std::size_t i = 0; i < row.size(); ++i)
      if (!is_implied(table.columns[i])) cells.push_back(row[i]);
    rows.push_back(std::move(cells));
  }
  return rows;
}

using Tables = std::array<std::pair<const char*, Table>, 4>;

/// Nothing: it cannot be read.
std::optional<Tables> tables_of(archive::Past& past, const std::string& name) {
  archive::Filter filter;
  filter.point = name;
  filter.limit = kRows;
  const auto health = past.health(filter);
  const auto sessions = past.sessions(filter);
  const auto faults = past.faults(filter);
  filter.limit = kReadings;
  const auto meter = past.meter(filter);
  if (!health || !sessions || !faults || !meter) return std::nullopt;
  return Tables{{{"health", to_table(*health)},
                 {"sessions", to_table(*sessions)},
                 {"faults", to_table(*faults)},
                 {"meter", to_table(*meter)}}};
}

}  // namespace

ordered_json kept_past(archive::Past& past, const std::vector<std::string>& names,
                       const KeptPastLimits& limits) {
  auto columns = ordered_json::object();
  auto points = ordered_json::object();
  std::size_t bytes = 0;
  for (const auto& name : names) {
    if (points.size() >= limits.points) break;
    const auto tables = tables_of(past, name);
    if (!tables) break;
    auto one = ordered_json::object();
    for (const auto& [kind, table] : *tables) {
      columns[kind] = columns_of(table);
      one[kind] = rows_of(table);
    }
    bytes += one.dump(-1, ' ', false, ordered_json::error_handler_t::replace).size();
    if (bytes > limits.plain_bytes) break;
    points[name] = std::move(one);
  }
  return {{"columns", std::move(columns)}, {"points", std::move(points)}};
}

}  // namespace chargemill::app
