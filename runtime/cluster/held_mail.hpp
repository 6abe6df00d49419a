// What is sent to actors that are on their way to another node waits here.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/engine/mail_bag.hpp"

namespace chargemill::runtime {

/// In the order in which it was sent, and bounded: beyond `limit` bytes keep() says so, and whoever
/// sends should stand until release(); what it has in hand is kept all the same. Threads: workers
/// ask and keep; hold() and release() are called while all of them stand.
class HeldMail {
 public:
  explicit HeldMail(std::size_t limit) noexcept : limit_(limit) {}

  /// From now on what is for these waits, too.
  void hold(const std::vector<std::uint32_t>& entities);
  /// Whether anything is held at all.
  [[nodiscard]] bool is_holding() const noexcept {
    // relaxed: written while all workers stand, which orders it.
    return is_holding_.load(std::memory_order_relaxed);
  }
  /// Requires is_holding().
  [[nodiscard]] bool holds(std::uint32_t entity) const noexcept {
    return entity < held_.size() && held_[entity];
  }
  /// True: with this one the limit is reached; said once until release().
  [[nodiscard]] bool keep(const MailBag::Item& item);
  /// Calls f(item) for each message, in order; nothing is held any more. True: keep() had said that
  /// the limit was reached.
  template <class F>
  bool release(F f) {
    is_holding_.store(false, std::memory_order_relaxed);  // relaxed: see is_holding()
    held_.clear();
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& bag : bags_) {
      for (const MailBag::Item& item : *bag) f(item);
    }
    bags_.clear();
    bytes_.store(0, std::memory_order_relaxed);  // relaxed: a figure
    return std::exchange(is_full_, false);
  }
  /// That wait. Any thread.
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_.load(std::memory_order_relaxed);  // relaxed: a figure
  }

 private:
  const std::size_t limit_;
  std::atomic<bool> is_holding_{false};
  std::vector<bool> held_;                      // by entity; changes while all workers stand
  std::mutex mutex_;                            // once a message that is held
  std::vector<std::unique_ptr<MailBag>> bags_;  // guarded by mutex_
  bool is_full_ = false;                        // likewise
  std::atomic<std::size_t> bytes_{0};           // written under mutex_
};

}  // namespace chargemill::runtime
