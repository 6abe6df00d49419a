// The series of a run that is under way, for whoever looks in later.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace chargemill::app {

/// Bounded, however long the run: once full, two rows become one, and from then on twice as many
/// are one. The row with the most charge points out of service stands for all of them, else the
/// newest, with the worst of their percentiles of an interval: a short outage and a slow second
/// remain to be seen. The first row stands for itself. Threads: any.
class KeptSeries {
 public:
  static constexpr std::size_t kRowsMax = 5'760;

  /// A line of timeseries.csv with its end.
  void add(std::string row);
  /// The rows kept, under kSeriesHeader.
  [[nodiscard]] std::string text() const;

 private:
  void halve();

  mutable std::mutex mutex_;
  std::vector<std::string> rows_;  // guarded by mutex_; likewise the next
  std::size_t stride_ = 1;         // so many rows are one
  std::size_t merged_ = 0;         // so many are the last one so far
};

}  // namespace chargemill::app
