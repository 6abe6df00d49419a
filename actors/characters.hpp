// Which characters a text from outside has: some of them would be obeyed, or hide others.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chargemill {

struct Character {
  char32_t code;
  std::size_t bytes;
};
/// The one that `text` begins with; none: no character begins so in UTF-8 (RFC 3629).
[[nodiscard]] std::optional<Character> first_character(std::string_view text) noexcept;

/// C0, DEL and C1: terminals obey all of them.
[[nodiscard]] constexpr bool is_control(char32_t code) noexcept {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}
/// Takes no room, ends a line, or turns the direction of what follows: one who reads the text does
/// not see what it says.
[[nodiscard]] constexpr bool is_invisible(char32_t code) noexcept {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0x061C || code == 0xFEFF;
}

/// Whether it is UTF-8 all through, without controls.
[[nodiscard]] bool is_without_controls(std::string_view text) noexcept;

}  // namespace chargemill
