#include "app/metrics/process_figures.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

namespace chargemill::app::metrics {
namespace {

TEST(ProcessFigures, AreThoseOfThisProcess) {
  const auto before = process_figures();
  ASSERT_TRUE(before) << before.error().text;
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_LT(before->start_unix_s, now + 2.0);
  EXPECT_GT(before->start_unix_s, now - 24 * 3'600.0);
  EXPECT_GT(before->resident_bytes, 1U << 20U);
  EXPECT_GE(before->open_files, 3U);
  EXPECT_GT(before->files_max, before->open_files);
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto after = process_figures();
  ::close(file);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->open_files, before->open_files + 1);
  EXPECT_GE(after->cpu_s, before->cpu_s);
}
TEST(ProcessFigures, ReadAStatLineWhoseNameHoldsAnything) {
  const auto fields = parse_stat(
      "42 (a) S 1 2 ) R 1 2 3 4 5 6 7 8 9 10 1400 1500 16 17 18 19 20 21 2200 2300 24 25");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->user_ticks, 1'400U);
  EXPECT_EQ(fields->system_ticks, 1'500U);
  EXPECT_EQ(fields->start_ticks, 2'200U);
  EXPECT_EQ(fields->resident_pages, 24U);
}
TEST(ProcessFigures, TakeNothingElseForAStatLine) {
  EXPECT_FALSE(parse_stat(""));
  EXPECT_FALSE(parse_stat("42 (name) R 1 2 3"));
  EXPECT_FALSE(parse_stat("42 name R 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21"));
  EXPECT_FALSE(parse_stat("42 (n) R a b c d e f g h i j k l m n o p q r s t u v w x y z"));
}

}  // namespace
}  // namespace chargemill::app::metrics
