// What a scenario foresees, as marks on the charts.
#include "app/dashboard/marks.hpp"

#include <gtest/gtest.h>

namespace chargemill::app::dashboard {
namespace {

using namespace std::chrono_literals;

network::FaultSpec fault_at(SimTime at, network::FaultKind kind) {
  network::FaultSpec fault;
  fault.kind = kind;
  fault.at = at;
  fault.duration = 20s;
  return fault;
}

TEST(Marks, NameStagesAndFaultsThatComeAtATimeInItsOrder) {
  network::Scenario scenario;
  scenario.run.warmup = 10s;
  scenario.stages = {{SimTime{60s}, 30s, network::StageTarget::request_rate, 2.5},
                     {SimTime{5s}, 0s, network::StageTarget::connected_share, 0.8}};
  scenario.faults = {fault_at(SimTime{30s}, network::FaultKind::partition)};
  scenario.faults.back().zone = "Z12";
  scenario.faults.emplace_back().rate_per_cp_per_hour = 1.0;  // no moment of its own
  const auto marks = marks_of(scenario);
  ASSERT_EQ(marks.size(), 4U);
  EXPECT_EQ(marks[0].text, "80 % connected");
  EXPECT_EQ(marks[1].text, "warm-up ends");
  EXPECT_EQ(marks[2].text, "partition, Z12");
  EXPECT_EQ(marks[2].from, SimTime{30s});
  EXPECT_EQ(marks[2].to, SimTime{50s});
  EXPECT_EQ(marks[3].text, "2.5 requests/s");
  EXPECT_EQ(marks_json(scenario)[3].dump(),
            R"({"from_s":60.0,"to_s":90.0,"text":"2.5 requests/s"})");
}
TEST(Marks, AreNoMoreThanAChartCanBear) {
  network::Scenario scenario;
  for (int i = 500; i > 0; --i)
    scenario.faults.push_back(
        fault_at(SimTime{std::chrono::seconds{i}}, network::FaultKind::engine_ko));
  const auto marks = marks_of(scenario);
  ASSERT_EQ(marks.size(), kMarksMax);
  EXPECT_EQ(marks.front().from, SimTime{1s});
}

}  // namespace
}  // namespace chargemill::app::dashboard
