#include "runtime/wire/receive_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/base/assert.hpp"

namespace chargemill::runtime {
namespace {

std::unique_ptr<std::byte[]> storage_for(std::size_t capacity) {
  return std::make_unique<std::byte[]>(capacity + ReceiveBuffer::kSlackBytes);
}

}  // namespace

ReceiveBuffer::ReceiveBuffer(std::size_t bytes_max, std::size_t bytes_first)
    : bytes_max_(bytes_max),
      bytes_first_(bytes_first),
      capacity_(bytes_first),
      storage_(storage_for(bytes_first)) {
  CHARGEMILL_ASSERT(bytes_first > 0);
  CHARGEMILL_ASSERT(bytes_first <= bytes_max);
}

ByteRoom ReceiveBuffer::prepare(std::size_t bytes_min) {
  CHARGEMILL_ASSERT(size() + bytes_min <= bytes_max_);
  if (size() == 0) begin_ = end_ = 0;
  if (capacity_ - end_ < bytes_min) {
    std::size_t capacity = capacity_;
    while (capacity < size() + bytes_min) capacity = std::min(2 * capacity, bytes_max_);
    move_tail(capacity);
  }
  return {end(), capacity_ - end_};
}

void ReceiveBuffer::commit(std::size_t bytes) noexcept {
  CHARGEMILL_ASSERT(bytes <= capacity_ - end_);
  end_ += bytes;
}

void ReceiveBuffer::shrink() {
  if (size() == 0 && capacity_ > bytes_first_) move_tail(bytes_first_);
}

// Moves what is held to the front, of a new storage if the capacity changes.
void ReceiveBuffer::move_tail(std::size_t capacity) {
  const std::size_t bytes = size();
  CHARGEMILL_ASSERT(bytes <= capacity);
  if (capacity == capacity_) {
    std::memmove(storage_.get(), begin(), bytes);
  } else {
    auto storage = storage_for(capacity);
    std::memcpy(storage.get(), begin(), bytes);
    storage_ = std::move(storage);
    capacity_ = capacity;
  }
  begin_ = 0;
  end_ = bytes;
}

}  // namespace chargemill::runtime
