// The flows A to G of the domain reference, with all actors at work on one thread.
#include <gtest/gtest.h>

#include "tests/simulation/console_lines.hpp"
#include "tests/simulation/still_network.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;
using test::count_of;
using test::StillNetwork;

constexpr std::int64_t kElevenSecondsMj = 242'000'000;  // 22 kW for 11 s (D-108)
constexpr std::int64_t kElevenSecondsMicroeur = 20'167;

// the session begins, shows its energy, ends, and leaves nothing behind.
TEST(FlowA, ChargesBillsAndSendsTheTicketOfANormalSession) {  // D-211
  StillNetwork net{1, {{"CP-001"}}};
  for (int i = 0; i < 200 && net.point(0).phase != Phase::supplying; ++i) net.pass(100ms);
  ASSERT_EQ(net.shown(DisplayState::supplying), 1U);
  EXPECT_EQ(net.totals().requests_denied, 0U) << "who comes first comes when the point is known";
  net.pass(5s);
  EXPECT_TRUE(net.driver(0).started) << "an in_progress has come";
  EXPECT_EQ(net.driver(0).stage, driver::Stage::waiting);
  EXPECT_GT(net.totals().energy_sessions_mj, 0);
  net.pass(10s);
  const auto t = net.totals();
  EXPECT_EQ(net.point(0).phase, Phase::activated);
  EXPECT_EQ(net.shown(DisplayState::activated), 1U);
  EXPECT_EQ(net.driver(0).stage, driver::Stage::finished);
  EXPECT_EQ(t.requests_sent, 1U);
  EXPECT_EQ(t.requests_accepted, 1U);
  EXPECT_EQ(t.requests_open, 0U);
  EXPECT_EQ(t.sessions_started, 1U);
  EXPECT_EQ(t.sessions_completed, 1U);
  EXPECT_EQ(t.sessions_active, 0U);
  EXPECT_EQ(t.energy_sessions_mj, kElevenSecondsMj);
  EXPECT_EQ(t.energy_delivered_mj, kElevenSecondsMj);
  EXPECT_EQ(t.energy_unreported_mj, 0);
  EXPECT_EQ(t.revenue_microeur, kElevenSecondsMicroeur);
  EXPECT_EQ(t.tickets_issued, 1U);
  EXPECT_EQ(t.tickets_delivered, 1U);
}
TEST(FlowA, ShowsTheSamePowerAsLongAsASessionSupplies) {
  StillNetwork net{1, {{"CP-001"}}};
  for (int i = 0; i < 200 && net.point(0).phase != Phase::supplying; ++i) net.pass(100ms);
  net.pass(2s);
  for (int second = 0; second < 6; ++second) {
    EXPECT_EQ(net.network().look().totals.power_w, 22'000) << second;
    EXPECT_EQ(net.totals().power_w, 22'000) << second;
    net.pass(1s);
  }
  net.pass(10s);
  EXPECT_EQ(net.network().look().totals.power_w, 0) << "it is over";
  EXPECT_EQ(net.totals().power_w, 0);
}
TEST(FlowA, RepeatsALineForEachSessionAndBillsEachToTheMillijoule) {  // D-111, D-123
  StillNetwork net{1, {{"CP-001", "CP-001", "CP-001", "CP-001"}}};
  net.pass(120s);
  const auto t = net.totals();
  EXPECT_EQ(t.requests_sent, 4U);
  EXPECT_EQ(t.sessions_started, t.requests_accepted);
  EXPECT_EQ(t.sessions_completed, 4U);
  EXPECT_EQ(t.energy_sessions_mj,
            static_cast<std::int64_t>(t.sessions_completed) * kElevenSecondsMj);
  EXPECT_EQ(t.revenue_microeur,
            static_cast<std::int64_t>(t.sessions_completed) * kElevenSecondsMicroeur);
  EXPECT_EQ(t.tickets_issued, t.sessions_completed);
  EXPECT_EQ(t.tickets_delivered, t.tickets_issued);
  EXPECT_EQ(t.energy_unreported_mj, 0);
}
TEST(FlowA, DeniesASecondDriverMeanwhile) {  // D-050, D-052
  StillNetwork net{1, {{"CP-001", "CP-001"}, {"CP-001", "CP-001"}}};
  net.pass(100s);
  const auto t = net.totals();
  EXPECT_EQ(t.requests_sent, 4U);
  EXPECT_GE(t.requests_denied, 1U);
  EXPECT_EQ(t.requests_denied + t.sessions_completed, 4U);
}

/// A network whose first driver has a session under way on CP-001.
struct MidSession : testing::Test {
  StillNetwork net{2, {{"CP-001", "CP-001", "CP-001", "CP-001", "CP-001", "CP-001"}}};
  void SetUp() override {
    for (int i = 0; i < 200 && net.point(0).phase != Phase::supplying; ++i) net.pass(100ms);
    ASSERT_EQ(net.point(0).phase, Phase::supplying);
    net.pass(3s);
    ASSERT_EQ(net.point(0).phase, Phase::supplying);
  }
};

TEST_F(MidSession, FlowBACrashFailsTheSessionTellsTheDriverAndKeepsWhatWasDelivered) {  // D-212
  const auto before = net.totals();
  ASSERT_EQ((net.point(0).meter.running.since - SimTime{}) % 100ms, 0ns) << "with a step of SetUp";
  (void)net.consoles();
  net.tell_point(0, Crash{});
  net.pass(5500ms);  // restarted after two seconds, too soon for its monitor to find it broken
  const auto failed = net.totals();
  EXPECT_EQ(failed.sessions_failed, before.sessions_failed + 1);
  EXPECT_EQ(failed.energy_sessions_mj, 66'000'000) << "all of 22 kW for 3 s, and no more";
  const auto lines = net.consoles();
  const std::string driver = "Driver driver-0 | CP-001 | FAILED | ";
  EXPECT_EQ(count_of(lines, driver + "Charging interrupted: DISCONNECTED"), 1U);
  EXPECT_EQ(count_of(lines, driver + "0.02 kWh, €0.01"), 1U) << "its ticket";
  net.pass(60s);
  const auto after = net.totals();
  EXPECT_EQ(after.energy_unreported_mj, 0) << "the final report came after the recovery (D-103)";
  EXPECT_GT(after.sessions_completed, failed.sessions_completed) << "usable again (X-08)";
  EXPECT_EQ(after.restarts, 1U);
  EXPECT_EQ(net.shown(DisplayState::broken), 0U);
}
TEST_F(MidSession, FlowBAKoKeyIsDetectedOnceAndItsRecoveryIsReported) {  // D-117, D-118, X-03, X-04
  net.tell_point(0, KoKey{});
  net.pass(8s);
  auto t = net.totals();
  EXPECT_EQ(t.faults_raised, 1U);
  EXPECT_EQ(t.faults_notified, 1U);
  EXPECT_EQ(t.sessions_failed, 1U);
  EXPECT_EQ(net.shown(DisplayState::broken), 1U);
  net.tell_point(0, OkKey{});
  net.pass(5s);
  t = net.totals();
  EXPECT_EQ(t.faults_recovered, 1U);
  EXPECT_EQ(net.shown(DisplayState::broken), 0U);
  net.pass(60s);
  EXPECT_GT(net.totals().sessions_completed, t.sessions_completed);
}
TEST_F(MidSession, FlowCTheSupplyGoesOnWhenItsMonitorIsLost) {  // D-045, D-046, D-213, X-09, X-10
  const auto before = net.totals();
  net.tell_monitor(0, PowerOff{});
  net.pass(7s);
  EXPECT_EQ(net.shown(DisplayState::disconnected), 1U);
  net.pass(5s);
  auto t = net.totals();
  EXPECT_EQ(t.sessions_completed, before.sessions_completed + 1);
  EXPECT_EQ(t.sessions_failed, before.sessions_failed);
  net.pass(30s);
  EXPECT_EQ(net.totals().sessions_started, t.sessions_started) << "no new supply meanwhile";
  net.tell_monitor(0, PowerOn{});
  net.pass(2s);
  EXPECT_EQ(net.shown(DisplayState::disconnected), 0U);
}
TEST_F(MidSession,
       FlowDARestartOfCentralNeitherLosesTheSessionNorGivesThePointAway) {  // D-214, X-12
  const auto before = net.totals();
  net.tell_point(0, LinkDown{});
  net.tell_monitor(0, LinkDown{});
  net.tell_driver(0, LinkDown{});
  net.tell_shard(CentralDown{});
  net.pass(2s);
  net.tell_shard(CentralUp{});
  net.tell_point(0, LinkUp{});
  net.tell_monitor(0, LinkUp{});
  net.tell_driver(0, LinkUp{});
  net.pass(15s);
  const auto after = net.totals();
  EXPECT_EQ(after.sessions_completed, before.sessions_completed + 1);
  EXPECT_EQ(after.sessions_failed, before.sessions_failed);
  EXPECT_EQ(after.energy_unreported_mj, 0);
}
TEST_F(MidSession, FlowEADriverThatLeavesGetsItsTicketOnceWhenItReturns) {  // D-215, X-32
  const auto before = net.driver(0).totals.tickets;
  net.tell_driver(0, Leave{});
  net.pass(20s);
  EXPECT_EQ(net.driver(0).totals.tickets, before);
  net.tell_driver(0, Return{});
  net.pass(1s);
  EXPECT_EQ(net.driver(0).totals.tickets, before + 1);
  net.tell_driver(0, Leave{});
  net.tell_driver(0, Return{});
  EXPECT_EQ(net.driver(0).totals.tickets, before + 1);
}
TEST_F(MidSession, FlowFARestartedEngineExecutesNoStartOfBefore) {  // D-095, D-216, X-31
  // What told it to start the session that it has in hand: kept on the way, it comes once more.
  const auto& running = net.point(0).meter.running;
  StartSupply old{};
  old.session = running.session;
  old.request = driver::current_request(net.driver(0));
  old.driver = running.driver;
  old.issued = running.since;
  net.tell_point(0, PowerOff{});
  net.pass(1s);
  const auto before = net.totals();
  net.tell_point(0, PowerOn{});
  net.pass(1s);
  ASSERT_EQ(net.point(0).phase, Phase::activated) << "it starts nothing by itself";
  ASSERT_LT(old.issued, net.point(0).incarnation);
  // Central would stop a phantom at once, so the engine itself is asked.
  const auto phase_after = [&](const StartSupply& start) {
    auto engine = net.point(0);
    (void)charge_point::step(engine, start, engine.incarnation + 1s);
    return engine.phase;
  };
  StartSupply fresh = old;
  fresh.issued = net.point(0).incarnation;
  EXPECT_EQ(phase_after(fresh), Phase::supplying) << "nothing but its age is against it";
  EXPECT_EQ(phase_after(old), Phase::activated) << "a phantom session";
  net.tell_point(0, old);
  net.pass(1s);
  EXPECT_EQ(net.point(0).phase, Phase::activated);
  EXPECT_EQ(net.totals().sessions_started, before.sessions_started);
  net.pass(60s);
  EXPECT_GT(net.totals().sessions_completed, before.sessions_completed);
}
TEST_F(MidSession,
       AnOperatorsStopEndsTheSupplyAndShowsOutOfOrderUntilResumed) {  // D-076, D-077, X-15
  net.tell_shard(OperatorOrder{PointId{0}, OperatorAction::stop, false});
  net.pass(1s);
  EXPECT_EQ(net.shown(DisplayState::stopped), 1U);
  const auto stopped = net.totals();
  EXPECT_EQ(stopped.sessions_failed, 1U);
  net.tell_shard(OperatorOrder{PointId{0}, OperatorAction::resume, false});
  net.pass(60s);
  EXPECT_EQ(net.shown(DisplayState::stopped), 0U);
  EXPECT_GT(net.totals().sessions_completed, stopped.sessions_completed);
}
TEST_F(MidSession, AnOperatorsStopDuringAPartitionIsObeyedAfterIt) {  // D-076, D-078, X-18
  net.tell_point(0, LinkDown{});
  net.tell_monitor(0, LinkDown{});
  net.tell_shard(OperatorOrder{PointId{0}, OperatorAction::stop, false});
  net.pass(3s);
  EXPECT_EQ(net.point(0).phase, Phase::supplying) << "nobody has told it";
  EXPECT_EQ(net.totals().sessions_active, 1U);
  net.tell_point(0, LinkUp{});
  net.tell_monitor(0, LinkUp{});
  net.pass(7s);
  EXPECT_EQ(net.point(0).phase, Phase::stopped);
  EXPECT_EQ(net.shown(DisplayState::stopped), 1U);
  EXPECT_EQ(net.totals().sessions_active, 0U);
}
TEST(FlowG, ADenialIsDoneAndTheNextLineFollowsAfterThePause) {  // D-124, D-217
  StillNetwork net{1, {{"CP-999", "CP-999", "CP-001"}}};
  net.pass(60s);
  const auto t = net.totals();
  EXPECT_EQ(t.requests_sent, 3U);
  EXPECT_EQ(t.requests_denied, 2U);
  EXPECT_EQ(t.sessions_completed, 1U);
}

}  // namespace
}  // namespace chargemill
