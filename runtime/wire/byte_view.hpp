// Bytes that belong to somebody else: to look at, or to write into.
#pragma once

#include <cstddef>
#include <string_view>

namespace chargemill::runtime {

/// Bytes to look at. Never stored beyond the call that it was given to.
struct ByteView {
  const std::byte* data = nullptr;
  std::size_t size = 0;

  [[nodiscard]] std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(data), size};
  }
};
[[nodiscard]] inline ByteView bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// Bytes to write into.
struct ByteRoom {
  std::byte* data = nullptr;
  std::size_t size = 0;
};

/// The payload of one frame, unescaped, where it lies in the ReceiveBuffer that it arrived in.
/// Valid until the next prepare() of that buffer; neither later frames nor errors touch it.
using FrameView = ByteView;

}  // namespace chargemill::runtime
