#include "app/output/terminal.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace chargemill::app {
namespace {

TEST(Terminal, ColoursWhenToldToAndNeverWhenForbidden) {
  EXPECT_TRUE(use_color(stdout, "always"));
  EXPECT_FALSE(use_color(stdout, "never"));
}

// https://no-color.org, and CMake's order of the two that force.
TEST(Terminal, NoColorOutranksThoseThatForce) {
  ::setenv("FORCE_COLOR", "1", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  ::unsetenv("NO_COLOR");           // NOLINT(concurrency-mt-unsafe)
  EXPECT_TRUE(use_color(stdout, "auto"));
  ::setenv("NO_COLOR", "1", 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_FALSE(use_color(stdout, "auto"));
  ::unsetenv("NO_COLOR");     // NOLINT(concurrency-mt-unsafe)
  ::unsetenv("FORCE_COLOR");  // NOLINT(concurrency-mt-unsafe)
}

TEST(Terminal, CutsALineByLettersAndNotByBytes) {
  EXPECT_EQ(fitted("abc", 0), "abc");
  EXPECT_EQ(fitted("abcdef", 4), "abcd");
  EXPECT_EQ(fitted("✓✗✓", 2), "✓✗");
  EXPECT_EQ(fitted("  sent 12  denied 345", 18), "  sent 12") << "no number is cut";
  EXPECT_EQ(fitted("  sent 12  denied 345", 21), "  sent 12  denied 345");
}

TEST(Terminal, DressesMarksAndVerdict) {
  const std::string plain = "THRESHOLDS\n  ✓ a < 1   0\n  ✗ b < 1   2\nFAIL      1 of 2\n";
  EXPECT_EQ(dressed(plain, false, true), plain);
  EXPECT_EQ(dressed(plain, false, false),
            "THRESHOLDS\n  ok   a < 1   0\n  FAIL b < 1   2\nFAIL      1 of 2\n");
  const auto coloured = dressed(plain, true, true);
  EXPECT_NE(coloured.find("\x1b[32m  ✓\x1b[0m a < 1"), std::string::npos) << coloured;
  EXPECT_NE(coloured.find("\x1b[31mFAIL\x1b[0m      1 of 2\n"), std::string::npos);
}

}  // namespace
}  // namespace chargemill::app
