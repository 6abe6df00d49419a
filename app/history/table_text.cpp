#include "app/history/table_text.hpp"

#include <algorithm>

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;

/// Without quotes; what is not there is `nothing`.
std::string plain(const ordered_json& cell, const char* nothing) {
  if (cell.is_null()) return nothing;
  return cell.is_string() ? cell.get<std::string>() : cell.dump();
}

/// Characters, not bytes: UTF-8 continuation bytes take no place.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// One who prints text from outside must not let it move the cursor.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

std::string as_table(const Table& table) {
  std::vector<std::vector<std::string>> lines{table.columns};
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (const auto& cell : row) line.push_back(printable(plain(cell, "-")));
  }
  std::vector<std::size_t> widths(table.columns.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i)
      row += line[i] + std::string(widths[i] - width_of(line[i]) + 2, ' ');
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string{"\"\""} : std::string{c};
  return out + "\"";
}

std::string as_csv(const Table& table) {
  std::string text;
  const auto add = [&](std::size_t i, const std::string& field) {
    text += (i == 0 ? "" : ",") + quoted(field);
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) add(i, table.columns[i]);
  text += "\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) add(i, plain(row[i], ""));
    text += "\n";
  }
  return text;
}

std::string as_json(const Table& table) {
  ordered_json all = ordered_json::array();
  for (const auto& row : table.rows) {
    ordered_json one;
    for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = row[i];
    all.push_back(std::move(one));
  }
  const auto& shown = table.is_single && all.size() == 1 ? all.front() : all;
  // Names come from scenarios, which may hold any bytes.
  return shown.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string table_text(const Table& table, const std::string& format) {
  if (format == "json") return as_json(table);
  return format == "csv" ? as_csv(table) : as_table(table);
}

}  // namespace chargemill::app
