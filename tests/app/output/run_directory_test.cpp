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
TEST(HgrmText, EndsEachHistogramAtOne) {
  network::Latencies latencies;
  for (int i = 1; i <= 1'000; ++i) latencies.request_decision.record(i * 1ms);
  const std::string text = hgrm_text(latencies);
  EXPECT_NE(text.find("1.000000000000       1000"), std::string::npos) << text.substr(0, 400);
}

}  // namespace
}  // namespace chargemill::app
