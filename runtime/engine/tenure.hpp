// How long the actors of a node may act.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/base/units.hpp"

namespace chargemill::runtime {

/// A node whose place among others hangs on a lease may act until that could be over, and no turn
/// longer, whatever the thread that renews it or whoever runs the node is busy with: each worker
/// looks at the clock itself, so a process that slept past the end does nothing when it wakes
/// (FE-04). For ever, unless somebody says otherwise. Threads: any.
class Tenure {
 public:
  /// In time since the machine began (CLOCK_BOOTTIME): it counts what that slept, as leases do.
  void last_until(Nanos at) noexcept {
    // relaxed: the word is all there is. Who sees a renewal late sees the end before it, which was
    // not there yet.
    until_ns_.store(at.count(), std::memory_order_relaxed);
  }
  /// It is over, at once and for good: whoever says so knows why.
  void end() noexcept { last_until(Nanos::min()); }
  [[nodiscard]] bool was_ended() const noexcept {
    // relaxed: see last_until()
    return until_ns_.load(std::memory_order_relaxed) == INT64_MIN;
  }
  [[nodiscard]] bool is_over() const noexcept {
    // relaxed: see last_until()
    const std::int64_t until = until_ns_.load(std::memory_order_relaxed);
    return until != INT64_MAX && since_boot().count() >= until;
  }
  /// Now.
  [[nodiscard]] static Nanos since_boot() noexcept;

 private:
  std::atomic<std::int64_t> until_ns_{INT64_MAX};  // written by whoever renews it
};

}  // namespace chargemill::runtime
