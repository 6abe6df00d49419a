// One value, and what is said of one that a key does not take.
#include "app/scenario/value.hpp"

#include <gtest/gtest.h>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

TEST(Value, OutOfRangeIsToldTheLimitAsItWouldBeWritten) {
  const auto given = [](const char* key, const char* value) {
    const auto loaded =
        load_scenario_text("", "test.toml", ".", {{}, {}, {{key, value, "--flag"}}});
    const auto text = loaded ? "none\n" : render(loaded.error());
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(given("run.seed", "18446744073709551615"),
            "error[E0314]: 'run.seed' must be at most 9200000000000000000, not "
            "'18446744073709551615'");
  EXPECT_EQ(given("run.seed", "-99999999999999999999"),
            "error[E0314]: 'run.seed' must be at least 0, not '-99999999999999999999'");
  EXPECT_EQ(given("run.duration", "99999999d"),
            "error[E0314]: 'run.duration' must be at most 8784h, not '99999999d'");
  for (const char* const little : {"0s", "5us"})
    EXPECT_EQ(
        given("run.duration", little),
        std::string{"error[E0314]: 'run.duration' must be at least 1ms, not '"} + little + "'");
  EXPECT_EQ(given("network.health_interval", "1us"),
            "error[E0314]: 'network.health_interval' must be at least 1ms, not '1us'");
  // It is a window's length (cluster reference, VT-06).
  EXPECT_EQ(given("network.control_latency", "999us"),
            "error[E0314]: 'network.control_latency' must be at least 1ms, not '999us'");
  EXPECT_EQ(given("network.control_latency", "1ms"), "none");
}

TEST(Value, ADurationOfAnyLengthIsOneInForm) {
  EXPECT_TRUE(is_too_long("99999999d"));
  EXPECT_FALSE(parse_duration("99999999d"));
  EXPECT_FALSE(is_too_long("1h"));
  EXPECT_FALSE(is_too_long("99999999 apples"));
}

}  // namespace
}  // namespace chargemill::app
