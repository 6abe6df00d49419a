// The memory of a run: what it forgets, and what it never forgets.
#include "actors/archive/chronicle.hpp"

#include <gtest/gtest.h>

namespace chargemill::archive {
namespace {

using namespace std::chrono_literals;

Chronicle chronicle(Chronicle::Limits limits = {}) {
  return Chronicle{Origin{1'000},
                   {[](PointId id) { return "CP-" + std::to_string(index_of(id)); },
                    [](DriverId id) { return "driver-" + std::to_string(index_of(id)); }},
                   limits};
}
Fault fault(std::uint32_t point, std::int64_t second, EventType type = EventType::fault) {
  return {SimTime{second * 1s}, PointId{point}, ZoneId{}, type, Reason::ko_key};
}
SessionStart start(std::uint64_t session, std::int64_t second) {
  SessionStart one;
  one.at = SimTime{second * 1s};
  one.session = SessionId{session};
  one.point = PointId{static_cast<std::uint32_t>(session)};
  return one;
}
SessionEnd end(std::uint64_t session, std::int64_t second, Energy energy) {
  SessionEnd one;
  one.at = one.end = SimTime{second * 1s};
  one.session = SessionId{session};
  one.point = PointId{static_cast<std::uint32_t>(session)};
  one.delivered = energy;
  one.status = SessionStatus::completed;
  return one;
}
template <class Rows>
auto rows(const Rows& found) {
  EXPECT_TRUE(found);
  return *found;
}

TEST(Chronicle, CountsAsTheTablesOfTheDomainSay) {  // D-178
  auto past = chronicle();
  past.add(fault(1, 10));
  past.add(fault(1, 20, EventType::recovery));
  past.add(fault(2, 30));
  past.add(fault(2, 31, EventType::other));
  const auto counts = [&](const std::string& point, UtcMicros since = UtcMicros::min()) {
    const auto s = rows(past.statistics(point, since));
    return std::vector{s.total_events, s.fault_count, s.recovery_count};
  };
  using Counts = std::vector<std::uint64_t>;
  EXPECT_EQ(counts(""), (Counts{4, 2, 1}));
  EXPECT_EQ(counts("CP-1"), (Counts{2, 1, 1}));
  EXPECT_EQ(counts("CP-2"), (Counts{2, 1, 0}));
  EXPECT_EQ(counts("CP-9"), (Counts{0, 0, 0}));
  EXPECT_EQ(counts("", UtcMicros{1'025s}), (Counts{2, 1, 0}));
  const auto all = rows(past.statistics("", UtcMicros::min()));
  EXPECT_EQ(all.currently_faulty, 1U);
  EXPECT_EQ(all.mean_recovery_s, 10.0);
  EXPECT_EQ(all.last_fault, UtcMicros{1'030s});
}
TEST(Chronicle, ForgetsTheOldestOfEachKindAndCountsThemStill) {  // law 6
  auto past = chronicle({3, 3, 3, 3, 3});
  for (std::int64_t s = 0; s < 10; ++s) past.add(fault(1, s));
  for (std::uint64_t s = 1; s <= 10; ++s) past.add(start(s, 20));
  EXPECT_EQ(rows(past.faults({})).size(), 3U);
  EXPECT_EQ(rows(past.faults({})).front().time, UtcMicros{1'009s});
  EXPECT_EQ(rows(past.sessions({})).size(), 3U);
  EXPECT_EQ(rows(past.statistics("", UtcMicros::min())).fault_count, 10U);
  past.add(end(1, 30, Energy{5}));  // of one that is forgotten: its ticket only
  EXPECT_EQ(rows(past.tickets({})).size(), 1U);
  past.add(end(9, 31, Energy{7}));
  Filter over;
  over.kind = "COMPLETED";
  ASSERT_EQ(rows(past.sessions(over)).size(), 1U);
  EXPECT_EQ(rows(past.sessions(over)).front().delivered, Energy{7});
}
TEST(Chronicle, ShowsTheNewestHoweverFewAreAskedFor) {  // D-164, D-174
  auto past = chronicle();
  for (std::int64_t s = 1; s <= 40; ++s) {
    past.add(start(static_cast<std::uint64_t>(s), s));
    Checkpoint told;
    told.session = SessionId{static_cast<std::uint64_t>(s)};
    told.begun = SimTime{(s % 4 == 0 ? s + 30 : s) * 1s};  // it waited for its plug
    past.add(told);
  }
  for (std::int64_t s = 100; s < 130; ++s) past.add(fault(2, s));
  for (std::int64_t s = 0; s < 8; ++s) past.add(fault(1, s));  // its link was cut
  const auto whole = rows(past.sessions({}));
  ASSERT_EQ(whole.size(), 40U);
  for (std::uint64_t limit = 0; limit <= 40; ++limit) {
    Filter few;
    few.limit = limit;
    const auto found = rows(past.sessions(few));
    ASSERT_EQ(found.size(), limit);
    for (std::size_t i = 0; i < limit; ++i) EXPECT_EQ(found[i].session, whole[i].session) << limit;
  }
  Filter few;
  few.limit = 10;
  const auto faults = rows(past.faults(few));
  ASSERT_EQ(faults.size(), 10U);
  EXPECT_EQ(faults.front().time, UtcMicros{1'129s});
  EXPECT_EQ(faults.back().time, UtcMicros{1'120s});
}
TEST(Chronicle, ACorrectionReplacesTheEndAndIsASecondTicket) {  // D-075, D-083
  auto past = chronicle();
  past.add(start(1, 1));
  past.add(end(1, 5, Energy{100}));
  auto again = end(1, 9, Energy{120});
  again.is_correction = true;
  past.add(again);
  EXPECT_EQ(rows(past.sessions({})).front().delivered, Energy{120});
  TicketDelivered delivered;
  delivered.at = SimTime{12s};
  delivered.session = SessionId{1};
  past.add(delivered);
  const auto tickets = rows(past.tickets({}));
  ASSERT_EQ(tickets.size(), 2U);
  EXPECT_FALSE(tickets[0].delivered) << "the correction is another ticket";
  EXPECT_EQ(tickets[1].delivered, UtcMicros{1'012s});
}
TEST(Chronicle, RemembersWhatAMeterSaidAtTheBeginningLastAndAtTheEnd) {  // D-162
  auto past = chronicle();
  past.add(start(1, 1));
  for (std::int64_t s = 2; s < 5; ++s) {
    Checkpoint told;
    told.at = SimTime{s * 1s};
    told.session = SessionId{1};
    told.delivered = Energy{s * 10};
    past.add(told);
  }
  past.add(end(1, 9, Energy{80}));
  past.add(start(2, 9));
  Filter whose;
  whose.point = "CP-1";
  const auto readings = rows(past.meter(whose));
  ASSERT_EQ(readings.size(), 3U);
  EXPECT_EQ(readings[0].delivered, Energy{80});
  EXPECT_EQ(readings[1].delivered, Energy{40});
  EXPECT_EQ(readings[1].id, 4U);
  EXPECT_EQ(readings[2].time, UtcMicros{1'001s});
  whose.limit = 1;
  EXPECT_EQ(rows(past.meter(whose)).size(), 1U);
  EXPECT_EQ(rows(past.sessions({})).back().id, 1U);
  EXPECT_EQ(rows(past.sessions({})).back().created, UtcMicros{1'001s});
}
TEST(Chronicle, IsFollowedFromAnyRecordOn) {
  auto past = chronicle({10, 10, 10, 10, 4});
  for (std::int64_t s = 0; s < 6; ++s) past.add(fault(1, s));
  std::vector<runtime::journal::Sequence> seen;
  const auto see = [&](const Found& found, const Position& at) {
    EXPECT_EQ(at[0], found.sequence);
    seen.push_back(found.sequence);
    EXPECT_EQ(found.names.point, "CP-1");
  };
  EXPECT_EQ(rows(past.newest())[0], 6U);
  EXPECT_EQ(rows(past.follow(Position{0}, 2, see))[0], 4U) << "the first two are forgotten";
  EXPECT_EQ(rows(past.follow(Position{4}, 100, see))[0], 6U);
  EXPECT_EQ(rows(past.follow(Position{6}, 100, see))[0], 6U);
  EXPECT_EQ(seen, (std::vector<runtime::journal::Sequence>{3, 4, 5, 6}));
}

}  // namespace
}  // namespace chargemill::archive
