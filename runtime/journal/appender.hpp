// One producer's way into the journal.
#pragma once

#include <functional>

#include "runtime/base/wake_signal.hpp"
#include "runtime/journal/appender_ring.hpp"

namespace chargemill::runtime::journal {

/// Takes the records of one producer, in order, and tells how many of them are on disk. Owned by
/// its Journal; `writer`, the signal that wakes the writer, outlives this.
/// Threads: try_append and appended belong to the producer; durable and depth to all.
class Appender {
 public:
  /// Called by the writer's thread after a commit, with the new durable(); and when records have
  /// been given up, with the old one: there is room again. Must not block.
  using OnDurable = std::function<void(std::uint64_t)>;

  Appender(std::uint32_t capacity, WakeSignal& writer, OnDurable on_durable)
      : ring_(capacity), writer_(writer), on_durable_(std::move(on_durable)) {}

  /// Hands over a copy of `record`. False: the queue is full, and the caller decides whether the
  /// record may merge with a later one or must be held and offered again. Never blocks.
  /// Requires a payload of at most kPayloadBytesMax.
  [[nodiscard]] bool try_append(const Record& record) noexcept {
    const AppenderRing::Push pushed = ring_.try_push(record);
    if (pushed == AppenderRing::Push::done_and_consumer_sleeps) writer_.wake();
    return pushed != AppenderRing::Push::full;
  }
  /// How many records were handed over: the number of the last, counted from 1.
  [[nodiscard]] std::uint64_t appended() const noexcept { return ring_.pushed_by_me(); }
  /// The first so many of them are on disk.
  [[nodiscard]] std::uint64_t durable() const noexcept {
    // acquire: whoever sees the number may read the records; pairs with release in
    // Journal::acknowledge().
    return durable_.load(std::memory_order_acquire);
  }
  /// How many wait; a look.
  [[nodiscard]] std::uint64_t depth() const noexcept { return ring_.depth(); }
  /// How many can wait at most.
  [[nodiscard]] std::uint64_t capacity() const noexcept { return ring_.capacity(); }

 private:
  friend class Journal;

  AppenderRing ring_;
  WakeSignal& writer_;
  const OnDurable on_durable_;
  std::uint64_t taken_ = 0;  // records that the writer has handled; written by the writer only
  std::uint64_t told_ = 0;   // on_durable_ has returned for so many; guarded by Journal::mutex_
  alignas(kCacheLine) std::atomic<std::uint64_t> durable_{0};  // written by the writer only
};

}  // namespace chargemill::runtime::journal
