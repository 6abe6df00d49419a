// When a row of the series is written, and where to.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "app/output/kept_series.hpp"
#include "app/output/run_directory.hpp"
#include "app/output/series_row.hpp"
#include "app/simulation/simulation.hpp"

namespace chargemill::app {

/// A second of wall time between two rows of the series; in virtual time when it stands still for
/// one.
class Rows {
 public:
  Rows(const RunDirectory* directory, std::shared_ptr<KeptSeries> kept, bool is_virtual)
      : directory_(directory), kept_(std::move(kept)), is_virtual_(is_virtual) {}
  void add(const network::Snapshot& snapshot, LookKind kind) {
    if (is_virtual_ ? kind != LookKind::row : snapshot.wall < next_) return;
    add_last(snapshot);
    next_ += std::chrono::seconds{1};
  }
  /// Whatever the time is.
  void add_last(const network::Snapshot& snapshot) {
    const std::string row = rows_.next(snapshot);
    if (directory_ != nullptr) directory_->append(row);
    kept_->add(row);
  }

 private:
  const RunDirectory* const directory_;
  const std::shared_ptr<KeptSeries> kept_;
  SeriesRows rows_;
  const bool is_virtual_;
  Nanos next_{0};
};

}  // namespace chargemill::app
