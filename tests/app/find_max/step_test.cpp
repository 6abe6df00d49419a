#include "app/find_max/step.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace chargemill::app {
namespace {

nlohmann::json summary(const char* expr = "", const nlohmann::json& value = 0.0) {
  nlohmann::json result = {{"run", {{"invalid", false}, {"invalid_reason", ""}}},
                           {"conservation", {{"ok", true}}},
                           {"thresholds", nlohmann::json::array()}};
  if (*expr != '\0')
    result["thresholds"].push_back({{"expr", expr}, {"value", value}, {"ok", false}});
  return result;
}
std::string why(const nlohmann::json& summary, const Measured& measured,
                LoadKind kind = LoadKind::charge_points) {
  const auto failure = failure_of(summary, measured, kind);
  return failure ? failure->why : "passes";
}

TEST(Step, PassesWhenNothingIsWrong) { EXPECT_EQ(why(summary(), {10, 500, 500, 0}), "passes"); }

TEST(Step, IsInvalidBeforeAnythingElseIsSaid) {
  auto bad = summary("requests.timed_out < 1", 3.0);
  bad["run"] = {{"invalid", true}, {"invalid_reason", "late"}};
  EXPECT_EQ(why(bad, {10, 500, 500, 400}), "late");
}

TEST(Step, MayShedOneOfAHundredAndOneOfFewer) {
  EXPECT_EQ(why(summary(), {10, 1'000, 1'000, 10}), "passes");
  EXPECT_EQ(why(summary(), {10, 1'000, 1'000, 11}).find("11 of 1000 trips were shed"), 0U);
  EXPECT_EQ(why(summary(), {10, 5, 5, 1}), "passes") << "one of five is chance";
  EXPECT_NE(why(summary(), {10, 5, 5, 2}), "passes");
}

TEST(Step, IsNoJudgeOfARateWithFewTrips) {
  EXPECT_EQ(why(summary(), {10, 9, 9, 0}, LoadKind::request_rate)
                .find("9 trips are too few to judge: a longer --duration"),
            0U);
  EXPECT_EQ(why(summary(), {10, 9, 9, 0}, LoadKind::charge_points), "passes");
  EXPECT_EQ(why(summary(), {10, 10, 10, 0}, LoadKind::request_rate), "passes");
}

TEST(Step, SaysHowFarItsThresholdIsMissed) {
  const auto failure =
      failure_of(summary("faults.raised > 100", 40.0), {}, LoadKind::charge_points);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->threshold, "faults.raised > 100");
  EXPECT_EQ(failure->why, "faults.raised > 100, but is 40");
  EXPECT_DOUBLE_EQ(failure->miss, 60.0);
  const auto none =
      failure_of(summary("session_start:p99 < 1s", nullptr), {}, LoadKind::charge_points);
  EXPECT_EQ(none->why, "session_start:p99 < 1s, but nothing was measured");
  EXPECT_EQ(none->miss, std::numeric_limits<double>::infinity());
}

/// Failures of one threshold, off by so much each: which of them is the end of patience?
std::size_t lost_at(const std::vector<double>& misses) {
  Patience patience;
  for (std::size_t i = 0; i < misses.size(); ++i) {
    if (patience.is_lost_with({"", "charge_points.supplying > 100", misses[i]})) return i + 1;
  }
  return 0;
}

TEST(Patience, IsLostWhenFourSmallerLoadsComeNoNearer) {
  constexpr double kNothing = std::numeric_limits<double>::infinity();
  EXPECT_EQ(lost_at({60, 80, 90, 95}), 4U);
  EXPECT_EQ(lost_at({kNothing, kNothing, kNothing, kNothing}), 4U);
  EXPECT_EQ(lost_at({60, 40, 90, 95, 99, 99}), 0U) << "one came nearer: less may help";
}

TEST(Patience, BeginsAnewWithAnotherReason) {
  Patience patience;
  const StepFailure count{"", "charge_points.supplying > 100", 60};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(patience.is_lost_with(count));
  EXPECT_FALSE(patience.is_lost_with({"the generator was late", "", 0}));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(patience.is_lost_with(count));
  EXPECT_TRUE(patience.is_lost_with(count));
  for (int i = 0; i < 9; ++i)
    EXPECT_FALSE(patience.is_lost_with({"the generator was late", "", 0})) << "less will help";
}

TEST(Step, LeavesOutWhatAsksForALeastCount) {
  std::vector<std::string> thresholds{"request_decision:p99 < 1s", "faults.raised > 100",
                                      "requests.timed_out < 5", "tickets.issued == 7"};
  EXPECT_EQ(leave_out_least_counts(thresholds),
            (std::vector<std::string>{"faults.raised > 100", "tickets.issued == 7"}));
  EXPECT_EQ(thresholds,
            (std::vector<std::string>{"request_decision:p99 < 1s", "requests.timed_out < 5"}));
}

}  // namespace
}  // namespace chargemill::app
