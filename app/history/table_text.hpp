// Rows as people, programs and spreadsheets read them.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace chargemill::app {

/// JSON values: numbers, texts, flags, null.
using Cells = std::vector<nlohmann::ordered_json>;

struct Table {
  std::vector<std::string> columns;
  std::vector<Cells> rows;
  bool is_single = false;  ///< one row, which is an object by itself
};

/// A table whose rows are made when they are printed: as cells a row takes a kilobyte.
struct RowSource {
  std::vector<std::string> columns;
  std::size_t count = 0;
  std::function<Cells(std::size_t)> cells;  ///< of row i, from 0; asked twice for a text table
  bool is_single = false;
};

/// Takes a piece of a text; false: nobody reads on.
using Put = std::function<bool(std::string_view)>;

/// Who reads a text. A terminal obeys some characters: names from outside have them no more.
enum class Audience : std::uint8_t { program, terminal };

/// `format`: table, json or csv; each ends with a line feed. A table is always for a terminal. No
/// more than one row is made into cells and text at a time, and none any more once `put` declines.
void print_rows(const RowSource& rows, const std::string& format, const Put& put,
                Audience audience = Audience::program);

[[nodiscard]] std::string table_text(const Table& table, const std::string& format,
                                     Audience audience = Audience::program);

}  // namespace chargemill::app
