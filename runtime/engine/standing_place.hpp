// Where workers stand while something is changed that all of them read without a lock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace chargemill::runtime {

/// Workers call pass() between two activations; it costs them one relaxed load unless somebody asks
/// them to stand. Whoever asks holds the lock while they do, so all that was written before pass()
/// is seen by who asks, and all that is written meanwhile by the workers. It may also be closed for
/// a while: who comes then stands, and is held all the same. Threads: workers, one that asks, and
/// any that closes.
class StandingPlace {
 public:
  void pass() {
    // relaxed: a hint; what follows is ordered by the mutex. One that sees it late stands late.
    if (reasons_.load(std::memory_order_relaxed) != 0) stand();
  }
  /// Calls `wake` once workers are asked, then `f` as soon as all `workers` stand.
  template <class Wake, class F>
  void hold(unsigned workers, Wake wake, F f) {
    std::unique_lock<std::mutex> lock(mutex_);
    reasons_.fetch_add(1, std::memory_order_relaxed);  // relaxed: see pass()
    wake();
    changed_.wait(lock, [&] { return standing_ == workers; });
    f();
    reasons_.fetch_sub(1, std::memory_order_relaxed);  // relaxed: likewise
    changed_.notify_all();
  }
  void close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    reasons_.fetch_add(1, std::memory_order_relaxed);  // relaxed: see pass()
  }
  /// Takes one close() back, inside hold().
  void open() noexcept { reasons_.fetch_sub(1, std::memory_order_relaxed); }  // relaxed: likewise
  /// Nobody stands any more.
  void open_for_good() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }

 private:
  void stand() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++standing_;
    changed_.notify_all();
    // relaxed: the mutex orders it.
    changed_.wait(lock,
                  [this] { return is_over_ || reasons_.load(std::memory_order_relaxed) == 0; });
    --standing_;
  }

  std::atomic<unsigned> reasons_{0};  // written under mutex_
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned standing_ = 0;  // guarded by mutex_
  bool is_over_ = false;   // guarded by mutex_
};

}  // namespace chargemill::runtime
