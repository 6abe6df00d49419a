#include "app/history/table_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "actors/characters.hpp"

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

/// One who prints text from outside must not let it move the cursor, nor hide what is there. A byte
/// that is no character may be a control character where the terminal does not speak UTF-8.
std::string printable(std::string text) {
  for (std::size_t i = 0, bytes = 0; i < text.size(); i += bytes) {
    const auto one = first_character(std::string_view{text}.substr(i));
    bytes = one ? one->bytes : 1;
    if (!one || is_control(one->code) || is_invisible(one->code))
      text.replace(i, bytes, bytes, ' ');
  }
  return text;
}

/// A part of a unit is told to the thousandth: whoever needs all digits asks for JSON or CSV.
std::string table_cell(const ordered_json& cell) {
  if (cell.is_number_float()) return fmt::format("{:.3f}", cell.get<double>());
  return printable(plain(cell, "-"));
}

void print_table(const RowSource& rows, const Put& put) {
  const auto columns = rows.columns.size();
  std::vector<std::size_t> widths;
  for (const auto& column : rows.columns) widths.push_back(width_of(column));
  const auto texts_of = [&](std::size_t i) {
    std::vector<std::string> texts;
    for (const auto& cell : rows.cells(i)) texts.push_back(table_cell(cell));
    texts.resize(columns);
    return texts;
  };
  for (std::size_t i = 0; i < rows.count; ++i) {
    const auto texts = texts_of(i);
    for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], width_of(texts[c]));
  }
  const auto put_line = [&](const std::vector<std::string>& texts) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c)
      line += texts[c] + std::string(widths[c] - width_of(texts[c]) + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    return put(line + "\n");
  };
  bool goes_on = put_line(rows.columns);
  for (std::size_t i = 0; goes_on && i < rows.count; ++i) goes_on = put_line(texts_of(i));
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string{"\"\""} : std::string{c};
  return out + "\"";
}

/// JSON, whose own characters are none of those. Each is one of four digits, or two: beyond U+FFFF
/// it is a surrogate pair (RFC 8259, 7).
std::string escaped(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0, bytes = 0; i < json.size(); i += bytes) {
    const auto one = first_character(std::string_view{json}.substr(i));
    bytes = one ? one->bytes : 1;
    const bool is_obeyed =
        one && json[i] != '\n' && (is_control(one->code) || is_invisible(one->code));
    const auto code = one ? static_cast<std::uint32_t>(one->code) : 0;
    if (!is_obeyed)
      out.append(json, i, bytes);
    else if (code > 0xFFFF)
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0 + (code >> 10U), 0xDC00 + (code & 0x3FFU));
    else
      out += fmt::format("\\u{:04x}", code);
  }
  return out;
}

/// Names come from scenarios and from whoever joins: one that a spreadsheet would take for a
/// formula stands behind an apostrophe and is a text (OWASP, CSV injection). What is no text is as
/// it is.
std::string csv_cell(const ordered_json& cell, Audience audience) {
  // The last four are full-width forms of the first.
  static constexpr std::string_view kFormulas[] = {
      "=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  std::string text = plain(cell, "");
  const bool is_formula =
      cell.is_string() &&
      std::any_of(std::begin(kFormulas), std::end(kFormulas), [&text](std::string_view begin) {
        return std::string_view{text}.substr(0, begin.size()) == begin;
      });
  if (is_formula) text.insert(0, 1, '\'');
  return audience == Audience::terminal ? printable(std::move(text)) : text;
}

void print_csv(const RowSource& rows, const Put& put, Audience audience) {
  const auto put_line = [&](const std::vector<std::string>& fields) {
    std::string line;
    for (std::size_t c = 0; c < fields.size(); ++c) line += (c == 0 ? "" : ",") + quoted(fields[c]);
    return put(line + "\n");
  };
  bool goes_on = put_line(rows.columns);
  for (std::size_t i = 0; goes_on && i < rows.count; ++i) {
    std::vector<std::string> fields;
    for (const auto& cell : rows.cells(i)) fields.push_back(csv_cell(cell, audience));
    goes_on = put_line(fields);
  }
}

/// One that stands by itself, or in a list, then further in.
std::string object_text(const RowSource& rows, std::size_t i, bool is_in_list) {
  const Cells cells = rows.cells(i);
  ordered_json one;
  for (std::size_t c = 0; c < cells.size(); ++c) one[rows.columns[c]] = cells[c];
  // Names come from scenarios, which may hold any bytes.
  std::string text = one.dump(2, ' ', false, ordered_json::error_handler_t::replace);
  if (!is_in_list) return text;
  std::string further = "  ";
  for (const char c : text) {  // a line feed within a text is written as \n
    further += c;
    if (c == '\n') further += "  ";
  }
  return further;
}

void print_json(const RowSource& rows, const Put& put, Audience audience) {
  const auto text_of = [&](std::size_t i, bool is_in_list) {
    auto text = object_text(rows, i, is_in_list);
    return audience == Audience::terminal ? escaped(text) : text;
  };
  if (rows.is_single && rows.count == 1) {
    (void)put(text_of(0, false) + "\n");
    return;
  }
  if (rows.count == 0) {
    (void)put("[]\n");
    return;
  }
  bool goes_on = put("[\n");
  for (std::size_t i = 0; goes_on && i < rows.count; ++i)
    goes_on = put(text_of(i, true) + (i + 1 < rows.count ? ",\n" : "\n]\n"));
}

}  // namespace

void print_rows(const RowSource& rows, const std::string& format, const Put& put,
                Audience audience) {
  if (format == "json") return print_json(rows, put, audience);
  if (format == "csv") return print_csv(rows, put, audience);
  print_table(rows, put);
}

std::string table_text(const Table& table, const std::string& format, Audience audience) {
  std::string text;
  print_rows(
      {table.columns, table.rows.size(), [&table](std::size_t i) { return table.rows[i]; },
       table.is_single},
      format,
      [&text](std::string_view piece) {
        text += piece;
        return true;
      },
      audience);
  return text;
}

}  // namespace chargemill::app
