#include "app/report/series.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "app/output/series_columns.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::app {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<double>;

/// Takes the text up to `end` off the front of `rest`.
std::string_view take(std::string_view& rest, char end) {
  const auto length = std::min(rest.find(end), rest.size());
  const auto taken = rest.substr(0, length);
  rest.remove_prefix(std::min(length + 1, rest.size()));
  return taken;
}

std::vector<std::string> header_names(std::string_view line) {
  std::vector<std::string> names;
  while (!line.empty()) names.emplace_back(take(line, ','));
  return names;
}

std::optional<Row> parse_row(std::string_view line, std::size_t columns) {
  Row row;
  row.reserve(columns);
  while (!line.empty()) {
    const auto field = take(line, ',');
    const char* const end = field.data() + field.size();
    double value = 0.0;
    const auto parsed = std::from_chars(field.data(), end, value);
    if (parsed.ec != std::errc{} || parsed.ptr != end || !std::isfinite(value)) return std::nullopt;
    row.push_back(value);
  }
  if (row.size() != columns) return std::nullopt;
  return row;
}

/// Whole numbers without a point: they are most of the page.
ordered_json short_number(double value) {
  constexpr double kExactMax = 9'007'199'254'740'992.0;  // 2^53
  if (std::abs(value) < kExactMax && std::trunc(value) == value)
    return static_cast<std::int64_t>(value);
  return value;
}

/// The rows to show, by index, rising.
std::vector<std::size_t> kept_rows(const std::vector<Row>& rows,
                                   const std::vector<std::size_t>& out, std::size_t points_max) {
  const auto out_of_service = [&](std::size_t row) {
    double sum = 0.0;
    for (const auto column : out) sum += rows[row][column];
    return sum;
  };
  std::vector<std::size_t> kept;
  if (rows.size() <= points_max) {
    for (std::size_t i = 0; i < rows.size(); ++i) kept.push_back(i);
    return kept;
  }
  kept.push_back(0);
  const std::size_t buckets = points_max - 2;
  const std::size_t between = rows.size() - 2;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    const std::size_t begin = 1 + bucket * between / buckets;
    const std::size_t end = 1 + (bucket + 1) * between / buckets;
    std::size_t worst = begin;
    for (std::size_t row = begin; row < end; ++row)
      if (out_of_service(row) > out_of_service(worst)) worst = row;
    kept.push_back(worst);
  }
  kept.push_back(rows.size() - 1);
  return kept;
}

}  // namespace

ordered_json thinned_series(std::string_view csv, std::size_t points_max) {
  CHARGEMILL_ASSERT(points_max >= 3);
  const auto names = header_names(take(csv, '\n'));
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (is_out_of_service(names[i])) out.push_back(i);
  }
  std::vector<Row> rows;
  while (!csv.empty()) {
    if (auto row = parse_row(take(csv, '\n'), names.size())) rows.push_back(std::move(*row));
  }
  const auto kept = kept_rows(rows, out, points_max);
  ordered_json columns = ordered_json::object();
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto& column = columns[names[i]] = ordered_json::array();
    const bool is_worst = is_of_interval(names[i]);
    std::size_t next = 0;  // after the row before
    for (const auto row : kept) {
      double value = rows[row][i];
      for (; is_worst && next <= row; ++next) value = std::max(value, rows[next][i]);
      column.push_back(short_number(value));
    }
  }
  return {{"rows", rows.size()}, {"columns", std::move(columns)}};
}

}  // namespace chargemill::app
