#include "app/output/console.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

const ConsoleNames kNames{[](PointId) { return std::string{"CP-001"}; },
                          [](DriverId) { return std::string{"driver-alice"}; }};

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
            "00:01:07 Driver driver-alice | All requests completed. Total: 9/10");
  EXPECT_EQ(line_of(DriverAlone{}),
            "00:01:07 ⚠️ Driver driver-alice | Unable to connect to CENTRAL");
  EXPECT_EQ(line_of(PointAlone{PointId{0}, false}),
            "00:01:07 ⚠️ CP-001 | Unable to connect to CENTRAL");
}

TEST(Console, ShowsWhatAMonitorFinds) {
  EXPECT_EQ(line_of(MonitorNote{PointId{0}, monitor::NoteCode::fault_found}),
            "00:01:07 ⚠️ MON-CP-001 | FAULT | Health check failures exceeded threshold");
  EXPECT_EQ(line_of(MonitorNote{PointId{0}, monitor::NoteCode::recovery_found}),
            "00:01:07 ✔️ MON-CP-001 | HEALTHY | Health check restored");
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
