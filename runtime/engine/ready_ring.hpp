// The FIFO of what one worker has to run next.
#pragma once

#include <cstddef>
#include <memory>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {

/// A ring of trivially copyable entries that doubles when it is full, so that a warm ring neither
/// allocates nor frees. First in, first out: under permanent load the oldest actor runs next, which
/// keeps tail latencies bounded (a LIFO starves it; reference: CAF's stock work stealing).
/// Threads: one, the worker that owns it.
template <class T>
class ReadyRing {
 public:
  explicit ReadyRing(std::size_t capacity = 1024) : mask_(capacity - 1), slots_(new T[capacity]) {
    CHARGEMILL_ASSERT(capacity > 0 && (capacity & mask_) == 0);
  }

  void push(T item) {
    if (tail_ - head_ > mask_) grow();
    slots_[tail_++ & mask_] = item;
  }
  /// Requires !empty().
  T pop() noexcept {
    CHARGEMILL_ASSERT(head_ != tail_);
    return slots_[head_++ & mask_];
  }
  /// The entry `ahead` places behind the front; requires ahead < size().
  [[nodiscard]] const T& peek(std::size_t ahead) const noexcept {
    return slots_[(head_ + ahead) & mask_];
  }
  [[nodiscard]] bool empty() const noexcept { return head_ == tail_; }
  [[nodiscard]] std::size_t size() const noexcept { return tail_ - head_; }

 private:
  void grow() {
    const std::size_t capacity = (mask_ + 1) * 2;
    std::unique_ptr<T[]> wider(new T[capacity]);
    const std::size_t count = size();
    for (std::size_t i = 0; i < count; ++i) wider[i] = peek(i);
    slots_ = std::move(wider);
    mask_ = capacity - 1;
    head_ = 0;
    tail_ = count;
  }

  std::size_t mask_;
  std::size_t head_ = 0;  // rises for ever; wraps with the mask
  std::size_t tail_ = 0;
  std::unique_ptr<T[]> slots_;
};

}  // namespace chargemill::runtime
