// The bytes of a frame: STX | payload, escaped | ETX | LRC. FORMAT.md has the grammar and an
// example.
#pragma once

#include <cstddef>

namespace chargemill::runtime {

inline constexpr std::byte kStx{0x02};
inline constexpr std::byte kEtx{0x03};
inline constexpr std::byte kEsc{0x1B};
/// What an escaped byte is XORed with: 02, 03, 1B travel as 1B 22, 1B 23, 1B 3B.
inline constexpr std::byte kEscapeFlip{0x20};

/// STX, ETX and LRC.
inline constexpr std::size_t kFrameOverheadBytes = 3;
/// The longest payload, unescaped, unless configured otherwise (D-140).
inline constexpr std::size_t kPayloadBytesMax = 65'536;

/// The bytes that a payload may not hold as they are.
[[nodiscard]] constexpr bool is_special(std::byte b) noexcept {
  return b == kStx || b == kEtx || b == kEsc;
}
/// The bytes that may follow an ESC: exactly three, so a payload has exactly one encoding (D-137).
[[nodiscard]] constexpr bool is_escaped(std::byte b) noexcept {
  return is_special(b ^ kEscapeFlip);
}
static_assert(!is_escaped(kStx) && !is_escaped(kEtx) && !is_escaped(kEsc),
              "after an ESC no special byte is ever legal, so none needs to be looked through");

/// Bytes of the longest frame that a payload can need: each byte escaped.
[[nodiscard]] constexpr std::size_t frame_bytes_max(std::size_t payload_bytes) noexcept {
  return 2 * payload_bytes + kFrameOverheadBytes;
}

}  // namespace chargemill::runtime
