// What a run says of itself: which one it is, and why a count was missed that the scenario's own
// length would reach.
#include "app/commands/run_texts.hpp"

#include <gtest/gtest.h>

#include "tests/support/sample_summary.hpp"

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

nlohmann::json summary_where(bool raised_enough, bool few_timed_out,
                             const char* stop_reason = "duration") {
  return {{"run", {{"stop_reason", stop_reason}}},
          {"thresholds",
           {{{"expr", "faults.raised > 100"}, {"ok", raised_enough}},
            {{"expr", "requests.timed_out < 500"}, {"ok", few_timed_out}}}}};
}

TEST(RunTexts, SayThatAShortenedRunMissedACountOfTheWholeRun) {
  const auto shortened = loaded_with({{"run.duration", "5m", "--duration"}});
  EXPECT_EQ(other_length_text(shortened, summary_where(false, true)),
            "crossed: faults.raised > 100; it counts over the whole run, and run.duration is not "
            "what the scenario says (--duration)");
}
TEST(RunTexts, SayTheSameOfASmallerNetwork) {
  const auto smaller = loaded_with({{"network.charge_points", "10", "--charge-points"}});
  EXPECT_EQ(other_length_text(smaller, summary_where(false, true)),
            "crossed: faults.raised > 100; it counts over the whole network, and "
            "network.charge_points is not what the scenario says (--charge-points)");
}
TEST(RunTexts, WarnOfWorkersManyTimesTheCores) {
  const auto many = loaded_with({{"run.workers", "17", "--workers"}});
  const auto word = word_on_workers(many, 2);
  ASSERT_TRUE(word);
  EXPECT_EQ(word->text, "17 workers on 2 cores: they wait for each other's turn");
  EXPECT_EQ(word->place.source, "--workers");
  EXPECT_EQ(word->severity, Severity::warning);
  EXPECT_FALSE(word_on_workers(many, 3));
  EXPECT_FALSE(word_on_workers(many, 0)) << "it is not known how many there are";
  EXPECT_FALSE(word_on_workers(loaded_with({}), 1));
}
TEST(RunTexts, AreSilentOfThresholdsThatLengthDoesNotExplain) {
  const auto shortened = loaded_with({{"run.duration", "5m", "--duration"}});
  EXPECT_EQ(other_length_text(shortened, summary_where(true, false)), "");
  EXPECT_EQ(other_length_text(loaded_with({}), summary_where(false, true)), "")
      << "the scenario's own length";
}
TEST(RunTexts, BlameTheSignalAndNotTheFlagOfARunThatWasStopped) {
  const auto shortened = loaded_with({{"run.duration", "5m", "--duration"}});
  for (const char* signal : {"SIGINT", "SIGTERM"}) {
    const auto expected =
        std::string{
            "crossed: faults.raised > 100; it counts over the whole run, "
            "and "} +
        signal + " ended this one early";
    EXPECT_EQ(other_length_text(shortened, summary_where(false, true, signal)), expected);
    EXPECT_EQ(other_length_text(loaded_with({}), summary_where(false, true, signal)), expected);
  }
  EXPECT_EQ(other_length_text(shortened, summary_where(false, true, "failed")), "")
      << "that has a reason of its own";
}
TEST(RunTexts, NameTheRunOfSeveralThatAQuietOneSpeaksOf) {
  const auto alone = loaded_with({});
  const auto several = loaded_with({{"run.repeat", "3", "--repeat"}});
  EXPECT_EQ(which_run(alone, 1), "");
  EXPECT_EQ(which_run(several, 2), "run 2 of 3");
  auto summary = tests::sample_summary();
  EXPECT_EQ(reason_text(summary, which_run(several, 2)),
            "chargemill: run 2 of 3: FAIL: 1 of 2 thresholds crossed; faults.raised < 2");
  EXPECT_EQ(reason_text(summary, which_run(alone, 1)),
            "chargemill: FAIL: 1 of 2 thresholds crossed; faults.raised < 2");
}

}  // namespace
}  // namespace chargemill::app
