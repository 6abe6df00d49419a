// Who looks into a run's journal for those outside, so that no door waits for a disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "actors/archive/history.hpp"

namespace chargemill::app {

/// One thread, one reader. Threads: ask() from any.
class HistoryDesk {
 public:
  /// What is asked; its thread is this one's. The error: the journal cannot be read.
  using Question = std::function<void(Result<archive::History*>)>;
  static constexpr std::size_t kWaitingMax = 256;

  /// `directory` of the journal; empty: there is none.
  explicit HistoryDesk(std::filesystem::path directory);
  ~HistoryDesk();
  HistoryDesk(const HistoryDesk&) = delete;
  HistoryDesk& operator=(const HistoryDesk&) = delete;

  [[nodiscard]] bool has_journal() const noexcept { return !directory_.empty(); }
  /// Questions are answered in order; those that wait at the end never. False: so many wait that
  /// it was not taken. Requires a journal.
  [[nodiscard]] bool ask(Question question);

 private:
  void run();
  [[nodiscard]] std::optional<Question> next();
  void answer(const Question& question);

  const std::filesystem::path directory_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Question> waiting_;             // guarded by mutex_
  bool is_over_ = false;                     // guarded by mutex_
  std::optional<archive::History> history_;  // the thread's
  std::thread thread_;
};

}  // namespace chargemill::app
