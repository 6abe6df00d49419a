#include "actors/characters.hpp"

namespace chargemill {
namespace {

/// What the first byte of a character says of it.
struct Lead {
  std::size_t bytes;
  char32_t bits;
  char32_t least;  ///< what fits into fewer bytes is no character
};

std::optional<Lead> lead_of(char32_t byte) noexcept {
  if (byte < 0x80) return Lead{1, byte, 0};
  if ((byte & 0xE0U) == 0xC0) return Lead{2, byte & 0x1FU, 0x80};
  if ((byte & 0xF0U) == 0xE0) return Lead{3, byte & 0x0FU, 0x800};
  if ((byte & 0xF8U) == 0xF0) return Lead{4, byte & 0x07U, 0x1'0000};
  return std::nullopt;
}

}  // namespace

std::optional<Character> first_character(std::string_view text) noexcept {
  const auto byte_at = [text](std::size_t i) -> char32_t {
    return static_cast<unsigned char>(text[i]);
  };
  if (text.empty()) return std::nullopt;
  const auto lead = lead_of(byte_at(0));
  if (!lead || text.size() < lead->bytes) return std::nullopt;
  char32_t code = lead->bits;
  for (std::size_t i = 1; i < lead->bytes; ++i) {
    const char32_t next = byte_at(i);
    if ((next & 0xC0U) != 0x80) return std::nullopt;
    code = code << 6U | (next & 0x3FU);
  }
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < lead->least || code > 0x10'FFFF || is_surrogate) return std::nullopt;
  return Character{code, lead->bytes};
}

bool is_without_controls(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto one = first_character(text);
    if (!one || is_control(one->code)) return false;
    text.remove_prefix(one->bytes);
  }
  return true;
}

}  // namespace chargemill
