// Bags on their way back to the worker that sends more of them than it gets.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/engine/mail_bag.hpp"

namespace chargemill::runtime {

/// A stack that knows its height: both share its only word, a pointer and above it a number, so no
/// more than kBagsMax bags ever wait in it.
///
///     0 ("empty") --push--> (bag, 1) --push--> (bag, 2) ... --take_all--> 0
///
/// Threads: any may push; take_all belongs to the owner. Progress: push is lock-free, take_all
/// wait-free. Bags leave all at once, and a push reads nothing through the top that it finds; so
/// one that left and came back meanwhile (ABA) does no harm: it is the top that the push wants.
class ReturnedBags {
 public:
  static constexpr std::uint64_t kBagsMax = 1'024;  // 4 MiB

  /// False: as many wait already as may; the bag stays the caller's.
  [[nodiscard]] bool push(MailBag* bag) noexcept {
    // relaxed: a guess that the exchange verifies; nothing is read through it.
    std::uint64_t seen = top_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t height = seen >> kHeightShift;
      if (height == kBagsMax) return false;
      bag->inbound_next = bag_of(seen);
      const std::uint64_t top =
          reinterpret_cast<std::uintptr_t>(bag) | ((height + 1) << kHeightShift);
      // release: publishes the link, and the letters have been read before the owner writes others
      // in their place; pairs with acquire in take_all().
      // relaxed (failure): the next guess.
      if (top_.compare_exchange_weak(seen, top, std::memory_order_release,
                                     std::memory_order_relaxed)) {
        return true;
      }
    }
  }
  /// All that wait, the newest first, linked by `inbound_next`; nullptr: none.
  [[nodiscard]] MailBag* take_all() noexcept {
    // relaxed: if it looks empty nothing is read through it.
    if (top_.load(std::memory_order_relaxed) == 0) return nullptr;
    // acquire: see push(). Each push replaced the word that the one before had left, so this one
    // exchange pairs with all of them.
    return bag_of(top_.exchange(0, std::memory_order_acquire));
  }

 private:
  static constexpr unsigned kHeightShift = 48;  // user-space addresses are shorter
  static_assert(sizeof(std::uintptr_t) == sizeof(std::uint64_t));
  static_assert(kBagsMax >> (64 - kHeightShift) == 0);

  static MailBag* bag_of(std::uint64_t word) noexcept {
    constexpr std::uint64_t kPointer = (std::uint64_t{1} << kHeightShift) - 1;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): what went in as a pointer comes out as one
    return reinterpret_cast<MailBag*>(word & kPointer);
  }

  // Written by all: others put bags, the owner takes them.
  std::atomic<std::uint64_t> top_{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace chargemill::runtime
