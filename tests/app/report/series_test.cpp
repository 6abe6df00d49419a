#include "app/report/series.hpp"

#include <gtest/gtest.h>

#include <string>

namespace chargemill::app {
namespace {

/// A look a second; `broken_at`: the only one with a fault.
std::string looks(std::size_t count, std::size_t broken_at) {
  std::string csv = "sim_s,fault,requests_sent\n";
  for (std::size_t i = 0; i < count; ++i)
    csv +=
        std::to_string(i) + ".5," + (i == broken_at ? "1," : "0,") + std::to_string(2 * i) + "\n";
  return csv;
}

TEST(Series, KeepsEveryRowThatThereIsRoomFor) {
  const auto series = thinned_series(looks(kPointsMax, 7));
  EXPECT_EQ(series["rows"], kPointsMax);
  EXPECT_EQ(series["columns"]["sim_s"].size(), kPointsMax);
  EXPECT_EQ(series["columns"]["sim_s"][3], 3.5);
  EXPECT_EQ(series["columns"]["requests_sent"][3].dump(), "6") << "whole numbers stay short";
}
TEST(Series, ThinsALongRunToTheLimitAndKeepsItsEnds) {
  const auto series = thinned_series(looks(86'400, 5));
  EXPECT_EQ(series["rows"], 86'400);
  for (const auto& column : series["columns"]) EXPECT_EQ(column.size(), kPointsMax);
  const auto& at = series["columns"]["sim_s"];
  EXPECT_EQ(at.front(), 0.5);
  EXPECT_EQ(at.back(), 86'399.5);
  for (std::size_t i = 1; i < at.size(); ++i)
    ASSERT_LT(at[i - 1].get<double>(), at[i].get<double>()) << "each row once, in order";
}
TEST(Series, ShowsAShortOutageInALongRun) {
  for (const std::size_t broken_at : {1U, 777U, 43'210U, 86'398U}) {
    const auto faults = thinned_series(looks(86'400, broken_at))["columns"]["fault"];
    EXPECT_EQ(std::count(faults.begin(), faults.end(), 1), 1) << broken_at;
  }
}
TEST(Series, ShowsAShortTimeOfSlowDecisionsInALongRun) {
  constexpr std::size_t kSeconds = 86'400;
  for (const std::size_t slow_at : {0U, 1U, 777U, 43'210U, 86'398U, 86'399U}) {
    std::string csv = "sim_s,fault,decision_interval_p99_ms,decision_p99_ms\n";
    for (std::size_t i = 0; i < kSeconds; ++i)
      csv += std::to_string(i) + ",0," + (i == slow_at ? "900" : "20") + ",20\n";
    const auto columns = thinned_series(csv)["columns"];
    const auto& recent = columns["decision_interval_p99_ms"];
    EXPECT_EQ(std::count(recent.begin(), recent.end(), 900), 1) << slow_at;
    EXPECT_EQ(columns["sim_s"].size(), kPointsMax);
  }
}
TEST(Series, LeavesOutRowsThatAreNotWhole) {
  const auto series = thinned_series("sim_s,fault\n1,0\n2\n3,x\n4,nan\n\n5,0,0\n6,1\n7");
  EXPECT_EQ(series["rows"], 2);
  EXPECT_EQ(series["columns"]["sim_s"], nlohmann::ordered_json({1, 6}));
}
TEST(Series, OfAnEmptyFileIsEmpty) {
  EXPECT_EQ(thinned_series("")["rows"], 0);
  EXPECT_TRUE(thinned_series("")["columns"].empty());
}

}  // namespace
}  // namespace chargemill::app
