// The bytes of a frame between nodes. FORMAT.md has the grammar and a worked example.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace chargemill::runtime {

/// A value at a place that need not be aligned, little-endian as every machine we run on.
template <class T>
[[nodiscard]] T load_at(const std::byte* at) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}
template <class T>
void store_at(std::byte* at, const T& value) noexcept {
  static_assert(std::is_trivially_copyable_v<T>);
  std::memcpy(at, &value, sizeof(T));
}
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

///     0          2         3      4           8         10       12                16
///     | magic:16 | version | type | length:32 | node:16 | zero:16 | incarnation:32 |
///     16         20            28       32
///     | epoch:32 | sequence:64 | crc:32 | body ... |
///
/// `length` counts the body alone. The CRC covers the header before it, then the body.
struct FrameLayout {
  static constexpr std::uint16_t kMagic = 0x4D43;  // "CM"
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::size_t kMagicAt = 0;
  static constexpr std::size_t kVersionAt = 2;
  static constexpr std::size_t kTypeAt = 3;
  static constexpr std::size_t kLengthAt = 4;
  static constexpr std::size_t kNodeAt = 8;
  static constexpr std::size_t kZeroAt = 10;
  static constexpr std::size_t kIncarnationAt = 12;
  static constexpr std::size_t kEpochAt = 16;
  static constexpr std::size_t kSequenceAt = 20;
  static constexpr std::size_t kCrcAt = 28;
  static constexpr std::size_t kHeaderBytes = 32;
  static constexpr std::size_t kBodyBytesMax = 65'536;
  static constexpr std::size_t kBytesMax = kHeaderBytes + kBodyBytesMax;
};
static_assert(FrameLayout::kCrcAt + sizeof(std::uint32_t) == FrameLayout::kHeaderBytes);

/// The body of a beat: what has arrived here, what may still come, and the time.
///
///     0         8              16                24                 28                    32
///     | plan:64 | data_next:64 | control_next:64 | data_credit:32   | control_credit:32   |
///     32         40        48         56
///     | clock:64 | echo:64 | held:64  | flags:8 |
struct BeatLayout {
  static constexpr std::size_t kPlanAt = 0;
  static constexpr std::size_t kDataNextAt = 8;
  static constexpr std::size_t kControlNextAt = 16;
  static constexpr std::size_t kDataCreditAt = 24;
  static constexpr std::size_t kControlCreditAt = 28;
  static constexpr std::size_t kClockAt = 32;
  static constexpr std::size_t kEchoAt = 40;
  static constexpr std::size_t kHeldAt = 48;
  static constexpr std::size_t kFlagsAt = 56;
  static constexpr std::size_t kBytes = 57;
  static constexpr std::uint8_t kDataGap = 1;
  static constexpr std::uint8_t kControlGap = 2;
  static constexpr std::uint8_t kLeaving = 4;
};

/// Before the bytes of a part of a control message.
///
///     0         8            9
///     | mark:64 | is_last:8  | bytes ... |
struct PartLayout {
  static constexpr std::size_t kMarkAt = 0;
  static constexpr std::size_t kIsLastAt = 8;
  static constexpr std::size_t kHeadBytes = 9;
};

}  // namespace chargemill::runtime
