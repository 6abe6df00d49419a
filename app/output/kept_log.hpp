// The newest lines of a run's log, for whoever looks in while it goes on.
#pragma once

#include <deque>
#include <mutex>
#include <string>

namespace chargemill::app {

/// Bounded, however much is logged: the oldest line goes for the newest. Threads: any.
class KeptLog {
 public:
  static constexpr std::size_t kLinesMax = 1'000;

  /// A line of log.ndjson, with or without its end.
  void add(std::string line);
  /// `{"lines":[...],"dropped":n}`, newest first; `dropped`: how many lines came before these.
  [[nodiscard]] std::string json() const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> lines_;  // guarded by mutex_; likewise the next
  std::size_t dropped_ = 0;
};

}  // namespace chargemill::app
