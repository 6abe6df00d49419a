#include "app/output/run_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

struct RunLogTest : testing::Test {
  std::filesystem::path path =
      std::filesystem::path{testing::TempDir()} /
      (std::string{"log_"} + testing::UnitTest::GetInstance()->current_test_info()->name());
  RunLog::Clock clock = [] { return system_clock::time_point{1'767'571'200'007ms}; };
  void SetUp() override { std::filesystem::remove(path); }
  void TearDown() override { std::filesystem::remove(path); }
  [[nodiscard]] std::string read() const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
};

TEST_F(RunLogTest, WritesOneObjectALineAndFlushesIt) {
  const RunLog log{path, clock};
  log.write(Level::warning, "warning", {{"text", "two\nlines"}, {"place", "a.toml:1:2"}});
  EXPECT_EQ(read(), R"({"ts":"2026-01-05T00:00:00.007000000Z","level":"warning",)"
                    R"("msg":"something to know of","event":"warning","run":"","node":"local",)"
                    R"("role":"alone","worker":null,"sim_ts":null,)"
                    R"("text":"two\nlines","place":"a.toml:1:2"})"
                    "\n")
      << "while the log is still open";
}
TEST_F(RunLogTest, SaysOfEachLineWhereItComesFromAndOfWhichModelTime) {  // user experience, 5.5
  const auto folder = path;
  std::filesystem::create_directory(folder);
  RunLog log{folder / "log.ndjson", [] { return system_clock::time_point{1ns}; }};
  log.speak_for({"city", "alpha", "leads", 1'767'571'200});
  log.note_time(SimTime{1h + 5ns});
  log.write(Level::info, "stop", {{"reason", "duration"}});
  std::ifstream file{folder / "log.ndjson"};
  const auto line = nlohmann::json::parse(file, nullptr, false);
  EXPECT_EQ(line["ts"], "1970-01-01T00:00:00.000000001Z");
  EXPECT_EQ(line["msg"], "the run is over");
  EXPECT_EQ(line["run"], folder.filename().string());
  EXPECT_EQ(line["node"], "alpha");
  EXPECT_EQ(line["role"], "leads");
  EXPECT_EQ(line["sim_ts"], "2026-01-05T01:00:00.000000005Z");
  EXPECT_EQ(line["reason"], "duration");
  std::filesystem::remove_all(folder);
}
TEST_F(RunLogTest, WritesSoManyLinesOfAnEventAndSaysHowManyItDidNot) {  // user experience, 5.5
  LogCounts counts;
  auto now = system_clock::time_point{1'767'571'200s};
  RunLog log{path, [&now] { return now; }};
  log.count_in(counts);
  for (std::uint32_t i = 0; i < RunLog::kAtOnce + 7; ++i)
    log.write(Level::info, "console", {{"n", i}});
  log.write(Level::info, "door", {{"text", "others are not concerned"}});
  const auto lines = [this] {
    const auto text = read();
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(lines(), RunLog::kAtOnce + 1);
  EXPECT_EQ(read().find("suppressed"), std::string::npos);
  EXPECT_EQ(counts.of(Level::info), RunLog::kAtOnce + 8U) << "all are counted";
  EXPECT_EQ(counts.lost(LogLoss::suppressed), 7U);
  now += 1s;
  log.write(Level::info, "console", {{"n", -1}});
  EXPECT_NE(read().find("\"n\":-1,\"suppressed\":7}"), std::string::npos);
  for (std::uint32_t i = 0; i < RunLog::kPerSecond; ++i)
    log.write(Level::info, "console", {{"n", i}});
  EXPECT_EQ(counts.lost(LogLoss::suppressed), 8U) << "a hundred a second";
  log.tell_suppressed();
  EXPECT_NE(read().find("\"suppressed\":1}"), std::string::npos) << "none is forgotten";
  const auto told = lines();
  log.tell_suppressed();
  EXPECT_EQ(lines(), told);
}
TEST_F(RunLogTest, CountsWhatItsFileDoesNotTake) {  // user experience, 5.5
  LogCounts counts;
  RunLog log{path / "not" / "there", clock};
  log.count_in(counts);
  log.write(Level::info, "start", {{"seed", 1}});
  EXPECT_EQ(counts.lost(LogLoss::failed), 1U);
  if (std::filesystem::exists("/dev/full")) {
    RunLog full{"/dev/full", clock};
    full.count_in(counts);
    full.write(Level::info, "start", {{"seed", 1}});
    EXPECT_EQ(counts.lost(LogLoss::failed), 2U);
  }
  EXPECT_EQ(counts.lost(LogLoss::suppressed), 0U);
}
TEST_F(RunLogTest, AppendsToWhatAnEarlierRunLeft) {
  RunLog{path, clock}.write(Level::info, "start", {{"seed", 1}});
  RunLog{path, clock}.write(Level::info, "start", {{"seed", 2}});
  const auto text = read();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_LT(text.find("\"seed\":1"), text.find("\"seed\":2"));
}
TEST_F(RunLogTest, OpensItsPathAnewWhenTheFileWasMovedAway) {
  RunLog log{path, clock};
  log.write(Level::info, "start", {{"seed", 1}});
  auto moved = path;
  moved += ".1";
  std::filesystem::rename(path, moved);
  log.reopen();
  log.write(Level::info, "start", {{"seed", 2}});
  EXPECT_EQ(read().find("\"seed\":1"), std::string::npos);
  EXPECT_NE(read().find("\"seed\":2"), std::string::npos);
  std::filesystem::remove(moved);
}
TEST_F(RunLogTest, TakesTextsThatAreNotUtf8) {
  const RunLog log{path, clock};
  log.write(Level::error, "start", {{"argv", {"\xff.toml"}}});
  EXPECT_FALSE(nlohmann::json::parse(read(), nullptr, false).is_discarded()) << read();
}
TEST_F(RunLogTest, NeverStopsARun) {
  RunLog{}.write(Level::info, "start", {{"seed", 1}});
  RunLog{path / "not" / "there", clock}.write(Level::info, "start", {{"seed", 1}});
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace chargemill::app
