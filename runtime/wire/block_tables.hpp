// What blocks of any width need: constants for shuffles, and the end of an XOR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "runtime/wire/frame_layout.hpp"

namespace chargemill::runtime {

template <std::size_t N>
struct ByteTable {
  alignas(64) std::byte at[N]{};
};

/// A shuffle puts zero where the index is this.
inline constexpr std::byte kNoByte{0x80};

/// By the low half of a byte: the special byte that has it, or one that does not.
constexpr ByteTable<16> special_by_low_half() {
  ByteTable<16> table;
  for (std::byte& b : table.at) b = std::byte{0xFF};
  table.at[0xF] = std::byte{0};
  for (const std::byte special : {kStx, kEtx, kEsc})
    table.at[static_cast<std::size_t>(special) & 0xFU] = special;
  return table;
}
inline constexpr ByteTable<16> kSpecialByLowHalf = special_by_low_half();
static_assert((static_cast<unsigned>(kStx) & 0xFU) != (static_cast<unsigned>(kEtx) & 0xFU) &&
              (static_cast<unsigned>(kEsc) & 0xFU) != (static_cast<unsigned>(kStx) & 0xFU) &&
              (static_cast<unsigned>(kEsc) & 0xFU) != (static_cast<unsigned>(kEtx) & 0xFU));

/// Read from 32 - n on: n times FF, then 00.
constexpr ByteTable<64> ones_then_zeros() {
  ByteTable<64> table;
  for (std::size_t i = 0; i < 32; ++i) table.at[i] = std::byte{0xFF};
  return table;
}
inline constexpr ByteTable<64> kOnesThenZeros = ones_then_zeros();

/// Read from n on: the shuffle that moves 16 bytes down by n places and fills up with zeros.
constexpr ByteTable<32> shift_down() {
  ByteTable<32> table;
  for (std::size_t i = 0; i < 32; ++i) table.at[i] = i < 16 ? static_cast<std::byte>(i) : kNoByte;
  return table;
}
inline constexpr ByteTable<32> kShiftDown = shift_down();

using DropTable = ByteTable<std::size_t{17} * 16>;
/// Row n: the shuffle that takes byte n out of 16 and closes the gap. Row 16 changes nothing.
constexpr DropTable drop_one() {
  DropTable table;
  for (std::size_t row = 0; row < 17; ++row) {
    for (std::size_t i = 0; i < 16; ++i) {
      const std::size_t from = i < row ? i : i + 1;
      table.at[16 * row + i] = from < 16 ? static_cast<std::byte>(from) : kNoByte;
    }
  }
  return table;
}
inline constexpr DropTable kDropOne = drop_one();

[[nodiscard]] inline std::byte xor_of_bytes_in(std::uint64_t number) noexcept {
  number ^= number >> 32U;
  number ^= number >> 16U;
  return static_cast<std::byte>((number ^ (number >> 8U)) & 0xFFU);
}

}  // namespace chargemill::runtime
