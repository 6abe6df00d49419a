// Who looks into a run's past for those outside: its journal, so that no door waits for a disk, or
// its memory.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "actors/archive/past.hpp"
#include "actors/shell/memory.hpp"

namespace chargemill::app {

/// One thread, one reader. Threads: ask() from any.
class HistoryDesk {
 public:
  /// What is asked; its thread is this one's. The error: the journal cannot be read.
  using Question = std::function<void(Result<archive::Past*>)>;
  static constexpr std::size_t kWaitingMax = 256;

  /// What waits in a memory's queues is taken over so often.
  static constexpr Millis kTakeOverEvery{20};

  /// `journals`, one a node; empty: there are none, but perhaps a `memory`, which outlives this.
  explicit HistoryDesk(std::vector<std::filesystem::path> journals, Memory* memory = nullptr);
  ~HistoryDesk();
  HistoryDesk(const HistoryDesk&) = delete;
  HistoryDesk& operator=(const HistoryDesk&) = delete;

  /// Whether anything can be asked.
  [[nodiscard]] bool has_past() const noexcept { return !journals_.empty() || memory_ != nullptr; }
  /// Questions are answered in order; those that wait at the end never. False: so many wait that
  /// it was not taken. Requires has_past().
  [[nodiscard]] bool ask(Question question);

 private:
  void run();
  [[nodiscard]] std::optional<Question> next();
  [[nodiscard]] bool await(std::unique_lock<std::mutex>& lock);
  void answer(const Question& question);

  const std::vector<std::filesystem::path> journals_;
  Memory* const memory_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Question> waiting_;            // guarded by mutex_
  bool is_over_ = false;                    // guarded by mutex_
  std::unique_ptr<archive::Past> history_;  // the thread's
  std::thread thread_;
};

}  // namespace chargemill::app
