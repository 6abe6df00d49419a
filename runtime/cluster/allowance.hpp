// How much may wait for one peer: a producer that is too fast waits itself.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace chargemill::runtime {

/// Bytes that have been handed over and not been acknowledged. Threads: any may take and close, the
/// links' thread gives back. Taking costs one atomic addition while there is room; the lock is
/// for those who have to wait. A last taker may exceed the limit by what it takes.
class Allowance {
 public:
  explicit Allowance(std::int64_t limit) noexcept : limit_(limit) {}

  /// Waits while the limit is reached; false: closed, the bytes must not be sent.
  [[nodiscard]] bool take(std::size_t bytes) {
    // seq_cst: against give_back(): either this sees what it gave, or it sees the waiter.
    if (used_.load(std::memory_order_seq_cst) >= limit_) wait();
    // relaxed: a count; the bytes travel through a queue of their own.
    used_.fetch_add(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
    return !is_closed_.load(std::memory_order_relaxed);  // relaxed: seen late, it costs a send
  }
  /// Counts what the links themselves add; never waits.
  void add(std::size_t bytes) noexcept {
    // relaxed: as in take().
    used_.fetch_add(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
  }
  void give_back(std::uint64_t bytes) {
    // seq_cst: see take().
    used_.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_seq_cst);
    if (waiters_.load(std::memory_order_seq_cst) > 0) wake();
  }
  /// Nobody waits any more, from now on and for good.
  void close() {
    // seq_cst: as in take(). Whoever reads it false in wait() does so with the lock that wake()
    // takes next, and so is woken.
    is_closed_.store(true, std::memory_order_seq_cst);
    wake();
  }
  [[nodiscard]] std::int64_t used() const noexcept {
    return used_.load(std::memory_order_relaxed);  // relaxed: a figure to look at
  }

 private:
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    waiters_.fetch_add(1, std::memory_order_seq_cst);  // seq_cst: see take()
    has_room_.wait(lock, [this] {
      return used_.load(std::memory_order_seq_cst) < limit_ ||
             is_closed_.load(std::memory_order_seq_cst);
    });
    waiters_.fetch_sub(1, std::memory_order_relaxed);  // relaxed: too high only costs a wake-up
  }
  void wake() {
    const std::lock_guard<std::mutex> lock(mutex_);
    has_room_.notify_all();
  }

  const std::int64_t limit_;
  std::atomic<std::int64_t> used_{0};   // written by all
  std::atomic<unsigned> waiters_{0};    // written by those who wait
  std::atomic<bool> is_closed_{false};  // written by close() alone, and never back
  std::mutex mutex_;
  std::condition_variable has_room_;
};

}  // namespace chargemill::runtime
