// Who looks into a run's past for those outside: its journal, so that no door waits for a disk, or
// its memory.
#pragma once

#include <atomic>
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

  /// The pasts of other nodes, once they are wanted.
  using Others = std::function<std::vector<std::unique_ptr<archive::Past>>()>;

  /// Whether what this node begins is in its journal to the end, as long as it lives.
  enum class Shards : std::uint8_t { stay, may_move };

  /// `directory` of the journal; empty: there is none, but perhaps a `memory`, which outlives this.
  /// `others`: questions are of them as well; empty: there are none.
  explicit HistoryDesk(std::filesystem::path directory, Memory* memory = nullptr,
                       Others others = {}, Shards shards = Shards::stay);
  ~HistoryDesk();
  HistoryDesk(const HistoryDesk&) = delete;
  HistoryDesk& operator=(const HistoryDesk&) = delete;

  /// Whether anything can be asked.
  [[nodiscard]] bool has_past() const noexcept { return !directory_.empty() || memory_ != nullptr; }
  /// Questions are answered in order; those that wait at the end never. False: so many wait that
  /// it was not taken. Requires has_past().
  [[nodiscard]] bool ask(Question question);
  /// No further question is answered; what is under way may be.
  void begin_to_close();
  [[nodiscard]] bool is_closed() const noexcept;

 private:
  void run();
  [[nodiscard]] std::optional<Question> next();
  [[nodiscard]] bool await(std::unique_lock<std::mutex>& lock);
  void answer(const Question& question);
  [[nodiscard]] Result<std::unique_ptr<archive::Past>> open();

  const std::filesystem::path directory_;
  Memory* const memory_;
  const Others others_;
  const Shards shards_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Question> waiting_;         // guarded by mutex_
  bool is_over_ = false;                 // guarded by mutex_
  std::atomic<bool> has_ended_{false};   // written by the thread
  bool has_failed_ = false;              // the thread's: a question that past_ was asked
  std::unique_ptr<archive::Past> past_;  // the thread's
  std::thread thread_;
};

}  // namespace chargemill::app
