// When a row of the series is written, and where to.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "app/output/kept_series.hpp"
#include "app/output/run_directory.hpp"
#include "app/output/series_row.hpp"

namespace chargemill::app {

/// A second of wall time between two rows of the series; in virtual time a row for every look.
class Rows {
 public:
  Rows(const RunDirectory* directory, std::shared_ptr<KeptSeries> kept, bool all)
      : directory_(directory), kept_(std::move(kept)), all_(all) {}
  void add(const network::Snapshot& snapshot) {
    if (snapshot.wall < next_ && !all_) return;
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
  const bool all_;
  Nanos next_{0};
};

}  // namespace chargemill::app
