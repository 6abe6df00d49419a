#include "app/output/console.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

const ConsoleNames kNames{[](PointId) { return std::string{"CP-001"}; },
                          [](DriverId) { return std::string{"driver-alice"}; },
                          [](PointId) { return std::string{"22.0 kW, €0.30/kWh"}; }};

std::string line_of(const decltype(ConsoleNotice::what)& what) {
  return console_line({SimTime{67s}, what}, kNames);
}

TEST(Console, ShowsOneLineAnUpdateAsD127Says) {
  DriverUpdate update{};
  update.status = UpdateStatus::accepted;
  update.reason = Reason::request_accepted;
  EXPECT_EQ(line_of(update),
            "00:01:07 ✅ Driver driver-alice | CP-001 | ACCEPTED | Request accepted, starting "
            "charging");
}

TEST(Console, ShowsTicketsTheEndAndWhatIsLost) {
  Ticket ticket{};
  ticket.delivered = Energy{kMillijoulesPerKwh / 2};
  ticket.status = SessionStatus::completed;
  EXPECT_EQ(line_of(ticket),
            "00:01:07 🧾 Driver driver-alice | CP-001 | COMPLETED | 0.50 kWh, €0.00");
  EXPECT_EQ(line_of(LinesFinished{DriverId{0}, 9, 10}),
            "00:01:07 Driver driver-alice | Requests stopped. Total: 9/10");
  EXPECT_EQ(line_of(DriverAlone{}),
            "00:01:07 ⚠️ Driver driver-alice | Unable to connect to CENTRAL");
  EXPECT_EQ(line_of(PointAlone{PointId{0}, false}),
            "00:01:07 ⚠️ CP-001 | Unable to connect to CENTRAL");
}

TEST(Console, ShowsAPointsTotalsAtTheEndOfASession) {  // D-096: 22 kW, 11 s
  const charge_point::SessionTotals totals{Energy{242'000'000}, 11s, SessionStatus::completed,
                                           Reason::central_requested_stop};
  EXPECT_EQ(
      line_of(PointTotals{PointId{0}, Price{300'000}, totals}),
      "00:01:07 ℹ️ CP-001 | SESSION OVER | 0.07 kWh, €0.02 in 11.0 s | COMPLETED | Central "
      "requested stop");
}

TEST(Console, ShowsWhatAMonitorFinds) {
  EXPECT_EQ(line_of(MonitorNote{PointId{0}, monitor::NoteCode::fault_found}),
            "00:01:07 ⚠️ MON-CP-001 | FAULT | Health check failures exceeded threshold");
  EXPECT_EQ(line_of(MonitorNote{PointId{0}, monitor::NoteCode::recovery_found}),
            "00:01:07 ✔️ MON-CP-001 | HEALTHY | Health check restored");
}

TEST(Console, ShowsWhatIsAvailableAndThatThereIsMore) {  // D-130
  PointList list{};
  list.is_complete = true;
  EXPECT_EQ(line_of(list), "00:01:07 ℹ️ Driver driver-alice | AVAILABLE | none");
  list.count = 2;
  list.is_complete = false;
  EXPECT_EQ(
      line_of(list),
      "00:01:07 ℹ️ Driver driver-alice | AVAILABLE | CP-001 (22.0 kW, €0.30/kWh), CP-001 "
      "(22.0 kW, €0.30/kWh), ...");
}

TEST(Console, NamesTheTimeOutThatWasWaitedFor) {  // D-125
  EXPECT_EQ(line_of(RequestTimedOut{DriverId{0}, RequestId{7}, 12s}),
            "00:01:07 ⚠️ Driver driver-alice | Request req-00000007 timed out after 12s");
}

TEST(Console, ShowsWhatAPointRefuses) {  // D-092 to D-095, D-106
  using charge_point::Note;
  using charge_point::NoteCode;
  const auto shown = [](const Note& note) { return line_of(PointNote{PointId{0}, note}); };
  EXPECT_EQ(shown({NoteCode::invalid_payload, Command::start_supply, Refusal::invalid_payload}),
            "00:01:07 ⚠️ CP-001 | Refused start_supply: invalid payload");
  EXPECT_EQ(shown({NoteCode::command_refused, Command::resume_cp, Refusal::invalid_transition,
                   Reason::none, Phase::fault}),
            "00:01:07 ⚠️ CP-001 | Refused resume_cp: Invalid transition: FAULT + resume_cp");
  EXPECT_EQ(shown({NoteCode::phantom_start, Command::start_supply}),
            "00:01:07 ⚠️ CP-001 | Dropped an old start_supply: it starts nothing");
  EXPECT_EQ(shown({NoteCode::local_start_refused, Command::start_supply, Refusal::none,
                   Reason::reserved, Phase::activated}),
            "00:01:07 ❌ CP-001 | Refused the start at the point: Charging point not available "
            "(state: ACTIVATED, reserved)");
}

TEST(Console, NamesWhoWasGivenUp) {
  EXPECT_EQ(line_of(ActorLost{ActorKind::monitor, 0}),
            "00:01:07 ⚠️ MON-CP-001 | failed too often: given up");
  EXPECT_EQ(line_of(ActorLost{ActorKind::driver, 0}),
            "00:01:07 ⚠️ Driver driver-alice | failed too often: given up");
  EXPECT_EQ(line_of(ActorLost{ActorKind::shard, 3}),
            "00:01:07 ⚠️ Shard 3 | failed too often: given up");
}

TEST(Console, IsForNetworksThatAPersonCanFollow) {
  network::Scenario scenario;
  scenario.network.charge_points = 10;
  EXPECT_FALSE(shows_consoles("auto", scenario));
  scenario.drivers.named.emplace_back();
  EXPECT_TRUE(shows_consoles("auto", scenario));
  scenario.network.charge_points = 10'000;
  EXPECT_FALSE(shows_consoles("auto", scenario));
  EXPECT_TRUE(shows_consoles("on", scenario));
}

TEST(ConsoleFeed, CountsWhatASlowReaderMisses) {
  ConsoleFeed feed;
  for (std::size_t i = 0; i < 3 * ConsoleFeed::kWaitingMax; ++i)
    feed.say({SimTime{}, LinesFinished{DriverId{0}, static_cast<std::uint32_t>(i), 0}});
  EXPECT_GT(feed.missed(), 0U);
  std::uint32_t heard = 0;
  for (ConsoleNotice notice; feed.hear(notice); ++heard)
    ASSERT_EQ(std::get<LinesFinished>(notice.what).done, heard);
  EXPECT_EQ(heard + feed.missed(), 3 * ConsoleFeed::kWaitingMax);
}

}  // namespace
}  // namespace chargemill::app
