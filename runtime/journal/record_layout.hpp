// The bytes of a record inside a segment. FORMAT.md has the grammar and a worked example.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "runtime/journal/record.hpp"

namespace chargemill::runtime::journal {

/// A value at a place that need not be aligned: LMDB aligns values to two bytes only. The order of
/// bytes is the machine's, as everywhere in an LMDB file; ours are little-endian.
template <class T>
[[nodiscard]] T load(const std::byte* at) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}
template <class T>
void store(std::byte* at, const T& value) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(at, &value, sizeof(T));
}
/// Some bytes in foreign memory.
struct Bytes {
  const std::byte* at = nullptr;
  std::size_t count = 0;
};
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

///      0        4         5      6      8         16            16 + 8 * keys
///     | crc:32 | version | keys | kind | time_us | key:64 ...  | payload ... |
///
/// The CRC covers the sequence (eight bytes), then everything behind the CRC: a good record at a
/// wrong number is a damaged record.
struct RecordLayout {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::size_t kCrc = 0;
  static constexpr std::size_t kVersionAt = 4;
  static constexpr std::size_t kKeys = 5;
  static constexpr std::size_t kKind = 6;
  static constexpr std::size_t kTime = 8;
  static constexpr std::size_t kHeaderBytes = 16;
  static constexpr std::size_t kKeyBytes = sizeof(PostingKey);
  static constexpr std::size_t kBytesMax = kHeaderBytes + kKeysMax * kKeyBytes + kPayloadBytesMax;
};
static_assert(RecordLayout::kTime % alignof(std::int64_t) == 0);
static_assert(RecordLayout::kHeaderBytes == RecordLayout::kTime + sizeof(std::int64_t));

}  // namespace chargemill::runtime::journal
