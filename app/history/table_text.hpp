// Rows as people, programs and spreadsheets read them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace chargemill::app {

/// Cells are JSON values: numbers, texts, flags, null.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<nlohmann::ordered_json>> rows;
  bool is_single = false;  ///< one row, which is an object by itself
};

/// `format`: table, json or csv; each ends with a line feed.
[[nodiscard]] std::string table_text(const Table& table, const std::string& format);

}  // namespace chargemill::app
