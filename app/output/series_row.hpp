// timeseries.csv, line by line.
#pragma once

#include <string>

#include "actors/network/outcome.hpp"

namespace chargemill::app {

/// The names of the columns, with the line end.
extern const char* const kSeriesHeader;

/// Percentiles of an interval count what was measured since the row before, 0 if nothing was.
class SeriesRows {
 public:
  /// The line of `snapshot`, with the line end.
  [[nodiscard]] std::string next(const network::Snapshot& snapshot);

 private:
  network::Latencies before_;  // as of the row before
};

}  // namespace chargemill::app
