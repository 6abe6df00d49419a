// History of a run that keeps no journal: the same rows, from memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "app/history/history_rows.hpp"
#include "tests/simulation/api_office.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// A session, a fault in the middle of the second, a recovery.
network::Scenario eventful() {
  auto scenario = StillNetwork::scenario(2, {{"CP-001", "CP-002"}});
  network::FaultSpec fault;
  fault.kind = network::FaultKind::engine_ko;
  fault.at = SimTime{25s};
  fault.duration = 10s;
  fault.point = "CP-002";
  scenario.faults.push_back(fault);
  return scenario;
}

TEST(Memory, AnswersWhatAJournalWouldAnswer) {  // D-172 to D-175, D-190
  Memory memory;
  ApiOffice office{eventful(), nullptr, &memory};
  office.pass(60s);
  const json faults = office.get("/api/v1/faults")["faults"];
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0]["event_type"], "RECOVERY") << "newest first (D-164)";
  EXPECT_EQ(faults[1]["event_type"], "FAULT");
  EXPECT_EQ(faults[1]["cp_id"], "CP-002");
  EXPECT_EQ(office.get("/api/v1/faults?cp=CP-001")["faults"].size(), 0U);
  EXPECT_EQ(office.get("/api/v1/faults?kind=FAULT")["faults"].size(), 1U);
  EXPECT_EQ(office.get("/api/v1/faults?limit=0")["faults"].size(), 0U) << "D-165";

  const json sessions = office.get("/api/v1/sessions")["sessions"];
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[0]["cp_id"], "CP-002");
  EXPECT_EQ(sessions[0]["status"], "FAILED");
  EXPECT_EQ(sessions[1]["status"], "COMPLETED");
  EXPECT_EQ(sessions[1]["driver_id"], "driver-0");
  EXPECT_NEAR(sessions[1]["total_kwh"].get<double>(), 22.0 * 11 / 3'600, 1e-9);
  EXPECT_EQ(office.get("/api/v1/sessions?status=COMPLETED")["sessions"].size(), 1U);
  EXPECT_EQ(office.get("/api/v1/drivers/driver-0/sessions/history")["sessions"].size(), 2U);

  const json tickets = office.get("/api/v1/drivers/driver-0/tickets")["tickets"];
  ASSERT_GE(tickets.size(), 2U);
  EXPECT_NE(tickets.back()["delivered_at"], nullptr);
  EXPECT_EQ(office.get("/api/v1/tickets?status=OPEN")["tickets"].size(), 0U);

  const json health = office.get("/api/v1/health?cp=CP-001")["health"];
  ASSERT_GE(health.size(), 3U);
  EXPECT_EQ(health[0]["state"], "ACTIVATED");

  const json all = office.get("/api/v1/stats");
  EXPECT_EQ(all["total_events"], 2);
  EXPECT_EQ(all["fault_count"], 1);
  EXPECT_EQ(all["recovery_count"], 1);
  EXPECT_EQ(all["currently_faulty"], 0);
  EXPECT_GT(all["mean_time_to_recovery_s"].get<double>(), 5.0);
  EXPECT_EQ(office.get("/api/v1/stats?cp=CP-001")["total_events"], 0) << "0, never null (D-175)";
  const json late = office.get("/api/v1/stats?days=0.00037");  // of the last 32 s (D-175)
  EXPECT_EQ(late["fault_count"], 0) << "it was found at 30 s at the latest";
  EXPECT_EQ(late["recovery_count"], 1);
  EXPECT_EQ(late["total_events"], 1);
  EXPECT_EQ(office.get("/api/v1/stats?days=1")["total_events"], 2);
  EXPECT_EQ(memory.lost(), 0U);
}
TEST(Memory, TellsAnOperatorWhatHappenedNewestFirst) {  // D-199
  Memory memory;
  ApiOffice office{eventful(), nullptr, &memory};
  office.pass(30s);
  (void)office.post("/api/v1/charge-points/CP-001/stop", nullptr);
  office.pass(30s);
  const json all = office.get("/api/v1/messages")["messages"];
  std::string events;
  for (auto row = all.rbegin(); row != all.rend(); ++row)
    events += (*row)["cp_id"].get<std::string>() + ' ' + (*row)["event"].get<std::string>() + ' ';
  EXPECT_THAT(events, testing::StartsWith("CP-001 accepted CP-001 started CP-001 ended "
                                          "CP-002 accepted CP-002 started "));
  for (const char* one : {"CP-002 fault", "CP-002 ended", "CP-002 recovery", "CP-001 stopped"})
    EXPECT_THAT(events, testing::HasSubstr(one));
  EXPECT_EQ(all.back()["driver_id"], "driver-0");
  const json two = office.get("/api/v1/messages?limit=2")["messages"];
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0], all[0]);
  EXPECT_EQ(two[1], all[1]);
  EXPECT_EQ(office.get("/api/v1/messages?limit=0")["messages"].size(), 0U);
}
TEST(Memory, TellsAnOperatorOfARefusedCommandAndNotOfASecondStart) {  // D-063, D-094, D-199
  Memory memory;
  ApiOffice office{StillNetwork::scenario(1, {{"CP-001"}}), nullptr, &memory};
  const auto of = [&](const std::string& event) {
    const json all = office.get("/api/v1/messages")["messages"];
    return std::count_if(all.begin(), all.end(),
                         [&](const json& row) { return row["event"] == event; });
  };
  office.pass(3s);
  ASSERT_EQ(office.point("CP-001")["state"], "SUPPLYING");
  EXPECT_EQ(of("started"), 1);
  (void)office.post("/api/v1/charge-points/CP-001/resume", nullptr);
  office.pass(1s);
  EXPECT_EQ(of("refused"), 1);
  EXPECT_EQ(of("started"), 1);
  office.pass(20s);
  ASSERT_EQ(office.point("CP-001")["state"], "ACTIVATED");
  (void)office.post("/api/v1/charge-points/CP-001/resume", nullptr);
  office.pass(1s);
  EXPECT_EQ(of("refused"), 2) << "whatever its state is";
}
TEST(Memory, ItsRowsAreTheJournalsRowsButForTheirNumbers) {
  const std::vector<std::string> questions{"/api/v1/faults", "/api/v1/health?cp=CP-002",
                                           "/api/v1/sessions", "/api/v1/tickets", "/api/v1/stats"};
  const auto without_ids = [](json answer) {
    for (auto& [name, rows] : answer.items()) {
      if (!rows.is_array()) continue;
      for (auto& row : rows) row.erase("id");
    }
    return answer;
  };
  std::vector<json> remembered;
  {
    Memory memory;
    ApiOffice office{eventful(), nullptr, &memory};
    office.pass(60s);
    for (const auto& question : questions) remembered.push_back(without_ids(office.get(question)));
  }
  const Folder folder;
  Recording::Options options;
  options.journal.chain.directory = folder.path();
  options.pace = Recorder::Pace::own_time;
  auto recording = Recording::open(std::move(options));
  ASSERT_TRUE(recording) << recording.error().text;
  ApiOffice office{eventful(), recording->get()};
  auto history = std::optional<archive::History>{};
  office.world().read_past = [&](const app::api::WithPast& use) {
    use(&*history);
    return true;
  };
  office.pass(60s);
  ASSERT_TRUE((*recording)->flush(10s));
  history.emplace(std::move(*archive::History::open(folder.path())));
  for (std::size_t i = 0; i < questions.size(); ++i)
    EXPECT_EQ(without_ids(office.get(questions[i])), remembered[i]) << questions[i];
}

}  // namespace
}  // namespace chargemill::test
