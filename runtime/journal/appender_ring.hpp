// How a producer hands records to the journal's writer.
#pragma once

#include <atomic>
#include <memory>

#include "runtime/base/assert.hpp"
#include "runtime/base/cache_line.hpp"
#include "runtime/journal/record_codec.hpp"

namespace chargemill::runtime::journal {

/// A bounded queue of encoded records, one producer, one consumer. Slots are freed only when their
/// records are on disk, so the queue is also the memory out of which a failed batch is resent, and
/// LMDB's pages are filled from it without a copy between.
///
/// "The consumer sleeps" is a bit of the word that a push replaces, so no wake-up can be lost:
///
///     pushed:63 | asleep:1      push: exchange(pushed + 1, 0) tells whether to wake
///                               try_sleep: fetch_or(asleep) tells whether something came
///
/// Threads: try_push and pushed_by_me belong to the producer, depth to all, the rest to the
/// consumer. Progress: wait-free, all.
/// Invariant: released <= pushed <= released + capacity.
class AppenderRing {
 public:
  struct alignas(kCacheLine) Slot {
    std::uint32_t bytes;
    std::byte record[RecordLayout::kBytesMax];
  };
  static_assert(sizeof(Slot) == 4 * kCacheLine);
  enum class Push { full, done, done_and_consumer_sleeps };

  /// `capacity` is a power of two.
  explicit AppenderRing(std::uint32_t capacity) : slots_(new Slot[capacity]), capacity_(capacity) {
    CHARGEMILL_ASSERT(capacity > 0 && (capacity & (capacity - 1)) == 0);
  }

  [[nodiscard]] Push try_push(const Record& record) noexcept {
    if (pushed_ - released_seen_ == capacity_) {
      // acquire: the consumer has read the slots that it frees; pairs with release in release().
      released_seen_ = released_.load(std::memory_order_acquire);
      if (pushed_ - released_seen_ == capacity_) return Push::full;
    }
    Slot& slot = slots_[pushed_ & (capacity_ - 1)];
    slot.bytes = static_cast<std::uint32_t>(encode_record(record, slot.record));
    ++pushed_;
    // acq_rel: publishes the slot, pairs with acquire in pushed(); and sees the asleep bit of
    // try_sleep(), whose caller sees this count or is woken: both change the one word.
    const std::uint64_t before = word_.exchange(pushed_ << 1U, std::memory_order_acq_rel);
    return (before & kAsleep) != 0 ? Push::done_and_consumer_sleeps : Push::done;
  }
  /// The producer's own count.
  [[nodiscard]] std::uint64_t pushed_by_me() const noexcept { return pushed_; }

  [[nodiscard]] std::uint64_t capacity() const noexcept { return capacity_; }
  /// How many records have been pushed.
  [[nodiscard]] std::uint64_t pushed() const noexcept {
    // acquire: sees the slots; pairs with the exchange in try_push().
    return word_.load(std::memory_order_acquire) >> 1U;
  }
  /// The n-th record, from 0. Requires released <= n < pushed().
  [[nodiscard]] const Slot& slot(std::uint64_t n) const noexcept {
    return slots_[n & (capacity_ - 1)];
  }
  /// The first `n` records are not needed any more.
  void release(std::uint64_t n) noexcept {
    // release: the slots have been read; pairs with acquire in try_push().
    released_.store(n, std::memory_order_release);
  }
  /// Announces that the consumer, which has seen `seen` records, is about to sleep; false: there
  /// are more. The announcement of a consumer that woke by itself costs one needless wake-up.
  [[nodiscard]] bool try_sleep(std::uint64_t seen) noexcept {
    // acq_rel: ordered with the exchange in try_push() by the one word.
    return word_.fetch_or(kAsleep, std::memory_order_acq_rel) >> 1U == seen;
  }
  /// Records that wait; a look from any thread.
  [[nodiscard]] std::uint64_t depth() const noexcept {
    // relaxed: two counters, read one after the other; the difference is only a look.
    const std::uint64_t pushed = word_.load(std::memory_order_relaxed) >> 1U;
    const std::uint64_t released = released_.load(std::memory_order_relaxed);
    return pushed < released ? 0 : pushed - released;
  }

 private:
  static constexpr std::uint64_t kAsleep = 1;

  // Written once. Slots are written by the producer, before the exchange that publishes them.
  const std::unique_ptr<Slot[]> slots_;
  const std::uint64_t capacity_;
  // Written by the producer only.
  alignas(kCacheLine) std::uint64_t pushed_ = 0;
  std::uint64_t released_seen_ = 0;
  // Written by both.
  alignas(kCacheLine) std::atomic<std::uint64_t> word_{0};
  // Written by the consumer only.
  alignas(kCacheLine) std::atomic<std::uint64_t> released_{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace chargemill::runtime::journal
