// Texts from outside, byte by byte.
#include "actors/characters.hpp"

#include <gtest/gtest.h>

#include <string>

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
TEST(Characters, InvisibleAreThoseThatHideOrTurnWhatIsThere) {
  for (const char32_t code :
       {0x061CU, 0x200BU, 0x200FU, 0x2028U, 0x202AU, 0x202EU, 0x2066U, 0x2069U, 0xFEFFU})
    EXPECT_TRUE(is_invisible(code)) << static_cast<unsigned>(code);
  for (const char32_t code : {0x20U, 0xA0U, 0x2010U, 0x2027U, 0x202FU, 0x20ACU})
    EXPECT_FALSE(is_invisible(code)) << static_cast<unsigned>(code);
}

}  // namespace
}  // namespace chargemill
