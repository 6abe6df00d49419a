// A thread for work that would hold up the sockets: reading a journal, writing large answers.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "app/api/world.hpp"

namespace chargemill::app::api {

/// Runs tasks one after the other: first what goes on with something that has begun, then what is
/// new, each in the order in which they came. So one whose request was taken is answered, however
/// many ask for more, and what was found for it does not lie about meanwhile.
class TaskThread {
 public:
  /// Called by any thread.
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// `name`: of the thread, at most 15 characters. `waiting_max`: a task beyond is not taken.
  TaskThread(
      const char* name, std::size_t waiting_max,
      Clock clock = [] { return std::chrono::steady_clock::now(); });
  ~TaskThread();
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  /// For what is new. Outlives the thread: a task that comes after close() is not taken. Any
  /// thread.
  [[nodiscard]] Post post() const;
  /// Likewise, of one who may take half of the room only: it is left to others then.
  [[nodiscard]] Post post_of_stranger() const;
  /// Likewise, for what goes on with something. Its room is its own: kBegunMax.
  [[nodiscard]] Post post_begun() const;
  static constexpr std::size_t kBegunMax = 16'384;
  /// How long it has been at one task; 0: it is at none. Any thread.
  [[nodiscard]] Nanos busy_for() const;
  /// Finishes the task under way, drops the others, and ends. May be repeated.
  void close();

 private:
  struct Queue {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Task> begun;  // guarded by mutex; likewise the next
    std::deque<Task> tasks;
    bool is_closed = false;
    std::optional<std::chrono::steady_clock::time_point> begun_at;  // of the task under way
    Clock clock;                                                    // set once
  };

  [[nodiscard]] Post post_below(std::size_t most) const;
  static bool put(Queue& queue, std::deque<Task>& into, std::size_t most, Task task);
  static void run(const char* name, Queue& queue);

  std::shared_ptr<Queue> queue_;
  const std::size_t waiting_max_;
  std::thread thread_;
};

}  // namespace chargemill::app::api
