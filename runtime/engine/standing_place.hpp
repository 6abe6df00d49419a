// Where workers stand while something is changed that all of them read without a lock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace chargemill::runtime {

/// Workers call pass() between two activations; it costs them one relaxed load unless somebody asks
/// them to stand. Whoever asks holds the lock while they do, so all that was written before pass()
/// is seen by who asks, and all that is written meanwhile by the workers. Threads: workers, and one
/// that asks.
class StandingPlace {
 public:
  void pass() {
    // relaxed: a hint; what follows is ordered by the mutex. One that sees it late stands late.
    if (is_asked_.load(std::memory_order_relaxed)) stand();
  }
  /// Calls `wake` once workers are asked, then `f` as soon as all `workers` stand.
  template <class Wake, class F>
  void hold(unsigned workers, Wake wake, F f) {
    std::unique_lock<std::mutex> lock(mutex_);
    is_asked_.store(true, std::memory_order_relaxed);  // relaxed: see pass()
    wake();
    changed_.wait(lock, [&] { return standing_ == workers; });
    f();
    is_asked_.store(false, std::memory_order_relaxed);  // relaxed: likewise
    changed_.notify_all();
  }

 private:
  void stand() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++standing_;
    changed_.notify_all();
    // relaxed: the mutex orders it.
    changed_.wait(lock, [this] { return !is_asked_.load(std::memory_order_relaxed); });
    --standing_;
  }

  std::atomic<bool> is_asked_{false};  // written under mutex_
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned standing_ = 0;  // guarded by mutex_
};

}  // namespace chargemill::runtime
