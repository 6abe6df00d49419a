#include "app/output/run_log.hpp"

#include <gtest/gtest.h>

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
  EXPECT_EQ(read(), R"({"ts":"2026-01-05T00:00:00.007Z","level":"warning","event":"warning",)"
                    R"("text":"two\nlines","place":"a.toml:1:2"})"
                    "\n")
      << "while the log is still open";
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
