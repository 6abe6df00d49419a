// Failed actors of each kind in a whole network: restarted by their supervisors, or given up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/console_lines.hpp"
#include "tests/simulation/still_network.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;
using test::count_of;
using test::StillNetwork;

/// Lets time pass until `is_back`, at most a minute.
template <class Condition>
void await(StillNetwork& net, Condition is_back) {
  for (int i = 0; i < 600 && !is_back(); ++i) net.pass(100ms);
}

TEST(Supervision, AnEngineThatFailsTooOftenIsGivenUpAndSaidSo) {  // law 6
  StillNetwork net{2, {}};
  net.pass(5s);
  for (int i = 0; i < 5; ++i) {
    net.tell_point(0, Crash{});
    ASSERT_NE(net.point(0).life, charge_point::Life::on);
    await(net, [&] { return net.point(0).life == charge_point::Life::on; });
    ASSERT_EQ(net.point(0).life, charge_point::Life::on) << "restart " << i + 1;
  }
  EXPECT_EQ(net.totals().given_up, 0U);
  (void)net.consoles();
  net.tell_point(0, Crash{});
  net.pass(10min);
  EXPECT_EQ(net.point(0).life, charge_point::Life::crashed);
  EXPECT_EQ(net.defects().count, 0U) << "what a scenario asks for is none";
  auto t = net.totals();
  EXPECT_EQ(t.restarts, 5U);
  EXPECT_EQ(t.given_up, 1U);
  EXPECT_EQ(net.shown(DisplayState::broken), 1U) << "its monitor says so";
  EXPECT_EQ(net.shown(DisplayState::activated), 1U) << "and nobody else is harmed";
  EXPECT_EQ(count_of(net.consoles(), "CP-001 | failed too often: given up"), 1U);
  net.tell_point(0, PowerOn{});  // somebody switches it on by hand
  net.pass(5s);
  EXPECT_EQ(net.shown(DisplayState::activated), 2U);
}

TEST(Supervision,
     ACrashThatLastsIsSeenByTheMonitorAndItsSessionCorrected) {  // G3, D-070, D-075, D-103
  auto scenario = StillNetwork::scenario(2, {{"CP-001"}});
  scenario.network.max_session = 60s;
  network::FaultSpec crash;
  crash.kind = network::FaultKind::engine_crash;
  crash.at = SimTime{15s};
  crash.duration = 10s;
  crash.point = "CP-001";
  scenario.faults.push_back(crash);
  StillNetwork net{scenario};
  net.pass(14s);
  ASSERT_EQ(net.point(0).phase, Phase::supplying);
  net.pass(6s);
  EXPECT_EQ(net.point(0).life, charge_point::Life::crashed);
  EXPECT_EQ(net.shown(DisplayState::broken), 1U) << "three checks failed";
  EXPECT_EQ(net.totals().faults_raised, 1U);
  EXPECT_EQ(net.totals().sessions_failed, 1U) << "the driver is not left waiting";
  net.pass(4s);
  EXPECT_EQ(net.point(0).life, charge_point::Life::crashed) << "ten seconds are not over";
  net.pass(8s);
  EXPECT_EQ(net.point(0).life, charge_point::Life::on);
  const auto t = net.totals();
  EXPECT_EQ(t.faults_recovered, 1U);
  EXPECT_EQ(t.sessions_corrected, 1U) << "what it had delivered is told";
  EXPECT_EQ(t.energy_unreported_mj, 0);
  EXPECT_EQ(net.shown(DisplayState::activated), 2U);
}

TEST(Supervision, AFaultThatBeginsAndEndsInAPartitionIsToldAfterIt) {  // D-117, D-213
  StillNetwork net{1, {}};
  net.pass(5s);
  const auto ko_for = [&](Nanos time) {
    net.tell_point(0, KoKey{});
    net.pass(time);
    net.tell_point(0, OkKey{});
    net.pass(5s);
  };
  net.tell_monitor(0, LinkDown{});
  ko_for(10s);
  net.tell_monitor(0, LinkUp{});
  net.pass(5s);
  EXPECT_EQ(net.totals().faults_raised, 1U);
  EXPECT_EQ(net.totals().faults_notified, 1U);
  EXPECT_EQ(net.totals().faults_recovered, 1U);
  EXPECT_EQ(net.shown(DisplayState::activated), 1U) << "it is over, and nobody is harmed";
  ko_for(10s);
  EXPECT_EQ(net.totals().faults_raised, 2U);
  EXPECT_EQ(net.totals().faults_notified, 2U);
  EXPECT_EQ(net.totals().faults_recovered, 2U);
}

TEST(Supervision, ACrashedMonitorIsRestartedAndFindsFaultsAgain) {  // G1
  StillNetwork net{1, {}};
  net.pass(5s);
  net.tell_monitor(0, Crash{});
  EXPECT_EQ(net.monitor(0).life, monitor::Life::crashed);
  net.pass(900ms);
  EXPECT_EQ(net.monitor(0).life, monitor::Life::crashed) << "a second later, not at once";
  net.pass(200ms);
  EXPECT_EQ(net.monitor(0).life, monitor::Life::on);
  EXPECT_EQ(net.totals().restarts, 1U);
  net.pass(10s);
  EXPECT_EQ(net.shown(DisplayState::activated), 1U);
  net.tell_point(0, KoKey{});
  net.pass(5s);
  EXPECT_EQ(net.totals().faults_raised, 1U);
}

TEST(Supervision, AMonitorThatFailsTooOftenIsGivenUpAndItsPointDisconnected) {  // law 6, D-045
  StillNetwork net{1, {}};
  net.pass(5s);
  for (int i = 0; i < 6; ++i) {
    net.tell_monitor(0, Crash{});
    await(net, [&] { return net.monitor(0).life == monitor::Life::on; });
  }
  EXPECT_EQ(net.totals().given_up, 1U);
  EXPECT_EQ(net.shown(DisplayState::disconnected), 1U);
  EXPECT_EQ(count_of(net.consoles(), "MON-CP-001 | failed too often: given up"), 1U);
}

TEST(Supervision, ACrashedDriverComesBackToTheOutcomeOfItsRequest) {  // D-129, G4
  StillNetwork net{1, {{"CP-001", "CP-001", "CP-001"}}};
  net.pass(7s);
  ASSERT_EQ(net.point(0).phase, Phase::supplying);
  (void)net.consoles();
  net.tell_driver(0, Crash{});
  EXPECT_TRUE(net.driver(0).away);
  net.pass(500ms);
  EXPECT_EQ(count_of(net.consoles(), "Driver driver-0"), 0U) << "its program is gone";
  net.pass(600ms);
  EXPECT_FALSE(net.driver(0).away);
  EXPECT_EQ(net.totals().restarts, 1U);
  net.pass(10s);
  const auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, "COMPLETED | Charging completed successfully"), 1U);
  EXPECT_EQ(count_of(lines, "COMPLETED | 0.07 kWh"), 1U);
}

TEST(Supervision, ADriverThatFailsTooOftenIsGivenUpAndItsTicketKept) {  // law 6, D-083
  StillNetwork net{1, {{"CP-001", "CP-001", "CP-001"}}};
  net.pass(7s);
  ASSERT_EQ(net.point(0).phase, Phase::supplying);
  for (int i = 0; i < 6; ++i) {
    net.tell_driver(0, Crash{});
    if (i == 5) break;
    await(net, [&] { return !net.driver(0).away; });
  }
  net.pass(60s);
  auto t = net.totals();
  EXPECT_EQ(t.given_up, 1U);
  EXPECT_EQ(count_of(net.consoles(), "Driver driver-0 | failed too often: given up"), 1U);
  EXPECT_EQ(t.sessions_active, 0U) << "the service goes on";
  net.tell_driver(0, Return{});
  net.pass(1s);
  t = net.totals();
  EXPECT_EQ(t.tickets_delivered, t.tickets_issued);
}

}  // namespace
}  // namespace chargemill
