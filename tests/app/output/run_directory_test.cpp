#include "app/output/run_directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

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
TEST_F(RunDirectoryTest, WritesOneRowOfTheSeriesForEachLook) {
  auto directory = RunDirectory::create(path);
  ASSERT_TRUE(directory);
  network::Snapshot snapshot;
  snapshot.sim = SimTime{90s};
  snapshot.totals.display = {1, 2, 3, 4, 5};
  directory->append(snapshot);
  std::istringstream lines(read("timeseries.csv"));
  std::string header;
  std::string row;
  std::getline(lines, header);
  std::getline(lines, row);
  EXPECT_EQ(std::count(header.begin(), header.end(), ','), std::count(row.begin(), row.end(), ','));
  EXPECT_EQ(row.rfind("90.000,0.000,1,2,3,4,5,", 0), 0U) << row;
}
TEST_F(RunDirectoryTest, TellsThePercentilesOfEachInterval) {
  auto directory = RunDirectory::create(path);
  ASSERT_TRUE(directory);
  network::Snapshot snapshot;
  snapshot.latencies.request_decision.record(2ms, 1'000);
  directory->append(snapshot);
  snapshot.latencies.request_decision.record(64ms, 10);
  directory->append(snapshot);
  directory->append(snapshot);
  std::istringstream lines(read("timeseries.csv"));
  std::string header, first, second, third;
  for (auto* line : {&header, &first, &second, &third}) std::getline(lines, *line);
  const auto p50 = [](const std::string& row) {
    std::vector<std::string> fields;
    std::istringstream in(row);
    for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
    return std::stod(fields.at(fields.size() - 3));
  };
  EXPECT_NE(header.find(",decision_interval_p50_ms,"), std::string::npos);
  EXPECT_NEAR(p50(first), 2.0, 0.02);
  EXPECT_NEAR(p50(second), 64.0, 0.7) << "of ten, not of a thousand";
  EXPECT_DOUBLE_EQ(p50(third), 0.0);
}
TEST_F(RunDirectoryTest, LeavesFilesOfOthersAlone) {
  std::filesystem::create_directories(path);
  std::ofstream(path / "report.html") << "mine";
  EXPECT_FALSE(RunDirectory::create(path));
  EXPECT_EQ(read("report.html"), "mine");
}

}  // namespace
}  // namespace chargemill::app
