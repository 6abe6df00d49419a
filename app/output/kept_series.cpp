#include "app/output/kept_series.hpp"

#include <utility>

#include "app/output/series_row.hpp"

namespace chargemill::app {

void KeptSeries::add(std::string row) {
  const std::lock_guard lock{mutex_};
  if (offered_++ % stride_ != 0) return;
  if (rows_.size() == kRowsMax) {
    // Row i came as number i * stride_, so those that stay fit the doubled stride, as does this
    // one.
    for (std::size_t i = 1; 2 * i < rows_.size(); ++i) rows_[i] = std::move(rows_[2 * i]);
    rows_.resize(rows_.size() / 2);
    stride_ *= 2;
  }
  rows_.push_back(std::move(row));
}

std::string KeptSeries::text() const {
  const std::lock_guard lock{mutex_};
  std::string text = kSeriesHeader;
  for (const auto& row : rows_) text += row;
  return text;
}

}  // namespace chargemill::app
