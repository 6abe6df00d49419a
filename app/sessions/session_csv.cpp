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
  void add(std::size_t line, const std::string& why) {
    if (++count_ <= kErrorsNamed) text_ += fmt::format("{}:{}: {}\n", name_, line, why);
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::string text() const {
    std::string text = text_;
    if (count_ > kErrorsNamed) text += fmt::format("... and {} more\n", count_ - kErrorsNamed);
    if (!text.empty()) text.pop_back();
    return text;
  }

 private:
  std::string_view name_;
  std::string text_;
  std::size_t count_ = 0;
};

std::optional<std::string_view> next_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

Indices find_columns(const std::vector<std::string>& header, const ColumnMap& columns,
                     Complaints& complaints) {
  const auto find = [&](const std::string& wanted) -> std::size_t {
    const auto it = std::find(header.begin(), header.end(), wanted);
    if (it != header.end()) return static_cast<std::size_t>(it - header.begin());
    complaints.add(1,
                   fmt::format("no column '{}'; there are: {}", wanted, fmt::join(header, ", ")));
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

/// `NA` and an empty field are the data sets' words for unknown.
const std::string* known(const std::vector<std::string>& fields, std::size_t index) {
  if (index >= fields.size() || fields[index].empty() || fields[index] == "NA") return nullptr;
  return &fields[index];
}

std::optional<Row> parse_row(const std::vector<std::string>& fields, const Indices& at,
                             const ColumnMap& columns, std::size_t line, Complaints& complaints) {
  bool good = true;
  const auto field = [&](std::size_t index, const std::string& column) -> std::string {
    if (const std::string* text = known(fields, index)) return *text;
    complaints.add(line, fmt::format("no value for '{}'", column));
    good = false;
    return {};
  };
  const auto stamp = [&](std::size_t index, const std::string& column) -> std::int64_t {
    const std::string text = field(index, column);
    const auto value = parse_stamp(text);
    if (!value.has_value() && !text.empty()) {
      complaints.add(line,
                     fmt::format("'{}' is no time for '{}' (YYYY-MM-DD HH:MM:SS)", text, column));
    }
    good = good && value.has_value();
    return value.value_or(0);
  };
  Row row;
  row.line = line;
  row.start_unix_s = stamp(at.start, columns.start);
  row.end_unix_s = stamp(at.end, columns.end);
  row.station = field(at.station, columns.station);
  const std::string kwh = field(at.energy, columns.energy);
  const auto energy = parse_kwh(kwh);
  if (!energy.has_value() && !kwh.empty()) {
    complaints.add(line, fmt::format("'{}' is no energy in kWh for '{}'", kwh, columns.energy));
  }
  if (!good || !energy.has_value()) return std::nullopt;
  row.energy = *energy;
  if (row.end_unix_s < row.start_unix_s) {
    complaints.add(line, "the session ends before it starts");
    return std::nullopt;
  }
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

Result<SessionTable> parse_sessions(std::string_view text, const ColumnMap& columns,
                                    std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  Complaints complaints(name);
  const auto header = next_line(text);
  if (!header.has_value()) {
    return failure(ErrorKind::invalid_input, fmt::format("{}:1: the file is empty", name));
  }
  const Indices at = find_columns(split_csv_row(*header), columns, complaints);
  if (!complaints.empty()) return failure(ErrorKind::invalid_input, complaints.text());
  std::vector<Row> rows;
  std::size_t number = 1;
  while (const auto line = next_line(text)) {
    ++number;
    if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
    auto row = parse_row(split_csv_row(*line), at, columns, number, complaints);
    if (row.has_value()) rows.push_back(std::move(*row));
  }
  if (complaints.empty() && rows.empty()) complaints.add(number, "no session");
  if (!complaints.empty()) return failure(ErrorKind::invalid_input, complaints.text());
  return to_table(std::move(rows), name);
}

Result<SessionTable> read_session_table(const std::filesystem::path& path,
                                        const ColumnMap& columns) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) {
    return failure(ErrorKind::invalid_input, fmt::format("{}: cannot be read", path.string()));
  }
  return parse_sessions(text.str(), columns, path.string());
}

Result<std::vector<network::ReplaySession>> read_sessions(const std::filesystem::path& path,
                                                          const ColumnMap& columns) {
  return read_session_table(path, columns).map([](SessionTable&& table) {
    return std::move(table.sessions);
  });
}

}  // namespace chargemill::app
