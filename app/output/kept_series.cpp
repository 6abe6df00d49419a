#include "app/output/kept_series.hpp"

#include <charconv>
#include <string_view>
#include <utility>

#include "app/output/series_columns.hpp"
#include "app/output/series_row.hpp"

namespace chargemill::app {
namespace {

/// The fields of a line, without its end.
std::vector<std::string_view> fields_of(std::string_view line) {
  line = line.substr(0, line.find('\n'));
  std::vector<std::string_view> fields;
  for (;;) {
    const auto comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

double number_of(std::string_view field) noexcept {
  double number = 0.0;
  (void)std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

/// What stands for both, which follow each other.
std::string merged(const std::string& before, const std::string& after) {
  static const auto columns = fields_of(kSeriesHeader);
  const auto older = fields_of(before);
  const auto newer = fields_of(after);
  if (older.size() != newer.size() || newer.size() > columns.size()) return after;
  double more = 0.0;  // out of service, before than after
  for (std::size_t i = 0; i < newer.size(); ++i) {
    if (is_out_of_service(columns[i])) more += number_of(older[i]) - number_of(newer[i]);
  }
  const auto& stands = more > 0.0 ? older : newer;
  const auto& other = more > 0.0 ? newer : older;
  std::string row;
  for (std::size_t i = 0; i < stands.size(); ++i) {
    const bool is_worse = is_of_interval(columns[i]) && number_of(other[i]) > number_of(stands[i]);
    if (i > 0) row += ',';
    row += is_worse ? other[i] : stands[i];
  }
  return row += '\n';
}

}  // namespace

void KeptSeries::add(std::string row) {
  const std::lock_guard lock{mutex_};
  if (rows_.size() == kRowsMax && merged_ == stride_) halve();
  if (rows_.empty() || merged_ == stride_) {
    rows_.push_back(std::move(row));
    // The first, which is all there is of the beginning, stands for itself.
    merged_ = rows_.size() == 1 ? stride_ : 1;
    return;
  }
  rows_.back() = merged(rows_.back(), row);
  ++merged_;
}

void KeptSeries::halve() {
  static_assert(kRowsMax % 2 == 0, "the first aside, two by two, one is left over");
  std::size_t kept = 1;
  for (std::size_t i = 1; i + 1 < rows_.size(); i += 2)
    rows_[kept++] = merged(rows_[i], rows_[i + 1]);
  rows_[kept++] = std::move(rows_.back());
  rows_.resize(kept);
  merged_ = stride_;
  stride_ *= 2;
}

std::string KeptSeries::text() const {
  const std::lock_guard lock{mutex_};
  std::string text = kSeriesHeader;
  for (const auto& row : rows_) text += row;
  return text;
}

}  // namespace chargemill::app
