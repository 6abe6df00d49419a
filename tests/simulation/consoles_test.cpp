// What else people at the consoles see: errors in a controlled form (D-205), lists, manual use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/console_lines.hpp"
#include "tests/simulation/still_network.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;
using test::count_of;
using test::StillNetwork;

StartSupply start_of(SimTime issued, PayloadDefect defect = PayloadDefect::none) {
  return {SessionId{1}, RequestId{1}, Energy{}, Nanos{0}, issued, DriverId{0}, defect};
}

TEST(Consoles, ShowRefusalsBadPayloadsAndPhantoms) {  // D-092, D-094, D-095, D-205
  StillNetwork net{1, {}};
  net.pass(5s);
  net.tell_point(0, start_of(SimTime{5s}, PayloadDefect::no_driver));
  net.tell_point(0, ResumeCp{});
  net.tell_point(0, start_of(SimTime{-1s}));
  const auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, "CP-001 | Refused start_supply: invalid payload"), 1U);
  EXPECT_EQ(
      count_of(lines, "CP-001 | Refused resume_cp: Invalid transition: ACTIVATED + resume_cp"), 1U);
  EXPECT_EQ(count_of(lines, "CP-001 | Dropped an old start_supply: it starts nothing"), 1U);
  EXPECT_EQ(net.totals().payloads_invalid, 1U);
  EXPECT_EQ(net.totals().commands_refused, 1U);
  EXPECT_EQ(net.totals().phantom_starts, 1U);
}

// A telemetry error is a fault of the engine: session FAILED, monitor finds it, repair ends it.
TEST(Consoles, ATelemetryErrorEndsTheSessionAndItsRepairEndsTheFault) {  // D-104, flow B
  StillNetwork net{1, {{"CP-001", "CP-001", "CP-001", "CP-001"}}};
  net.pass(5'500ms);
  ASSERT_EQ(net.point(0).phase, Phase::supplying);
  (void)net.consoles();
  net.tell_point(0, MeterFails{});
  EXPECT_EQ(net.point(0).phase, Phase::supplying) << "until the next report is due";
  net.pass(600ms);
  EXPECT_EQ(net.point(0).phase, Phase::fault);
  auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, "Driver driver-0 | CP-001 | FAILED | Charging interrupted: FAULT"), 1U);
  EXPECT_EQ(count_of(lines, "Driver driver-0 | CP-001 | FAILED | 0.02 kWh, €0.01"), 1U);
  net.pass(4s);
  EXPECT_EQ(count_of(net.consoles(), "MON-CP-001 | FAULT"), 1U);
  EXPECT_EQ(net.totals().faults_raised, 1U);
  net.tell_point(0, MeterWorks{});
  net.pass(10s);
  lines = net.consoles();
  EXPECT_EQ(count_of(lines, "MON-CP-001 | HEALTHY"), 1U);
  EXPECT_EQ(count_of(lines, "Driver driver-0 | CP-001 | ACCEPTED"), 1U) << "usable again (X-08)";
}

// At 22 kW from 5 to 9 s; then its engine dies in the next session: nobody is there to show that.
TEST(Consoles, AnEngineShowsTheTotalsOfEachSessionThatItEnds) {  // D-096, D-103
  StillNetwork net{1, {{}}};
  net.pass(5s);
  net.tell_point(0, StartHere{Energy{}, DriverId{0}});
  net.pass(4s);
  net.tell_point(0, StopSupply{});
  EXPECT_EQ(count_of(net.consoles(),
                     "CP-001 | SESSION OVER | 0.02 kWh, €0.01 in 4.0 s | COMPLETED | Central "
                     "requested stop"),
            1U);
  net.tell_point(0, StartHere{Energy{}, DriverId{0}});
  net.pass(4s);
  net.tell_point(0, Crash{});
  net.pass(10s);
  EXPECT_EQ(count_of(net.consoles(), "SESSION OVER"), 0U);
}

TEST(Consoles, ADriverSeesWhatIsAvailableBeforeEachRequest) {  // D-130
  auto scenario = StillNetwork::scenario(3, {{"CP-001", "CP-001", "CP-001"}, {"CP-002", "CP-002"}});
  scenario.central.shards = 3;
  scenario.network.points[2].power = Power{50'000};
  scenario.network.points[2].price = Price{350'000};
  scenario.drivers.named[0].looks = true;
  StillNetwork net{scenario};
  net.pass(3s);
  EXPECT_EQ(count_of(net.consoles(), "Driver driver-0 | AVAILABLE | "), 1U);
  net.pass(15s);
  const auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, "Driver driver-0 | AVAILABLE | "), 1U);
  EXPECT_EQ(count_of(lines, "Driver driver-1 | AVAILABLE | "), 0U)
      << "its own only, and if it looks";
  EXPECT_EQ(count_of(lines, "CP-001 (22.0 kW, €0.30/kWh)"), 1U) << "the one it then asks for";
  EXPECT_EQ(count_of(lines, "CP-003 (50.0 kW, €0.35/kWh)"), 1U);
  PointFilter strong;
  strong.power_min = Power{40'000};
  net.tell_driver(1, LookAround{strong, PointId{0}});
  EXPECT_EQ(count_of(net.consoles(), "driver-1 | AVAILABLE | CP-003 (50.0 kW, €0.35/kWh)"), 1U)
      << "at any time";
  PointFilter cheap = strong;
  cheap.price_max = Price{300'000};
  net.tell_driver(1, LookAround{cheap, PointId{0}});
  EXPECT_EQ(count_of(net.consoles(), "driver-1 | AVAILABLE | none"), 1U);
}

TEST(Consoles, AStartAtThePointIsAuthorisedByCentral) {  // D-106
  StillNetwork net{1, {{}}};
  net.pass(2s);
  net.tell_point(0, StartHere{Energy{22'000'000}, DriverId{0}});
  EXPECT_EQ(net.point(0).phase, Phase::supplying);
  net.tell_point(0, StartHere{Energy{22'000'000}, DriverId{0}});
  net.pass(2s);
  const auto lines = net.consoles();
  EXPECT_EQ(count_of(lines,
                     "CP-001 | Refused the start at the point: Invalid transition: "
                     "SUPPLYING + start_supply"),
            1U);
  EXPECT_EQ(count_of(lines, "Driver driver-0 | CP-001 | COMPLETED | 0.01 kWh"), 1U);
}

// Plugged in at 3 s, started at 4 s, unplugged at 8 s: four seconds of supply.
TEST(Consoles, PeopleOfAScenarioPlugInStartAndUnplug) {  // D-106
  auto scenario = StillNetwork::scenario(1, {{}});
  scenario.network.points[0].manual_plug = true;
  scenario.actions = {{network::ActionKind::start, SimTime{2s}, "CP-001", 0.0, "driver-0"},
                      {network::ActionKind::plug, SimTime{3s}, "CP-001", 0.0, ""},
                      {network::ActionKind::start, SimTime{4s}, "CP-001", 0.0, "driver-0"},
                      {network::ActionKind::unplug, SimTime{8s}, "CP-001", 0.0, ""},
                      {network::ActionKind::plug, SimTime{9s}, "CP-001", 0.0, ""},
                      {network::ActionKind::start, SimTime{10s}, "CP-001", 0.001, ""}};
  StillNetwork net{scenario};
  net.pass(9s);
  EXPECT_EQ(count_of(net.consoles(),
                     "CP-001 | Refused the start at the point: START_SUPPLY "
                     "requires vehicle to be plugged in"),
            1U);
  net.pass(3s);
  const auto t = net.totals();
  EXPECT_EQ(t.sessions_completed, 2U);
  EXPECT_EQ(t.energy_sessions_mj, 4 * 22'000'000 + 3'600'000);
  EXPECT_EQ(t.tickets_issued, 1U) << "nobody gets one for the second";
}

TEST(Consoles, AStartAtThePointIsRefusedWithoutItsMonitorOrCentral) {  // D-106, G2
  StillNetwork net{1, {{}}};
  net.pass(2s);
  net.tell_monitor(0, PowerOff{});
  net.pass(7s);
  net.tell_point(0, StartHere{Energy{22'000'000}, DriverId{0}});
  EXPECT_EQ(count_of(net.consoles(),
                     "CP-001 | Refused the start at the point: Charging point not "
                     "available (state: DISCONNECTED)"),
            1U);
  net.tell_monitor(0, PowerOn{});
  net.pass(2s);
  net.tell_point(0, LinkDown{});
  net.tell_point(0, StartHere{Energy{22'000'000}, DriverId{0}});
  EXPECT_EQ(count_of(net.consoles(),
                     "CP-001 | Refused the start at the point: Unable to connect to CENTRAL"),
            1U);
  EXPECT_EQ(net.totals().sessions_started, 0U);
  EXPECT_EQ(net.totals().local_refusals, 2U);
  EXPECT_EQ(net.totals().commands_refused, 0U);
}

}  // namespace
}  // namespace chargemill
