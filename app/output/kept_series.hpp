// The series of a run that is under way, for whoever looks in later.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace chargemill::app {

/// Bounded, however long the run: once full, every second row goes and rows are taken half as
/// often. Threads: any.
class KeptSeries {
 public:
  static constexpr std::size_t kRowsMax = 5'760;

  /// A line of timeseries.csv with its end.
  void add(std::string row);
  /// The rows kept, under kSeriesHeader.
  [[nodiscard]] std::string text() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> rows_;  // guarded by mutex_; likewise the next
  std::size_t stride_ = 1;
  std::size_t offered_ = 0;
};

}  // namespace chargemill::app
