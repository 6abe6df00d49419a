// What a run says of itself: why a count was missed that the scenario's own length would reach.
#include "app/commands/run_texts.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

constexpr const char* kScenario =
    "[run]\n"
    "duration = \"1h\"\n"
    "[[thresholds]]\n"
    "expr = \"faults.raised > 100\"\n"
    "[[thresholds]]\n"
    "expr = \"requests.timed_out < 500\"\n";

Loaded loaded_with(const std::vector<Override>& overrides) {
  LoadInput input;
  input.overrides = overrides;
  auto loaded = load_scenario_text(kScenario, "s.toml", ".", input);
  EXPECT_TRUE(loaded);
  return *loaded;
}

nlohmann::json summary_where(bool raised_enough, bool few_timed_out) {
  return {{"thresholds",
           {{{"expr", "faults.raised > 100"}, {"ok", raised_enough}},
            {{"expr", "requests.timed_out < 500"}, {"ok", few_timed_out}}}}};
}

TEST(RunTexts, SayThatAShortenedRunMissedACountOfTheWholeRun) {
  const auto shortened = loaded_with({{"run.duration", "5m", "--duration"}});
  EXPECT_EQ(other_length_text(shortened, summary_where(false, true)),
            "crossed: faults.raised > 100; it counts over the whole run, and run.duration is not "
            "what the scenario says (--duration)");
}
TEST(RunTexts, AreSilentOfThresholdsThatLengthDoesNotExplain) {
  const auto shortened = loaded_with({{"run.duration", "5m", "--duration"}});
  EXPECT_EQ(other_length_text(shortened, summary_where(true, false)), "");
  EXPECT_EQ(other_length_text(loaded_with({}), summary_where(false, true)), "")
      << "the scenario's own length";
}

}  // namespace
}  // namespace chargemill::app
