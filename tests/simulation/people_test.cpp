// What the operator and drivers of a scenario file do reaches those whom it concerns.
#include <gtest/gtest.h>

#include "app/scenario/load.hpp"
#include "tests/simulation/console_lines.hpp"
#include "tests/simulation/still_network.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;
using test::count_of;
using test::StillNetwork;

network::Scenario scenario_of(const std::string& text) {
  const auto loaded = app::load_scenario_text(text, "people.toml", ".", {});
  if (!loaded) throw std::runtime_error(app::render(loaded.error()));
  return loaded->scenario;
}

constexpr const char* kStory = R"(
[run]
duration = "5m"
[network]
max_session = "11s"
[central]
shards = 2
breaker.failures = 1
breaker.cooldown = "5m"
[[charge_point]]
id = "CP-001"
[[charge_point]]
id = "CP-002"
[[driver]]
id = "ana"
requests = ["CP-001", "CP-001", "CP-001", "CP-001", "CP-001", "CP-001"]

[[action]]
do = "stop"
at = "5s"
cp = "*"
[[action]]
do = "resume"
at = "15s"
cp = "*"
[[action]]
do = "stop_supply"
at = "20s"
cp = "CP-001"
[[action]]
do = "leave"
at = "26s"
driver = "ana"
[[action]]
do = "return"
at = "40s"
driver = "ana"
[[action]]
do = "simulate_fault"
at = "50s"
cp = "CP-002"
[[action]]
do = "fault_cleared"
at = "60s"
cp = "CP-002"
[[action]]
do = "reset_breaker"
at = "70s"
cp = "CP-002"
)";

// Ana asks at 2 s, and four seconds after each outcome.
TEST(People, StopResumeSimulateLeaveAndReturnAsTheFileSays) {
  StillNetwork net{scenario_of(kStory)};
  const std::string ana = "Driver ana | CP-001 | ";
  net.pass(6s);
  EXPECT_EQ(net.shown(DisplayState::stopped), 2U) << "all, in both shards (D-076)";
  EXPECT_EQ(count_of(net.consoles(), ana + "FAILED | Charging interrupted: STOPPED"), 1U);
  net.pass(8s);
  EXPECT_EQ(count_of(net.consoles(), "not available (state: STOPPED)"), 2U);
  net.pass(2s);
  EXPECT_EQ(net.shown(DisplayState::activated), 2U) << "D-077";
  net.pass(5s);  // 21 s
  EXPECT_EQ(count_of(net.consoles(), ana + "COMPLETED | Charging completed"), 1U) << "D-079";
  net.pass(18s);  // 39 s; her session ended at 35 s
  EXPECT_EQ(count_of(net.consoles(), ana + "COMPLETED"), 0U) << "she is away (D-129)";
  net.pass(2s);
  EXPECT_EQ(count_of(net.consoles(), ana + "COMPLETED | 0.07 kWh"), 1U) << "she is back (D-083)";
  net.pass(10s);  // 51 s
  EXPECT_EQ(net.shown(DisplayState::broken), 1U) << "D-120";
  EXPECT_EQ(count_of(net.consoles(), "MON-CP-002 | FAULT"), 1U);
  net.pass(12s);  // 63 s
  EXPECT_EQ(net.shown(DisplayState::broken), 0U);
  EXPECT_EQ(net.totals().breaker_opened, 1U);
  EXPECT_EQ(net.totals().breaker_closed, 0U);
  net.pass(10s);
  EXPECT_EQ(net.totals().breaker_closed, 1U) << "D-157";
  EXPECT_EQ(net.totals().faults_recovered, 1U);
}

TEST(People, AGeneratedDriverIsOutForThePauseAfterEachRequest) {  // D-123
  const auto requests_with = [](const std::string& pause) {
    StillNetwork net{scenario_of(R"(
[run]
duration = "1h"
[network]
charge_points = 100
max_session = "11s"
[central]
shards = 1
[drivers]
count = 1
sessions_per_cp_per_day = 3000
pause = ")" + pause + "\"\n")};
    net.pass(10min);
    return net.totals().requests_sent;
  };
  const auto restless = requests_with("0s");
  EXPECT_GT(restless, 20U) << "a session takes eleven seconds, and the next vehicle waits for none";
  EXPECT_LT(requests_with("10s"), restless);
  EXPECT_LE(requests_with("5m"), 3U);
}

}  // namespace
}  // namespace chargemill
