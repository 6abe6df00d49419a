// Where a connection's bytes arrive, and where its frames are read.
#pragma once

#include <cstddef>
#include <memory>

#include "runtime/wire/byte_view.hpp"

namespace chargemill::runtime {

/// One contiguous stretch of received bytes. A read appends at its end, the decoder takes from its
/// front, and complete frames never move:
///
///     | taken | the frame that is not complete yet | free room | slack |
///             ^begin()                             ^end()
///
/// Only when the room at the end is too small for the next read does the incomplete tail move to
/// the front, at most once a frame; when that is not enough the capacity doubles, up to a limit. So
/// a byte is moved O(1) times however it arrives, and an idle connection holds `bytes_first`.
/// Threads: one, as a connection has.
class ReceiveBuffer {
 public:
  /// Behind end() lie so many bytes that may be read and written, so that SIMD needs no last step
  /// of its own. What they hold means nothing.
  static constexpr std::size_t kSlackBytes = 64;

  /// `bytes_max` must hold the longest payload and the largest prepare() together. Requires
  /// 0 < bytes_first <= bytes_max.
  explicit ReceiveBuffer(std::size_t bytes_max, std::size_t bytes_first = 4'096);

  /// Room for the next read, of at least `bytes_min` bytes. Ends the life of all FrameViews into
  /// this buffer, so handle the frames first. Requires size() + bytes_min <= bytes_max.
  [[nodiscard]] ByteRoom prepare(std::size_t bytes_min);
  /// The read brought so many bytes; at most the room's.
  void commit(std::size_t bytes) noexcept;
  /// Gives memory beyond `bytes_first` back if no bytes are held: for connections that fell silent.
  void shrink();

  [[nodiscard]] std::byte* begin() noexcept { return storage_.get() + begin_; }
  [[nodiscard]] std::byte* end() noexcept { return storage_.get() + end_; }
  [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  /// For the decoder. The bytes up to `to` are done with; they stay where they are until prepare().
  void take_until(const std::byte* to) noexcept {
    begin_ = static_cast<std::size_t>(to - storage_.get());
  }
  /// For the decoder. The bytes from `from` on are done with; the next read goes there.
  void drop_from(const std::byte* from) noexcept {
    end_ = static_cast<std::size_t>(from - storage_.get());
  }

 private:
  void move_tail(std::size_t capacity);

  const std::size_t bytes_max_;
  const std::size_t bytes_first_;
  std::size_t capacity_;
  std::unique_ptr<std::byte[]> storage_;  // capacity_ + kSlackBytes
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace chargemill::runtime
