#include "actors/codec/utc_time.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

namespace chargemill::codec {
namespace {

std::string text_of(UtcTime time) {
  std::array<char, kUtcBytesMax> text{};
  return {text.data(), put_utc(text.data(), time)};
}
/// Read and written again, or "refused".
std::string reread(std::string_view text) {
  const auto time = parse_utc(text);
  return time ? text_of(*time) : "refused";
}

TEST(UtcTime, IsWrittenWithSixDigitsOrNone) {  // D-014
  EXPECT_EQ(text_of({1'760'750'833'123'456}), "2025-10-18T01:27:13.123456Z");
  EXPECT_EQ(text_of({1'760'750'833'000'000}), "2025-10-18T01:27:13Z");
  EXPECT_EQ(text_of({1'760'750'833'000'001}), "2025-10-18T01:27:13.000001Z");
  EXPECT_EQ(text_of({0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(text_of({-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(text_of(kUtcMin), "0001-01-01T00:00:00Z");
  EXPECT_EQ(text_of(kUtcMax), "9999-12-31T23:59:59.999999Z");
}
TEST(UtcTime, IsReadWithAnOffsetWithZOrNaive) {  // D-021
  EXPECT_EQ(reread("2025-10-18T01:27:13.123456Z"), "2025-10-18T01:27:13.123456Z");
  EXPECT_EQ(reread("2025-10-18T03:27:13.123456+02:00"), "2025-10-18T01:27:13.123456Z");
  EXPECT_EQ(reread("2025-10-17T20:57:13-04:30"), "2025-10-18T01:27:13Z");
  EXPECT_EQ(reread("2025-10-18T03:27:13+0200"), "2025-10-18T01:27:13Z");
  EXPECT_EQ(reread("2025-10-18T03:27:13+02"), "2025-10-18T01:27:13Z");
  EXPECT_EQ(reread("2025-10-18T01:27:13"), "2025-10-18T01:27:13Z");
  EXPECT_EQ(reread("2025-10-18 01:27:13z"), "2025-10-18T01:27:13Z");
  EXPECT_EQ(reread("2025-10-18t01:27"), "2025-10-18T01:27:00Z");
  EXPECT_EQ(reread("2025-10-18"), "2025-10-18T00:00:00Z");
  EXPECT_EQ(reread("2025-10-18T01:27:13.5Z"), "2025-10-18T01:27:13.500000Z");
  EXPECT_EQ(reread("2025-10-18T01:27:13,123456789Z"), "2025-10-18T01:27:13.123456Z");
}
TEST(UtcTime, IsRefusedWhenItIsNoTimeOfTheCalendar) {
  for (const char* text : {"",
                           "now",
                           "2025",
                           "2025-10",
                           "2025-1-18",
                           "2025-02-29",
                           "2100-02-29",
                           "2025-13-01",
                           "2025-00-01",
                           "2025-10-00",
                           "2025-10-32",
                           "0000-01-01",
                           "2025-10-18T",
                           "2025-10-18T1:27",
                           "2025-10-18T24:00:00",
                           "2025-10-18T01:60",
                           "2025-10-18T01:27:60",
                           "2025-10-18T01:27:13.",
                           "2025-10-18T01:27:13.Z",
                           "2025-10-18T01:27:13+",
                           "2025-10-18T01:27:13+24:00",
                           "2025-10-18T01:27:13+02:60",
                           "2025-10-18T01:27:13+02:",
                           "2025-10-18T01:27:13Z ",
                           " 2025-10-18",
                           "2025-10-18Z",
                           "20251018T012713Z",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01"}) {
    EXPECT_EQ(reread(text), "refused") << text;
  }
  EXPECT_EQ(reread("2024-02-29"), "2024-02-29T00:00:00Z");
  EXPECT_EQ(reread("2000-02-29"), "2000-02-29T00:00:00Z");
}
TEST(UtcTime, EveryDayOfFourHundredYearsComesBack) {
  constexpr std::int64_t kDayUs = 86'400'000'000;
  for (std::int64_t day = -719'162; day < -719'162 + 146'097 + 800; ++day) {
    const UtcTime time{day * kDayUs + day % 1'000};
    if (!is_valid(time)) continue;
    const auto again = parse_utc(text_of(time));
    ASSERT_TRUE(again && *again == time) << text_of(time);
  }
}
TEST(UtcTime, AUnixNumberIsSeconds) {  // D-021
  EXPECT_EQ(utc_of_unix(1'760'750'833.123456)->us, 1'760'750'833'123'456);
  EXPECT_EQ(utc_of_unix(-1)->us, -1'000'000);
  EXPECT_FALSE(utc_of_unix(1e12));
  EXPECT_FALSE(utc_of_unix(-1e11));
  EXPECT_FALSE(utc_of_unix(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(utc_of_unix(std::numeric_limits<double>::quiet_NaN()));
}

}  // namespace
}  // namespace chargemill::codec
