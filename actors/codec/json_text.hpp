// JSON being written, as the channels have it: ASCII only, floats that look like floats (D-011,
// D-013).
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "actors/codec/utc_time.hpp"

namespace chargemill::codec {

/// A text that grows at its end and keeps its memory when it is cleared.
class JsonText {
 public:
  void clear() noexcept { size_ = 0; }
  /// Valid until the next change.
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Where to write at most `bytes_max` more bytes; `finish` says where they ended.
  [[nodiscard]] char* begin(std::size_t bytes_max) {
    if (capacity_ - size_ < bytes_max) grow(bytes_max);
    return bytes_.get() + size_;
  }
  void finish(const char* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.get()); }

  void append(std::string_view text) {
    char* const to = begin(text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    size_ += text.size();
  }
  /// In quotes and escaped.
  void append_string(std::string_view text);
  void append_float(double value);

 private:
  void grow(std::size_t bytes_max);

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// Each writes to `to`, which has room for the bytes named above it, and returns the end.

inline char* put(char* to, std::string_view text) noexcept {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}
/// The most that `text` takes in quotes: a byte becomes six at most, and eight are copied at a
/// time.
[[nodiscard]] constexpr std::size_t string_bytes_max(std::string_view text) noexcept {
  return 6 * text.size() + 2 + 8;
}
/// `text` in quotes, escaped (D-011). Bytes that are not UTF-8 become U+FFFD.
char* put_string(char* to, std::string_view text) noexcept;

inline constexpr std::size_t kFloatBytesMax = 32;
/// The shortest text that reads as `value` again (D-013). Requires a finite value.
char* put_float(char* to, double value) noexcept;

inline constexpr std::size_t kIntBytesMax = 20;
char* put_int(char* to, std::int64_t value) noexcept;

}  // namespace chargemill::codec
