// One thread sleeps, others wake it: a futex with memory.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace chargemill::runtime {

/// A binary semaphore. wake() before sleep() makes the next sleep() return at once, so the order of
/// the two does not matter. Threads: one sleeps, any wake. wake() never blocks.
class WakeSignal {
 public:
  /// Sleeps until woken or for `at_most`; consumes one wake().
  void sleep(std::chrono::nanoseconds at_most) noexcept;
  void wake() noexcept;

 private:
  // 0: no wake-up is due; 1: one is. Written by all.
  std::atomic<std::uint32_t> word_{0};
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace chargemill::runtime
