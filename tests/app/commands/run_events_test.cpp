#include "app/commands/run_events.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/sample_summary.hpp"

namespace chargemill::app {
namespace {

using nlohmann::json;

struct RunEventsTest : testing::Test {
  std::filesystem::path path =
      std::filesystem::path{testing::TempDir()} /
      (std::string{"events_"} + testing::UnitTest::GetInstance()->current_test_info()->name());
  void SetUp() override { std::filesystem::remove(path); }
  void TearDown() override { std::filesystem::remove(path); }
  [[nodiscard]] std::vector<json> lines() const {
    std::ifstream file(path);
    std::vector<json> all;
    for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
    return all;
  }
  [[nodiscard]] std::vector<std::string> events() const {
    std::vector<std::string> names;
    for (const auto& line : lines()) names.push_back(line.at("event"));
    return names;
  }
};
using Names = std::vector<std::string>;

TEST_F(RunEventsTest, TellStartPlanAndEachWarningBeforeTheRun) {
  Loaded loaded;
  loaded.scenario.run.name = "demo";
  loaded.scenario.network.charge_points = 10;
  loaded.warnings.push_back(
      {Code::contradiction, "no drivers", {"a.toml", 3, 1, {}, 1}, {}, Severity::warning});
  Membership membership;
  membership.names = {"alpha", "beta"};
  loaded.scenario.run.nodes = 2;
  RunLog log{path};
  log_plan(log, loaded, {"chargemill", "run"}, &membership);
  EXPECT_EQ(events(), (Names{"start", "plan", "warning"}));
  EXPECT_EQ(lines()[0]["scenario"], "demo");
  EXPECT_EQ(lines()[1]["charge_points"], 10);
  EXPECT_EQ(lines()[2]["place"], "a.toml:3:1");
  EXPECT_EQ(lines()[2]["node"], "alpha");
  EXPECT_EQ(lines()[2]["role"], "leads");
}
TEST_F(RunEventsTest, TellWhereTheRunIsReached) {
  const RunLog log{path};
  log_door(log, {"HTTP", "127.0.0.1:8000", "", false, true});
  log_door(log, {"TCP", "127.0.0.1:9999", "", false, false});
  EXPECT_EQ(events(), (Names{"door", "door"}));
  EXPECT_EQ(lines()[0]["access"], "token");
  EXPECT_EQ(lines()[1]["address"], "127.0.0.1:9999");
  EXPECT_EQ(lines()[1]["access"], "everybody who reaches it");
}
TEST_F(RunEventsTest, TellRefusalsAndNotEachOfThem) {  // D-063, D-092, D-094
  RunLog log{path};
  RefusalLog refusals;
  network::Snapshot look;
  refusals.look(log, look);
  EXPECT_TRUE(lines().empty()) << "nothing was refused";
  look.totals.commands_refused = 3;
  look.sim = SimTime{std::chrono::seconds{7}};
  refusals.look(log, look);
  for (int s = 1; s < 10; ++s) {
    look.wall = std::chrono::seconds{s};
    look.totals.commands_refused += 100;
    refusals.look(log, look);
  }
  EXPECT_EQ(events(), Names{"refused"});
  look.wall = std::chrono::seconds{10};
  look.totals.payloads_invalid = 2;
  refusals.look(log, look);
  refusals.look(log, look);
  ++look.totals.commands_refused;
  refusals.tell(log, look);
  EXPECT_EQ(events(), (Names{"refused", "refused", "refused"}));
  EXPECT_EQ(lines()[0]["commands"], 3);
  EXPECT_EQ(lines()[0]["sim_s"], 7.0);
  EXPECT_EQ(lines()[0]["level"], "warning");
  EXPECT_EQ(lines()[1]["commands"], 900);
  EXPECT_EQ(lines()[1]["payloads"], 2);
  EXPECT_EQ(lines()[2]["commands"], 1);
}
TEST_F(RunEventsTest, TellStopEachThresholdAndTheVerdictAfterIt) {
  log_outcome(RunLog{path}, tests::sample_summary(), 99);
  EXPECT_EQ(events(), (Names{"stop", "threshold", "threshold", "verdict"}));
  EXPECT_EQ(lines()[0]["reason"], "duration");
  EXPECT_EQ(lines()[1]["level"], "info");
  EXPECT_EQ(lines()[2]["level"], "error");
  EXPECT_EQ(lines()[2]["expr"], "faults.raised < 2");
  EXPECT_EQ(lines()[3]["result"], "FAIL");
  EXPECT_EQ(lines()[3]["exit_code"], 99);
}
TEST_F(RunEventsTest, WarnOfWhatMakesARunWorthless) {
  auto summary = tests::sample_summary();
  summary["run"]["invalid"] = true;
  summary["run"]["invalid_reason"] = "late";
  summary["conservation"] = {{"ok", false}, {"broken", {"energy"}}};
  summary["warnings"] = {"2 messages"};
  log_outcome(RunLog{path}, summary, 98);
  EXPECT_EQ(events(),
            (Names{"stop", "warning", "warning", "warning", "threshold", "threshold", "verdict"}));
  EXPECT_EQ(lines()[3]["text"], "2 messages");
  EXPECT_EQ(lines()[1]["text"], "late");
  EXPECT_EQ(lines()[2]["text"], "energy");
}

}  // namespace
}  // namespace chargemill::app
