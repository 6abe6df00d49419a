#include "app/sessions/session_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "app/sessions/civil_time.hpp"
#include "app/sessions/csv_row.hpp"

namespace chargemill::app {
namespace {

/// No vehicle takes a hundredth of it; beyond, integer millijoules would overflow.
constexpr double kKwhMax = 1e5;

struct Row {
  std::int64_t start_unix_s = 0;
  std::int64_t end_unix_s = 0;
  Energy energy{};
  std::string station;
  std::size_t line = 0;
};

struct Indices {
  std::size_t start, end, energy, station;
};

/// All that is wrong with a file, in one pass.
class Complaints {
 public:
  explicit Complaints(std::string_view name) : name_(name) {}

  /// About `field` of line number `line`, which is `row`; null: it ends before.
  void add(std::size_t line, std::string_view row, const CsvField* field, std::string why,
           std::string sought = {}) {
    if (refused_.mistakes.size() == kErrorsNamed) {
      ++refused_.unnamed;
      return;
    }
    const std::size_t begin = field == nullptr ? row.size() : field->begin;
    const std::size_t end = field == nullptr ? row.size() : field->end;
    const std::size_t column = characters_in(row.substr(0, begin)) + 1;
    const auto width = std::max<std::size_t>(1, characters_in(row.substr(begin, end - begin)));
    refused_.text +=
        fmt::format("{}{}:{}:{}: {}", refused_.text.empty() ? "" : "\n", name_, line, column, why);
    refused_.mistakes.push_back(
        {line, column, width, std::string{row}, std::move(why), std::move(sought)});
  }
  [[nodiscard]] bool empty() const { return refused_.mistakes.empty(); }
  [[nodiscard]] tl::unexpected<SessionsRefused> refuse(std::vector<std::string> header) {
    refused_.kind = ErrorKind::invalid_input;
    refused_.header = std::move(header);
    if (refused_.unnamed > 0) refused_.text += fmt::format("\n... and {} more", refused_.unnamed);
    return tl::unexpected<SessionsRefused>(std::move(refused_));
  }

 private:
  // UTF-8: bytes that go on with a character are not counted.
  static std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
  }

  std::string_view name_;
  SessionsRefused refused_;
};

std::optional<std::string_view> next_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::vector<std::string> texts_of(const std::vector<CsvField>& fields) {
  std::vector<std::string> texts;
  texts.reserve(fields.size());
  for (const auto& field : fields) texts.push_back(field.text);
  return texts;
}

Indices find_columns(std::string_view line, const std::vector<std::string>& header,
                     const ColumnMap& columns, Complaints& complaints) {
  const CsvField whole{{}, 0, line.size()};
  const auto find = [&](const std::string& wanted) -> std::size_t {
    const auto it = std::find(header.begin(), header.end(), wanted);
    if (it != header.end()) return static_cast<std::size_t>(it - header.begin());
    complaints.add(1, line, &whole,
                   fmt::format("no column '{}'; there are: {}", wanted, fmt::join(header, ", ")),
                   wanted);
    return 0;
  };
  if (!columns.user.empty()) static_cast<void>(find(columns.user));
  return {find(columns.start), find(columns.end), find(columns.energy), find(columns.station)};
}

std::optional<Energy> parse_kwh(const std::string& text) {
  double kwh = 0.0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, kwh);
  if (error != std::errc{} || end != last || !(kwh >= 0.0) || kwh > kKwhMax) return std::nullopt;
  return Energy{std::llround(kwh * static_cast<double>(kMillijoulesPerKwh))};
}

/// One line of the file, whose fields are sought by column.
struct Line {
  std::size_t number = 0;
  std::string_view text;
  std::vector<CsvField> fields;

  /// Null: it ends before.
  [[nodiscard]] const CsvField* at(std::size_t index) const {
    return index < fields.size() ? &fields[index] : nullptr;
  }
};

/// `NA` and an empty field are the data sets' words for unknown.
bool is_known(const CsvField* field) {
  return field != nullptr && !field->text.empty() && field->text != "NA";
}

std::optional<Row> parse_row(const Line& line, const Indices& at, const ColumnMap& columns,
                             Complaints& complaints) {
  bool good = true;
  const auto complain = [&](std::size_t index, std::string why) {
    complaints.add(line.number, line.text, line.at(index), std::move(why));
    good = false;
  };
  const auto field = [&](std::size_t index, const std::string& column) -> std::string {
    if (is_known(line.at(index))) return line.at(index)->text;
    complain(index, fmt::format("no value for '{}'", column));
    return {};
  };
  const auto stamp = [&](std::size_t index, const std::string& column) -> std::int64_t {
    const std::string text = field(index, column);
    const auto value = parse_stamp(text);
    if (!value.has_value() && !text.empty())
      complain(index, fmt::format("'{}' is no time for '{}' (YYYY-MM-DD HH:MM:SS)", text, column));
    return value.value_or(0);
  };
  Row row;
  row.line = line.number;
  row.start_unix_s = stamp(at.start, columns.start);
  row.end_unix_s = stamp(at.end, columns.end);
  row.station = field(at.station, columns.station);
  const std::string kwh = field(at.energy, columns.energy);
  const auto energy = parse_kwh(kwh);
  if (!energy.has_value() && !kwh.empty())
    complain(at.energy, fmt::format("'{}' is no energy in kWh for '{}'", kwh, columns.energy));
  if (good && row.end_unix_s < row.start_unix_s)
    complain(at.end, "the session ends before it starts");
  if (!good) return std::nullopt;
  row.energy = *energy;
  return row;
}

/// One vehicle at a time: who comes too early waits until the one before has left.
SessionTable to_table(std::vector<Row> rows, std::string_view name) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.start_unix_s < b.start_unix_s; });
  SessionTable table;
  table.first_unix_s = rows.front().start_unix_s;
  std::unordered_map<std::string, std::int64_t> free_from;
  for (Row& row : rows) {
    const std::int64_t stay_s = row.end_unix_s - row.start_unix_s;
    const auto [it, is_new] = free_from.try_emplace(row.station, row.start_unix_s);
    if (!is_new && it->second > row.start_unix_s) {
      row.start_unix_s = it->second;
      ++table.delayed;
    }
    it->second = row.start_unix_s + stay_s;
    table.sessions.push_back({SimTime{std::chrono::seconds{row.start_unix_s - table.first_unix_s}},
                              std::chrono::seconds{stay_s}, row.energy, std::move(row.station)});
  }
  table.stations = free_from.size();
  std::stable_sort(table.sessions.begin(), table.sessions.end(),
                   [](const auto& a, const auto& b) { return a.start < b.start; });
  if (table.delayed > 0) {
    table.note = fmt::format(
        "{}: {} of {} sessions began before the one before at the same station had ended; each is "
        "delayed until then",
        name, table.delayed, table.sessions.size());
  }
  return table;
}

}  // namespace

tl::expected<SessionTable, SessionsRefused> parse_sessions(std::string_view text,
                                                           const ColumnMap& columns,
                                                           std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  Complaints complaints(name);
  const auto first = next_line(text);
  if (!first.has_value()) {
    complaints.add(1, {}, nullptr, "the file is empty");
    return complaints.refuse({});
  }
  auto header = texts_of(split_csv_row(*first));
  const Indices at = find_columns(*first, header, columns, complaints);
  if (!complaints.empty()) return complaints.refuse(std::move(header));
  std::vector<Row> rows;
  std::size_t number = 1;
  while (const auto line = next_line(text)) {
    ++number;
    if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
    auto row = parse_row({number, *line, split_csv_row(*line)}, at, columns, complaints);
    if (row.has_value()) rows.push_back(std::move(*row));
  }
  if (complaints.empty() && rows.empty()) complaints.add(number, {}, nullptr, "no session");
  if (!complaints.empty()) return complaints.refuse(std::move(header));
  return to_table(std::move(rows), name);
}

tl::expected<SessionTable, SessionsRefused> read_session_table(const std::filesystem::path& path,
                                                               const ColumnMap& columns) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) {
    SessionsRefused refused;
    refused.kind = ErrorKind::invalid_input;
    refused.text = fmt::format("{}: cannot be read", path.string());
    return tl::unexpected<SessionsRefused>(std::move(refused));
  }
  return parse_sessions(text.str(), columns, path.string());
}

tl::expected<std::vector<network::ReplaySession>, SessionsRefused> read_sessions(
    const std::filesystem::path& path, const ColumnMap& columns) {
  return read_session_table(path, columns).map([](SessionTable&& table) {
    return std::move(table.sessions);
  });
}

}  // namespace chargemill::app
