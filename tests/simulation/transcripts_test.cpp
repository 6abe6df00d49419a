// The flows of the domain reference as people at the consoles see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/console_lines.hpp"
#include "tests/simulation/still_network.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;
using test::count_of;
using test::place_of;
using test::StillNetwork;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// The first driver's session on CP-001 has just begun, with its first line.
struct Transcript : testing::Test {
  StillNetwork net{2,
                   {{"CP-001", "CP-001", "CP-001", "CP-001", "CP-001", "CP-001"},
                    {"CP-001", "CP-001", "CP-001", "CP-001", "CP-001", "CP-001", "CP-001"}}};
  void SetUp() override {
    for (int i = 0; i < 200 && net.point(0).phase != Phase::supplying; ++i) net.pass(100ms);
    ASSERT_EQ(net.point(0).phase, Phase::supplying);
  }
};

TEST_F(Transcript, FlowAIsAcceptedShownEverySecondCompletedAndBilled) {  // D-211, D-061, D-082
  net.pass(11s);
  const auto lines = net.consoles();
  const std::string alice = "Driver driver-0 | CP-001 | ";
  const auto accepted = place_of(lines, alice + "ACCEPTED | Request accepted, starting charging");
  const auto first = place_of(lines, alice + "IN_PROGRESS | Charging: 22.0 kW, €0.00");
  const auto last = place_of(lines, alice + "IN_PROGRESS | Charging: 22.0 kW, €0.02");
  const auto completed = place_of(lines, alice + "COMPLETED | Charging completed successfully");
  const auto ticket = place_of(lines, alice + "COMPLETED | 0.07 kWh, €0.02");
  EXPECT_LT(accepted, first);
  EXPECT_LT(first, last);
  EXPECT_LT(last, completed);
  EXPECT_LT(completed, ticket);
  ASSERT_LT(ticket, lines.size());
  EXPECT_EQ(count_of(lines, alice + "IN_PROGRESS"), 11U);
  EXPECT_THAT(lines, Contains(HasSubstr("Driver driver-1 | CP-001 | DENIED | Charging point not "
                                        "available (state: SUPPLYING)")));
  const auto sent = net.driver(0).totals.sent;
  net.pass(3900ms);
  EXPECT_EQ(net.driver(0).totals.sent, sent) << "four seconds of pause (D-123)";
  net.pass(200ms);
  EXPECT_EQ(net.driver(0).totals.sent, sent + 1);
}

// The engine hangs in mid-session: it loses the stop that the FAULT brings.
TEST_F(Transcript, FlowBAHangIsAFaultTheDriverIsToldAndThePointServesAgain) {  // D-212, D-070
  (void)net.consoles();
  net.tell_point(0, Silence{SimTime{20s}});
  net.pass(8s);
  auto lines = net.consoles();
  const std::string failed =
      "Driver driver-0 | CP-001 | FAILED | Charging interrupted: FAULT (Health check failures "
      "exceeded threshold)";
  EXPECT_EQ(count_of(lines, failed), 1U);
  EXPECT_LT(place_of(lines, failed), place_of(lines, "Driver driver-0 | CP-001 | FAILED | 0.0"));
  EXPECT_THAT(lines, Contains(HasSubstr("MON-CP-001 | FAULT")));
  EXPECT_EQ(net.shown(DisplayState::broken), 1U);
  net.pass(48s);
  lines = net.consoles();
  EXPECT_THAT(lines, Contains(HasSubstr("DENIED | Charging point not available (state: FAULT)")));
  EXPECT_THAT(lines, Contains(HasSubstr("MON-CP-001 | HEALTHY")));
  EXPECT_THAT(lines, Contains(HasSubstr("(corrected)"))) << "what was delivered meanwhile (D-075)";
  EXPECT_THAT(lines, Contains(HasSubstr("CP-001 | ACCEPTED")));
  EXPECT_EQ(net.totals().energy_unreported_mj, 0);
}

TEST_F(Transcript, FlowCTheDriverSeesItsSessionToTheEndAndOthersAreDenied) {  // D-213
  (void)net.consoles();
  net.tell_monitor(0, PowerOff{});
  net.pass(6s);
  EXPECT_EQ(net.shown(DisplayState::disconnected), 1U) << "within five seconds and one (D-044)";
  net.pass(6s);
  auto lines = net.consoles();
  EXPECT_GE(count_of(lines, "Driver driver-0 | CP-001 | IN_PROGRESS"), 9U);
  EXPECT_THAT(lines, Contains(HasSubstr("Driver driver-0 | CP-001 | COMPLETED")));
  net.pass(6s);
  EXPECT_THAT(net.consoles(),
              Contains(HasSubstr("DENIED | Charging point not available (state: DISCONNECTED)")));
  net.tell_monitor(0, PowerOn{});
  net.pass(10s);
  EXPECT_THAT(net.consoles(), Contains(HasSubstr("CP-001 | ACCEPTED"))) << "X-10";
}

TEST_F(Transcript, FlowDAnEndDuringTheOutageIsBookedOnceAndTheDriverIsTold) {  // D-214, D-107
  const auto before = net.totals();
  (void)net.consoles();
  for (std::uint32_t d = 0; d < 2; ++d) net.tell_driver(d, LinkDown{});
  net.tell_point(0, LinkDown{});
  net.tell_monitor(0, LinkDown{});
  net.tell_shard(CentralDown{});
  net.pass(15s);  // the session ends meanwhile
  EXPECT_EQ(net.point(0).phase, Phase::activated);
  auto lines = net.consoles();
  EXPECT_THAT(lines, Contains(HasSubstr("CP-001 | Unable to connect to CENTRAL")));
  EXPECT_THAT(lines, Contains(HasSubstr("Driver driver-0 | Unable to connect to CENTRAL")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("CP-001 | COMPLETED")))) << "no driver is told";
  EXPECT_THAT(lines, Contains(HasSubstr("CP-001 | SESSION OVER | 0.07 kWh"))) << "D-096, D-107";
  net.tell_shard(CentralUp{});
  EXPECT_EQ(net.shown(DisplayState::disconnected), 2U) << "until they report (D-085)";
  net.tell_point(0, LinkUp{});
  net.tell_monitor(0, LinkUp{});
  for (std::uint32_t d = 0; d < 2; ++d) net.tell_driver(d, LinkUp{});
  net.pass(2s);
  lines = net.consoles();
  EXPECT_EQ(count_of(lines, "Driver driver-0 | CP-001 | COMPLETED | 0.07 kWh, €0.02"), 1U);
  EXPECT_EQ(net.totals().sessions_completed, before.sessions_completed + 1);
  EXPECT_EQ(net.totals().energy_unreported_mj, 0);
}

TEST_F(Transcript, FlowEWhoLeavesSeesTheOutcomeAndTheTicketOnceOnReturn) {  // D-215, D-129
  net.pass(3s);
  (void)net.consoles();
  net.tell_driver(0, Leave{});
  net.pass(20s);  // the supply goes on to its end
  EXPECT_EQ(count_of(net.consoles(), "Driver driver-0"), 0U) << "nobody looks";
  net.tell_driver(0, Return{});
  net.pass(1s);
  auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, "Driver driver-0 | CP-001 | COMPLETED | Charging completed"), 1U);
  EXPECT_EQ(count_of(lines, "Driver driver-0 | CP-001 | COMPLETED | 0.07 kWh, €0.02"), 1U);
  net.tell_driver(0, Leave{});
  net.tell_driver(0, Return{});
  net.pass(1s);
  lines = net.consoles();
  EXPECT_EQ(count_of(lines, "Driver driver-0"), 0U);
}

/// One driver alone; its first line is asked at 2 s, when the point is known.
struct LoneTranscript : testing::Test {
  StillNetwork net{1, {{"CP-001", "CP-001", "CP-001", "CP-001"}}};
  const std::string driver = "Driver driver-0 | CP-001 | ";
};

// The engine is down from 1.8 s to 3.8 s; the start comes at 2 s.
TEST_F(LoneTranscript, FlowFAStartSentWhileTheEngineIsDownStartsNothingAndTimesOut) {  // D-216
  net.pass(1'800ms);
  net.tell_point(0, Crash{});
  net.pass(3s);
  auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, driver + "ACCEPTED"), 1U);
  EXPECT_EQ(net.point(0).phase, Phase::activated) << "back, and nothing started (D-095)";
  net.pass(7'100ms);
  lines = net.consoles();
  EXPECT_EQ(count_of(lines, driver), 0U) << "ten seconds are not over";
  net.pass(200ms);
  lines = net.consoles();
  const auto failed = place_of(lines, driver + "FAILED | Charging interrupted: start timeout");
  EXPECT_LT(failed, place_of(lines, driver + "FAILED | 0.00 kWh, €0.00"));  // D-055, the ticket
  EXPECT_EQ(count_of(lines, driver + "IN_PROGRESS"), 0U);
  EXPECT_THAT(lines, Contains(HasSubstr("CP-001 | Refused stop_supply: Invalid transition")))
      << "the stop in case the start came late (D-055, D-094)";
  net.pass(4s);
  EXPECT_EQ(net.point(0).phase, Phase::supplying) << "the next line is served";
}
TEST_F(LoneTranscript, FlowFARestartedEngineReportsTheEndOfItsInterruptedSession) {  // D-216, D-103
  net.pass(5s);
  ASSERT_EQ(net.point(0).phase, Phase::supplying);
  (void)net.consoles();
  net.tell_point(0, Crash{});
  net.pass(1'900ms);
  EXPECT_EQ(count_of(net.consoles(), driver + "FAILED"), 0U);
  net.pass(200ms);  // restarted after two seconds
  const auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, driver + "FAILED | Charging interrupted: DISCONNECTED"), 1U);
  EXPECT_EQ(count_of(lines, driver + "FAILED | 0.02 kWh, €0.01"), 1U) << "three seconds of 22 kW";
  EXPECT_EQ(net.totals().energy_unreported_mj, 0);
}

TEST(Transcripts, FlowGADenialIsShownCountsAsDoneAndIsNotTriedElsewhere) {  // D-217, D-124
  StillNetwork net{2, {{"CP-999", "CP-999", "CP-999"}}};
  net.pass(5'900ms);
  auto lines = net.consoles();
  EXPECT_EQ(count_of(lines, "❌ Driver driver-0"), 1U);
  EXPECT_EQ(count_of(lines, "DENIED | Charging point not found"), 1U);
  net.pass(5s);
  EXPECT_EQ(count_of(net.consoles(), "DENIED"), 2U) << "four seconds after each";
  net.pass(1s);
  EXPECT_EQ(count_of(net.consoles(), "All requests completed"), 0U);
  net.pass(200ms);  // two seconds after the last (D-123)
  EXPECT_EQ(count_of(net.consoles(), "All requests completed. Total: 3/3"), 1U);
  EXPECT_EQ(net.totals().sessions_started, 0U);
}
TEST_F(LoneTranscript, FlowGWithoutAnyAnswerTheNextLineFollowsAfterThirtySeconds) {  // D-125, D-217
  net.pass(1s);
  net.tell_shard(CentralDown{});
  net.pass(30'900ms);
  EXPECT_EQ(count_of(net.consoles(), "timed out"), 0U);
  net.pass(200ms);
  EXPECT_EQ(
      count_of(net.consoles(), "⚠️ Driver driver-0 | Request req-00000001 timed out after 30s"),
      1U);
  EXPECT_EQ(net.totals().requests_timed_out, 1U);
  net.pass(3'800ms);
  EXPECT_EQ(net.totals().requests_sent, 1U);
  net.pass(200ms);
  EXPECT_EQ(net.totals().requests_sent, 2U);
}
TEST(Transcripts, TheTextOfATimeOutNamesTheOneThatIsConfigured) {  // D-125
  auto scenario = StillNetwork::scenario(1, {{"CP-001", "CP-001"}});
  scenario.drivers.timeout = 2'500ms;
  StillNetwork net{scenario};
  net.pass(1s);
  net.tell_shard(CentralDown{});
  net.pass(6s);
  EXPECT_THAT(net.consoles(), Contains(HasSubstr("timed out after 2500ms")));
}

}  // namespace
}  // namespace chargemill
