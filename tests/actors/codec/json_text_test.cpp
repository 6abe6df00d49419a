#include "actors/codec/json_text.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace chargemill::codec {
namespace {

std::string string_of(std::string_view text) {
  JsonText out;
  out.append_string(text);
  return std::string{out.view()};
}
std::string float_of(double value) {
  JsonText out;
  out.append_float(value);
  return std::string{out.view()};
}

TEST(JsonText, EscapesWhatIsNotAsciiWithLowerCaseHexAndPairs) {  // D-011
  EXPECT_EQ(string_of("\xE2\x82\xAC"), R"("\u20ac")");
  EXPECT_EQ(string_of("\xC3\xBC"), R"("\u00fc")");
  EXPECT_EQ(string_of("\xF0\x9F\x94\x8B"), R"("\ud83d\udd0b")");
  EXPECT_EQ(string_of("\xF4\x8F\xBF\xBF"), R"("\udbff\udfff")");
}
TEST(JsonText, EscapesControlCharactersAndLeavesSlashAndDel) {  // D-011
  EXPECT_EQ(string_of("\"\\\b\f\n\r\t"), R"("\"\\\b\f\n\r\t")");
  EXPECT_EQ(string_of(std::string_view{"\0\x1f\x0b", 3}), R"("\u0000\u001f\u000b")");
  EXPECT_EQ(string_of("/\x7f"), "\"/\x7f\"");
}
TEST(JsonText, EscapesTheSameWhereverACharacterStands) {
  // Eight bytes are looked at together: each special byte at each place of a word, and behind it.
  for (std::size_t length = 1; length <= 20; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '\n';
      std::string expected = '"' + std::string(length, 'a') + '"';
      expected.replace(at + 1, 1, "\\n");
      EXPECT_EQ(string_of(text), expected);
    }
  }
}
TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(string_of("a\xFFz"), R"("a\ufffdz")");
  EXPECT_EQ(string_of("\xC0\x80"), R"("\ufffd\ufffd")");            // overlong
  EXPECT_EQ(string_of("\xED\xA0\x80"), R"("\ufffd\ufffd\ufffd")");  // a surrogate
  EXPECT_EQ(string_of("\xF4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");
  EXPECT_EQ(string_of("\xE2\x82"), R"("\ufffd\ufffd")");  // cut off
  EXPECT_EQ(string_of("\xE0\x80\x80"), R"("\ufffd\ufffd\ufffd")");
}
TEST(JsonText, FloatsAreShortestAndLookLikeFloats) {  // D-013
  EXPECT_EQ(float_of(22), "22.0");
  EXPECT_EQ(float_of(0), "0.0");
  EXPECT_EQ(float_of(-0.0), "-0.0");
  EXPECT_EQ(float_of(-3.75), "-3.75");
  EXPECT_EQ(float_of(0.0018333333333333335), "0.0018333333333333335");
  EXPECT_EQ(float_of(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(float_of(123456.5), "123456.5");
}
TEST(JsonText, FloatsTakeAnExponentOutsideOfTheUsualRange) {  // D-013
  EXPECT_EQ(float_of(0.0001), "0.0001");
  EXPECT_EQ(float_of(0.00001), "1e-05");
  EXPECT_EQ(float_of(0.000012345), "1.2345e-05");
  EXPECT_EQ(float_of(1e15), "1000000000000000.0");
  EXPECT_EQ(float_of(9007199254740993.0), "9007199254740992.0");
  EXPECT_EQ(float_of(1e16), "1e+16");
  EXPECT_EQ(float_of(1.5e16), "1.5e+16");
  EXPECT_EQ(float_of(1e22), "1e+22");
  EXPECT_EQ(float_of(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(float_of(std::numeric_limits<double>::min()), "2.2250738585072014e-308");
  EXPECT_EQ(float_of(std::numeric_limits<double>::denorm_min()), "5e-324");
}
TEST(JsonText, KeepsWhatItHasWhenItGrows) {
  JsonText out;
  std::string expected;
  for (int i = 0; i < 1'000; ++i) {
    out.append("0123456789");
    expected += "0123456789";
  }
  EXPECT_EQ(out.view(), expected);
  out.clear();
  EXPECT_EQ(out.view(), "");
}
TEST(JsonTextDeathTest, NeverWritesNaN) {  // D-013
  JsonText out;
  EXPECT_DEATH(out.append_float(std::numeric_limits<double>::quiet_NaN()), "isfinite");
}

}  // namespace
}  // namespace chargemill::codec
