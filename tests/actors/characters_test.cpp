// Texts from outside, byte by byte.
#include "actors/characters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace chargemill {
namespace {

TEST(Characters, AreWhatUtf8HasAndNothingElse) {  // RFC 3629
  const auto code_of = [](std::string_view text) {
    const auto one = first_character(text);
    return one ? static_cast<long>(one->code) : -1L;
  };
  EXPECT_EQ(code_of("A"), 0x41);
  EXPECT_EQ(code_of(std::string_view{"\0", 1}), 0);
  EXPECT_EQ(code_of("\xc3\xa9"), 0xE9);
  EXPECT_EQ(code_of("\xe2\x82\xac"), 0x20AC);
  EXPECT_EQ(code_of("\xf0\x9f\x94\x8c"), 0x1F50C);
  EXPECT_EQ(code_of("\xf4\x8f\xbf\xbf"), 0x10FFFF);
  for (const char* const bad :
       {"", "\x80", "\x9b", "\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xe2(\xac", "\xf0\x9f\x94",
        "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff"})
    EXPECT_EQ(code_of(bad), -1) << testing::PrintToString(bad);
}
TEST(Characters, TakeAsManyBytesAsTheyHave) {
  EXPECT_EQ(first_character("Ab")->bytes, 1U);
  EXPECT_EQ(first_character("\xc3\xa9z")->bytes, 2U);
  EXPECT_EQ(first_character("\xe2\x82\xacz")->bytes, 3U);
  EXPECT_EQ(first_character("\xf0\x9f\x94\x8cz")->bytes, 4U);
}
TEST(Characters, ControlsAreThoseThatTerminalsObey) {
  for (const char* const bad :
       {"\x1b[2J", "a\n", "a\x7f", "a\xc2\x80", "a\xc2\x9b", "a\x9b", "\xc2"})
    EXPECT_FALSE(is_without_controls(bad)) << testing::PrintToString(bad);
  for (const char* const good : {"", "CP-1", "\xc2\xa0", "caf\xc3\xa9", "\xf0\x9f\x94\x8c"})
    EXPECT_TRUE(is_without_controls(good)) << testing::PrintToString(good);
}
// As the two files of Unicode 15.0 list them, one property after the other.
constexpr CharacterRange kIgnorable[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},   {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180D},   {0x180E, 0x180E},   {0x180F, 0x180F},
    {0x200B, 0x200F},   {0x202A, 0x202E},   {0x2060, 0x2064},   {0x2065, 0x2065},
    {0x2066, 0x206F},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFF8},   {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0000}, {0xE0001, 0xE0001}, {0xE0002, 0xE001F}, {0xE0020, 0xE007F},
    {0xE0080, 0xE00FF}, {0xE0100, 0xE01EF}, {0xE01F0, 0xE0FFF}};
constexpr CharacterRange kFormat[] = {{0x00AD, 0x00AD},   {0x0600, 0x0605},   {0x061C, 0x061C},
                                      {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},
                                      {0x08E2, 0x08E2},   {0x180E, 0x180E},   {0x200B, 0x200F},
                                      {0x202A, 0x202E},   {0x2060, 0x2064},   {0x2066, 0x206F},
                                      {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},   {0x110BD, 0x110BD},
                                      {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
                                      {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F}};
constexpr CharacterRange kSeparators[] = {{0x2028, 0x2028}, {0x2029, 0x2029}};

std::vector<CharacterRange> all_listed() {
  std::vector<CharacterRange> all{std::begin(kIgnorable), std::end(kIgnorable)};
  all.insert(all.end(), std::begin(kFormat), std::end(kFormat));
  all.insert(all.end(), std::begin(kSeparators), std::end(kSeparators));
  return all;
}

TEST(Characters, InvisibleAreAllOfTheirRangesToBothEndsAndNothingBesideThem) {
  const auto all = all_listed();
  const auto is_listed = [&all](char32_t code) {
    return std::any_of(all.begin(), all.end(), [code](const CharacterRange& range) {
      return range.first <= code && code <= range.last;
    });
  };
  for (const CharacterRange& range : all) {
    EXPECT_TRUE(is_invisible(range.first)) << static_cast<unsigned>(range.first);
    EXPECT_TRUE(is_invisible(range.last)) << static_cast<unsigned>(range.last);
    for (const char32_t beside : {range.first - 1, range.last + 1})
      EXPECT_EQ(is_invisible(beside), is_listed(beside)) << static_cast<unsigned>(beside);
  }
  unsigned wrong = 0;
  for (char32_t code = 0; code <= 0x10'FFFF; ++code)
    wrong += is_invisible(code) == is_listed(code) ? 0 : 1;
  EXPECT_EQ(wrong, 0U);
}

TEST(Characters, InvisibleAreThoseThatHideOrTurnWhatIsThere) {
  for (const char32_t code :
       {0x061CU, 0x200BU, 0x200FU, 0x2028U, 0x202AU, 0x202EU, 0x2066U, 0x2069U, 0xFEFFU})
    EXPECT_TRUE(is_invisible(code)) << static_cast<unsigned>(code);
  for (const char32_t code : {0x20U, 0xA0U, 0x2010U, 0x2027U, 0x202FU, 0x20ACU})
    EXPECT_FALSE(is_invisible(code)) << static_cast<unsigned>(code);
}

}  // namespace
}  // namespace chargemill
