#include "app/output/run_directory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "app/output/kept_series.hpp"
#include "app/output/series_row.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

struct RunDirectoryTest : testing::Test {
  std::filesystem::path path =
      std::filesystem::path{testing::TempDir()} /
      (std::string{"run_"} + testing::UnitTest::GetInstance()->current_test_info()->name());
  void SetUp() override { std::filesystem::remove_all(path); }
  void TearDown() override { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(path / name).rdbuf();
    return text.str();
  }
};

TEST_F(RunDirectoryTest, LeavesWholeFilesAndNoTemporaryOnes) {
  auto directory = RunDirectory::create(path);
  ASSERT_TRUE(directory);
  ASSERT_TRUE(directory->write("summary.json", "{}\n"));
  EXPECT_EQ(read("summary.json"), "{}\n");
  for (const auto& entry : std::filesystem::directory_iterator(path))
    EXPECT_NE(entry.path().extension(), ".part");
}
TEST_F(RunDirectoryTest, RefusesADirectoryThatHoldsARun) {
  {
    auto first = RunDirectory::create(path);
    ASSERT_TRUE(first && first->write("summary.json", "{}\n"));
  }
  const auto second = RunDirectory::create(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::environment);
}
// A node that leads again after a restart is told the same --out again.
TEST_F(RunDirectoryTest, WhoGoesOnThereTakesTheNextOneThatHoldsNoRun) {
  EXPECT_EQ(RunDirectory::unused(path), path);
  for (const char* name : {"run", "run-2"}) ASSERT_TRUE(RunDirectory::create(path / name));
  EXPECT_EQ(RunDirectory::unused(path / "run"), path / "run-3");
  EXPECT_EQ(RunDirectory::unused(path / "run" / ""), path / "run-3");
  std::filesystem::create_directories(path / "empty");
  EXPECT_EQ(RunDirectory::unused(path / "empty"), path / "empty");
}
TEST_F(RunDirectoryTest, WritesOneRowOfTheSeriesForEachLook) {
  auto directory = RunDirectory::create(path);
  ASSERT_TRUE(directory);
  network::Snapshot snapshot;
  SeriesRows rows;
  snapshot.sim = SimTime{90s};
  snapshot.totals.display = {1, 2, 3, 4, 5};
  snapshot.totals.power_w = 22'000;
  directory->append(rows.next(snapshot));
  std::istringstream lines(read("timeseries.csv"));
  std::string header;
  std::string row;
  std::getline(lines, header);
  std::getline(lines, row);
  EXPECT_EQ(std::count(header.begin(), header.end(), ','), std::count(row.begin(), row.end(), ','));
  EXPECT_EQ(row.rfind("90.000,0.000,1,2,3,4,5,", 0), 0U) << row;
  EXPECT_EQ(header.substr(header.rfind(',')), ",power_w");
  EXPECT_EQ(row.substr(row.rfind(',')), ",22000");
}
TEST_F(RunDirectoryTest, TellsThePercentilesOfEachInterval) {
  auto directory = RunDirectory::create(path);
  ASSERT_TRUE(directory);
  network::Snapshot snapshot;
  SeriesRows rows;
  snapshot.latencies.request_decision.record(2ms, 1'000);
  directory->append(rows.next(snapshot));
  snapshot.latencies.request_decision.record(64ms, 10);
  snapshot.latencies.fault_detection.record(3ms);
  snapshot.latencies.tick_lateness.record(5ms);
  directory->append(rows.next(snapshot));
  directory->append(rows.next(snapshot));
  std::istringstream lines(read("timeseries.csv"));
  std::string header, first, second, third;
  for (auto* line : {&header, &first, &second, &third}) std::getline(lines, *line);
  const auto fields_of = [](const std::string& row) {
    std::vector<std::string> fields;
    std::istringstream in(row);
    for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
    return fields;
  };
  const auto names = fields_of(header);
  const auto of = [&](const std::string& row, const std::string& name) {
    const auto at = std::find(names.begin(), names.end(), name) - names.begin();
    return std::stod(fields_of(row).at(static_cast<std::size_t>(at)));
  };
  EXPECT_NEAR(of(first, "decision_interval_p50_ms"), 2.0, 0.02);
  EXPECT_NEAR(of(second, "decision_interval_p50_ms"), 64.0, 0.7) << "of ten, not of a thousand";
  EXPECT_NEAR(of(second, "detection_interval_p99_ms"), 3.0, 0.03);
  EXPECT_NEAR(of(second, "tick_lateness_interval_p99_ms"), 5.0, 0.05);
  for (const char* name :
       {"decision_interval_p50_ms", "detection_interval_p99_ms", "tick_lateness_interval_p99_ms"})
    EXPECT_DOUBLE_EQ(of(third, name), 0.0) << name;
}
std::vector<std::string> lines_of(const KeptSeries& kept) {
  std::istringstream text(kept.text());
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}
TEST(KeptSeries, HoldsTheWholeRunInBoundedRoomWithItsEndsAndEvenSteps) {  // law 6
  KeptSeries kept;
  constexpr std::size_t kRows = 5 * KeptSeries::kRowsMax;
  for (std::size_t i = 0; i < kRows; ++i) kept.add(std::to_string(i) + "\n");
  auto lines = lines_of(kept);
  EXPECT_EQ(lines.front() + "\n", kSeriesHeader);
  lines.erase(lines.begin());
  EXPECT_LE(lines.size(), KeptSeries::kRowsMax);
  EXPECT_GT(lines.size(), KeptSeries::kRowsMax / 2);
  EXPECT_EQ(lines.back(), std::to_string(kRows - 1)) << "the newest, whatever its step";
  lines.pop_back();
  for (std::size_t i = 0; i < lines.size(); ++i) ASSERT_EQ(lines[i], std::to_string(i * 8));
}
TEST(KeptSeries, LosesNoShortOutageAndNoSlowSecondOfALongRun) {
  // Of a header's columns those that matter; all others are zero.
  const auto row = [](std::size_t second, int broken, double slow_ms) {
    return fmt::format("{}.000,0,9,0,0,{},0,{},0,0,0,0,0,0,0,0,0,0,0,0,0,0,{:.3f},0,0,0,0,0\n",
                       second, broken, 2 * second, slow_ms);
  };
  constexpr std::size_t kRows = 3 * KeptSeries::kRowsMax;
  for (const std::size_t at : {1U, 2U, 1'000U, 1'001U, 9'999U, 17'278U}) {
    SCOPED_TRACE(at);
    KeptSeries kept;
    for (std::size_t i = 0; i < kRows; ++i)
      kept.add(row(i, i == at ? 3 : 0, i == at + 1 ? 900.0 : 20.0));
    std::size_t broken = 0;
    std::size_t slow = 0;
    for (const auto& line : lines_of(kept)) {
      if (line.find(",0,9,0,0,3,0,") != std::string::npos) {
        ++broken;
        // The row is the one of that second, its counters with it.
        EXPECT_EQ(line.rfind(fmt::format("{}.000,0,9,0,0,3,0,{},", at, 2 * at), 0), 0U) << line;
      }
      slow += line.find(",900.000,") != std::string::npos ? 1U : 0U;
    }
    EXPECT_EQ(broken, 1U);
    EXPECT_EQ(slow, 1U);
  }
}
TEST_F(RunDirectoryTest, LeavesFilesOfOthersAlone) {
  std::filesystem::create_directories(path);
  std::ofstream(path / "report.html") << "mine";
  EXPECT_FALSE(RunDirectory::create(path));
  EXPECT_EQ(read("report.html"), "mine");
}

}  // namespace
}  // namespace chargemill::app
