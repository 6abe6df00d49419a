// A program with a stack of its own that runs only while whoever drives it waits.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace chargemill::test {

/// Two that take turns, so that what comes of them depends on their own words alone: programs that
/// wait in the midst of things play in a simulation as they are. A thread of its own, of which
/// nobody notices anything.
class Strand {
 public:
  /// Thrown by wait() when nobody will let it go on.
  struct Ended {};

  explicit Strand(std::function<void()> program)
      : program_(std::move(program)), thread_([this] { run(); }) {}
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;
  ~Strand() {
    end();
    thread_.join();
  }

  /// Lets it run until it waits, or is over.
  void go_on() {
    std::unique_lock lock{mutex_};
    if (is_over_) return;
    is_inside_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_inside_; });
  }
  /// Wherever it waits, it goes no further: as if it had been killed, but that it gives back what
  /// it has.
  void end() {
    {
      const std::lock_guard lock{mutex_};
      is_ended_ = true;
    }
    while (!is_over()) go_on();
  }
  [[nodiscard]] bool is_over() {
    const std::lock_guard lock{mutex_};
    return is_over_;
  }
  /// Of the program: until somebody lets it go on.
  void wait() {
    std::unique_lock lock{mutex_};
    if (!is_ended_) {
      is_inside_ = false;
      changed_.notify_all();
      changed_.wait(lock, [this] { return is_inside_; });
    }
    if (is_ended_ && std::uncaught_exceptions() == 0) throw Ended{};
  }

 private:
  void run() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_inside_; });
    const bool is_wanted = !is_ended_;
    lock.unlock();
    try {
      if (is_wanted) program_();
    } catch (const Ended&) {  // as wanted
    }
    lock.lock();
    is_over_ = true;
    is_inside_ = false;
    changed_.notify_all();
  }

  const std::function<void()> program_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_inside_ = false;  // guarded by mutex_, as the others: the program runs
  bool is_ended_ = false;
  bool is_over_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace chargemill::test
