// How other threads hand a worker something to run, and wake it if it sleeps.
#pragma once

#include <atomic>
#include <cstdint>

namespace chargemill::runtime {

/// A node of the queue; a LeanActor is one itself, so handing it over allocates nothing.
struct InboundNode {
  enum class Kind : std::uint8_t {
    job,   ///< a ForeignJob: an ordinary CAF actor
    lean,  ///< a LeanActor that has got something from outside
    bag,   ///< a MailBag: messages of another worker
  };
  explicit InboundNode(Kind what = Kind::job) noexcept : kind(what) {}

  // Written by the thread that pushes the node, before the push publishes it; read by the worker.
  InboundNode* inbound_next = nullptr;
  const Kind kind;
};

/// Many producers, one consumer, and "asleep" in the same word, so that no wake-up can be lost:
/// whoever replaces the asleep tag by a node knows that it has to wake the consumer.
///
///     nullptr ("empty, awake") --push--> node --take_all--> nullptr
///     nullptr --try_sleep--> asleep --push--> node, and push() says "wake it"
///     asleep --stay_awake--> nullptr
///
/// Threads: any may push; take_all, try_sleep and stay_awake belong to the consumer.
/// Progress: push is lock-free, the rest wait-free.
/// Invariant: a node is in at most one queue at a time; the list holds no tag.
class InboundQueue {
 public:
  /// Adds `node`; true: the consumer sleeps and must be woken by the caller.
  [[nodiscard]] bool push(InboundNode* node) noexcept {
    // relaxed: the value is only a guess that the exchange below verifies.
    InboundNode* seen = head_.load(std::memory_order_relaxed);
    for (;;) {
      node->inbound_next = seen == asleep() ? nullptr : seen;
      // release: publishes *node and what it carries; pairs with acquire in take_all().
      if (head_.compare_exchange_weak(seen, node, std::memory_order_release,
                                      std::memory_order_relaxed)) {
        return seen == asleep();
      }
    }
  }

  /// Everything pushed so far, oldest first (the stack is reversed here).
  [[nodiscard]] InboundNode* take_all() noexcept {
    // relaxed: if it looks empty nothing is read through it.
    if (head_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    // acquire: sees what the producers wrote before their release in push().
    InboundNode* newest = head_.exchange(nullptr, std::memory_order_acquire);
    if (newest == asleep()) return nullptr;
    InboundNode* oldest = nullptr;
    while (newest != nullptr) {
      InboundNode* const next = newest->inbound_next;
      newest->inbound_next = oldest;
      oldest = newest;
      newest = next;
    }
    return oldest;
  }

  /// Announces that the consumer is about to sleep; false: something arrived, don't.
  [[nodiscard]] bool try_sleep() noexcept {
    InboundNode* expected = nullptr;
    // release: all that the consumer did awake happens before; pairs with acquire in is_asleep().
    // relaxed (failure): nothing is read through what is there; take_all() looks again.
    return head_.compare_exchange_strong(expected, asleep(), std::memory_order_release,
                                         std::memory_order_relaxed);
  }
  /// Takes the announcement back; without effect when a producer already did.
  void stay_awake() noexcept {
    InboundNode* expected = asleep();
    // seq_cst: before the worker's next look at "frozen"; pairs with is_asleep(), which freeze()
    // calls after it has set that flag: one of the two sees the other.
    // relaxed (failure): that is for take_all() to look at.
    (void)head_.compare_exchange_strong(expected, nullptr, std::memory_order_seq_cst,
                                        std::memory_order_relaxed);
  }
  /// The consumer's own look: nothing waits.
  [[nodiscard]] bool looks_empty() const noexcept {
    // relaxed: a hint; take_all() looks again.
    return head_.load(std::memory_order_relaxed) == nullptr;
  }
  /// Whether the consumer sleeps and nothing waits for it.
  [[nodiscard]] bool is_asleep() const noexcept {
    // seq_cst: whoever sees the tag sees all that was done before (pairs with release in
    // try_sleep()), and does not look before it has set "frozen" (see stay_awake()).
    return head_.load(std::memory_order_seq_cst) == asleep();
  }

 private:
  static InboundNode* asleep() noexcept { return &asleep_tag; }
  static inline InboundNode asleep_tag{};  // only its address is used

  // Written by all: producers put nodes, the consumer takes them and puts and removes the tag.
  std::atomic<InboundNode*> head_{nullptr};
};
static_assert(std::atomic<InboundNode*>::is_always_lock_free);

}  // namespace chargemill::runtime
