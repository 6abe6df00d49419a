// What the page of a finished run remembers of single charge points: all of some, not some of all.
#include "app/commands/kept_past.hpp"

#include <gtest/gtest.h>

#include "actors/archive/chronicle.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using archive::Chronicle;

std::string name(std::uint32_t point) { return "CP-" + std::to_string(point); }

/// Points 0, 1, 2 ...: each with a fault, a session and `reports` reports.
Chronicle past_of(std::uint32_t points, std::int64_t reports) {
  Chronicle past{archive::Origin{1'000},
                 {[](PointId id) { return name(index_of(id)); },
                  [](DriverId) { return std::string{"driver-1"}; }}};
  for (std::uint32_t i = 0; i < points; ++i) {
    const PointId point{i};
    past.add(archive::Fault{SimTime{1s}, point, {}, archive::EventType::fault, Reason::ko_key});
    archive::SessionStart start;
    start.at = SimTime{2s};
    start.session = SessionId{i + 1};
    start.point = point;
    past.add(start);
    for (std::int64_t s = 0; s < reports; ++s) {
      archive::Health health;
      health.at = SimTime{s * 1s};
      health.point = point;
      health.phase = Phase::activated;
      past.add(health);
    }
  }
  return past;
}
std::vector<std::string> names_to(std::uint32_t points) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < points; ++i) names.push_back(name(i));
  return names;
}

TEST(KeptPast, HasTheRowsOfEachChargePointUnderItsName) {
  auto past = past_of(2, 3);
  const auto kept = kept_past(past, names_to(2));
  ASSERT_EQ(kept["points"].size(), 2U);
  const auto& one = kept["points"]["CP-1"];
  EXPECT_EQ(one["health"].size(), 3U);
  EXPECT_EQ(one["sessions"].size(), 1U);
  EXPECT_EQ(one["meter"].size(), 1U);
  const auto& columns = kept["columns"]["faults"];
  ASSERT_EQ(one["faults"].size(), 1U);
  ASSERT_EQ(one["faults"][0].size(), columns.size());
  nlohmann::json row;
  for (std::size_t i = 0; i < columns.size(); ++i)
    row[columns[i].get<std::string>()] = one["faults"][0][i];
  EXPECT_EQ(row["event_type"], "FAULT");
  EXPECT_EQ(row["timestamp"], "1970-01-01T00:16:41.000000+00:00");
  EXPECT_FALSE(row.contains("cp_id")) << "its name says it";
}
TEST(KeptPast, HasTheNewestOfMany) {
  auto past = past_of(1, 250);
  const auto kept = kept_past(past, names_to(1));
  const auto& health = kept["points"]["CP-0"]["health"];
  EXPECT_EQ(health.size(), 100U);
  EXPECT_EQ(health[0][1], "1970-01-01T00:20:49.000000+00:00");
}
TEST(KeptPast, HasWhoIsNamedFirstWhenThereIsNoRoomForAll) {
  auto past = past_of(10, 1);
  const auto few = kept_past(past, {"CP-7", "CP-2", "CP-3"}, {2, 1'000'000});
  EXPECT_EQ(few["points"].size(), 2U);
  EXPECT_TRUE(few["points"].contains("CP-7") && few["points"].contains("CP-2"));
}
TEST(KeptPast, OfAChargePointThereIsAllOrNothing) {
  auto past = past_of(40, 50);
  const std::size_t all = kept_past(past, names_to(1))["points"]["CP-0"].dump().size();
  const auto kept = kept_past(past, names_to(40), {40, all * 10 + all / 2});
  const std::size_t points = kept["points"].size();
  EXPECT_GT(points, 8U);
  EXPECT_LT(points, 12U);
  for (const auto& [point, rows] : kept["points"].items())
    EXPECT_EQ(rows["health"].size(), 50U) << point;
}

}  // namespace
}  // namespace chargemill::app
