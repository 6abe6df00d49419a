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

struct CharacterRange {
  char32_t first;
  char32_t last;
};
/// Of Unicode 15.0 what is Default_Ignorable_Code_Point (DerivedCoreProperties.txt, also where
/// nothing is assigned yet), or of the categories Cf, Zl or Zp (UnicodeData.txt); rising.
inline constexpr CharacterRange kInvisible[] = {
    {0x00AD, 0x00AD},    // soft hyphen
    {0x034F, 0x034F},    // combining grapheme joiner
    {0x0600, 0x0605},    // Arabic number signs
    {0x061C, 0x061C},    // Arabic letter mark
    {0x06DD, 0x06DD},    // Arabic end of ayah
    {0x070F, 0x070F},    // Syriac abbreviation mark
    {0x0890, 0x0891},    // Arabic pound and piastre marks
    {0x08E2, 0x08E2},    // Arabic disputed end of ayah
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // Khmer inherent vowels
    {0x180B, 0x180F},    // Mongolian variation selectors and vowel separator
    {0x200B, 0x200F},    // zero width, left-to-right and right-to-left marks
    {0x2028, 0x202E},    // separators of lines and paragraphs, embeddings and overrides
    {0x2060, 0x206F},    // word joiner, invisible operators, isolates, deprecated ones
    {0x3164, 0x3164},    // Hangul filler
    {0xFE00, 0xFE0F},    // variation selectors
    {0xFEFF, 0xFEFF},    // zero width no-break space
    {0xFFA0, 0xFFA0},    // half-width Hangul filler
    {0xFFF0, 0xFFFB},    // unassigned, and interlinear annotation
    {0x110BD, 0x110BD},  // Kaithi number sign
    {0x110CD, 0x110CD},  // Kaithi number sign above
    {0x13430, 0x1343F},  // Egyptian hieroglyph controls
    {0x1BCA0, 0x1BCA3},  // shorthand controls
    {0x1D173, 0x1D17A},  // musical beams, ties, slurs and phrases
    {0xE0000, 0xE0FFF},  // tags, more variation selectors, unassigned
};

/// Takes no room, ends a line, or changes what stands beside it, as its direction: one who reads
/// the text does not see what it says.
[[nodiscard]] constexpr bool is_invisible(char32_t code) noexcept {
  for (const CharacterRange& range : kInvisible) {
    if (code <= range.last) return code >= range.first;
  }
  return false;
}

/// Whether it is UTF-8 all through, without controls.
[[nodiscard]] bool is_without_controls(std::string_view text) noexcept;

}  // namespace chargemill
