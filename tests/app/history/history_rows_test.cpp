// The tables that people and scripts get.
#include "app/history/history_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/history/history_times.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using testing::IsSupersetOf;

constexpr archive::UtcMicros kWritten = 1'767'571'290s;

TEST(HistoryRows, HaveTheColumnsOfTheReference) {  // D-162, D-163
  EXPECT_THAT(to_table(std::vector<archive::FaultRow>{}).columns,
              IsSupersetOf({"id", "cp_id", "event_type", "reason", "timestamp", "created_at"}));
  EXPECT_THAT(to_table(std::vector<archive::HealthRow>{}).columns,
              IsSupersetOf({"id", "cp_id", "state", "is_faulty", "fault_reason",
                            "circuit_breaker_state", "failure_count", "timestamp", "created_at"}));
  EXPECT_THAT(to_table(std::vector<archive::SessionRow>{}).columns,
              IsSupersetOf({"id", "session_id", "cp_id", "driver_id", "start_time", "end_time",
                            "total_kwh", "total_cost", "status", "created_at"}));
}
TEST(HistoryRows, SayWhenCentralWroteASessionBesideWhenItsEngineBegan) {
  archive::SessionRow row{};
  row.id = 12;
  row.created = kWritten;
  row.start = kWritten + 250ms;
  const Table table = to_table(std::vector<archive::SessionRow>{row});
  ASSERT_EQ(table.rows.size(), 1U);
  ASSERT_EQ(table.rows[0].size(), table.columns.size());
  EXPECT_EQ(table.rows[0].front(), 12);
  EXPECT_EQ(table.rows[0].back(), "2026-01-05T00:01:30.000000+00:00");
  EXPECT_EQ(table.rows[0][5], "2026-01-05T00:01:30.250000+00:00");
}

TEST(HistoryTimes, AreReadAsTheyAreSaidAndNothingElseIsOne) {
  const auto time = [](std::string_view text) { return parse_time(text, kWritten); };
  for (const char* text :
       {"2026-01-05T00:01:30Z", "2026-01-05 00:01:30", "2026-01-05T01:01:30+01:00",
        "2026-01-04T18:31:30-0530", "1767571290", "1767571290.0", "0s"})
    EXPECT_EQ(time(text), kWritten) << text;
  EXPECT_EQ(time("15m"), kWritten - 15min);
  EXPECT_EQ(time("-1.5"), archive::UtcMicros{-1'500'000});
  for (const char* text :
       {"", " 1767571290", "1767571290 ", "+1767571290", "0x695B0A1A", "inf", "nan", "1e300",
        "1e13", "2026-01-05T00:01:30+99:00", "2026-01-05T00:01:30+24:00",
        "2026-01-05T00:01:30+01:60", " 2026-01-05", "yesterday"})
    EXPECT_EQ(time(text), std::nullopt) << text;
}

}  // namespace
}  // namespace chargemill::app
