// What waits for one actor: messages from its own worker, and messages from elsewhere.
#pragma once

#include <atomic>
#include <caf/mailbox_element.hpp>

namespace chargemill::runtime {

/// Messages of other threads: many producers, one consumer, unbounded by itself (credit bounds it).
///
///     closed <- nullptr ("empty: whoever pushes must schedule the actor") <-> newest -> ... ->
///     oldest
///
/// Threads: any may push; the rest belongs to the actor's home worker.
/// Progress: push is lock-free, take_all wait-free. Unlike caf::intrusive::lifo_inbox there is no
/// separate "blocked" state to fall back to after each activation: an actor only ever runs on its
/// home worker, so being scheduled while it runs is harmless, and one exchange is enough.
class RemoteMailbox {
 public:
  enum class Push { must_schedule, queued, closed };
  using Element = caf::mailbox_element;

  [[nodiscard]] Push push(Element* element) noexcept {
    // relaxed: a guess that the exchange verifies.
    Element* seen = head_.load(std::memory_order_relaxed);
    for (;;) {
      if (seen == tag(kClosed)) return Push::closed;
      element->next = seen == tag(kUnborn) ? nullptr : seen;
      // release: publishes the element; pairs with acquire in take(). acquire: whoever finds the
      // mailbox empty goes on to link the actor into an inbound queue, after the worker has read
      // that link for the last time; pairs with release in take().
      if (head_.compare_exchange_weak(seen, element, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        return seen == nullptr ? Push::must_schedule : Push::queued;
      }
    }
  }
  /// All that waits, oldest first, linked by `next`; nullptr: nothing.
  [[nodiscard]] Element* take_all() noexcept {
    // relaxed: nothing is read through a null pointer.
    if (head_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return take(nullptr);
  }
  /// Refuses all further pushes and returns what waited.
  [[nodiscard]] Element* close() noexcept { return take(tag(kClosed)); }

 private:
  // An actor is born unborn: what arrives before its home worker has adopted it just waits.
  static constexpr std::uintptr_t kUnborn = 1;
  static constexpr std::uintptr_t kClosed = 2;
  static Element* tag(std::uintptr_t value) noexcept {
    return reinterpret_cast<Element*>(value);  // NOLINT(performance-no-int-to-ptr): never read
  }

  Element* take(Element* leave) noexcept {
    // acquire: sees the elements that push() published. release: see push().
    Element* newest = head_.exchange(leave, std::memory_order_acq_rel);
    if (newest == tag(kUnborn) || newest == tag(kClosed)) return nullptr;
    Element* oldest = nullptr;
    while (newest != nullptr) {
      auto* const next = static_cast<Element*>(newest->next);
      newest->next = oldest;
      oldest = newest;
      newest = next;
    }
    return oldest;
  }

  // Written by all: producers put elements, the home worker takes them and, in the end, closes.
  std::atomic<Element*> head_{tag(kUnborn)};
};

/// Messages of the same worker: a plain FIFO without an atomic operation. It is a ring of links
/// with a pointer to the newest, so it costs eight bytes. Threads: the home worker only.
class LocalMailbox {
 public:
  using Element = caf::mailbox_element;

  void push(Element* element) noexcept {
    if (newest_ == nullptr) {
      element->next = element;
    } else {
      element->next = newest_->next;
      newest_->next = element;
    }
    newest_ = element;
  }
  /// Pushes a list, ended by nullptr, from its first element on; says how many they are.
  std::size_t append(Element* list) noexcept {
    std::size_t count = 0;
    for (; list != nullptr; ++count) {
      auto* const next = static_cast<Element*>(list->next);
      push(list);
      list = next;
    }
    return count;
  }
  /// The oldest, removed; nullptr: nothing waits.
  [[nodiscard]] Element* pop() noexcept {
    if (newest_ == nullptr) return nullptr;
    auto* const oldest = static_cast<Element*>(newest_->next);
    if (oldest == newest_) {
      newest_ = nullptr;
    } else {
      newest_->next = oldest->next;
      __builtin_prefetch(oldest->next);
    }
    return oldest;
  }
  /// All that waits, oldest first, ended by nullptr.
  [[nodiscard]] Element* take_all() noexcept {
    if (newest_ == nullptr) return nullptr;
    auto* const oldest = static_cast<Element*>(newest_->next);
    newest_->next = nullptr;
    newest_ = nullptr;
    return oldest;
  }
  [[nodiscard]] bool empty() const noexcept { return newest_ == nullptr; }

 private:
  Element* newest_ = nullptr;
};

}  // namespace chargemill::runtime
