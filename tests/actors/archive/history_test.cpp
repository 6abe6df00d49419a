// What people ask a journal, on real journals.
#include "actors/archive/history.hpp"

#include <gtest/gtest.h>

#include "tests/actors/archive/told.hpp"

namespace chargemill::archive {
namespace {

using namespace std::chrono_literals;

TEST(History, CountsTheCheckDataOfTheReference) {  // D-178
  Told told;
  told.event(8 * 24h, kOne, EventType::fault);
  told.event(8 * 24h + 30s, kOne, EventType::recovery);
  told.event(16 * 24h, kTwo, EventType::fault);
  told.event(16 * 24h + 1s, kTwo, EventType::other);
  auto history = told.history();
  const auto counts = [&](const char* point, UtcMicros since) {
    const auto s = history.statistics(point, since).value();
    return std::vector<std::uint64_t>{s.total_events, s.fault_count, s.recovery_count};
  };
  using Counts = std::vector<std::uint64_t>;
  EXPECT_EQ(counts("", UtcMicros::min()), (Counts{4, 2, 1}));
  EXPECT_EQ(counts("CP-001", UtcMicros::min()), (Counts{2, 1, 1}));
  EXPECT_EQ(counts("CP-002", UtcMicros::min()), (Counts{2, 1, 0}));
  EXPECT_EQ(counts("CP-003", UtcMicros::min()), (Counts{0, 0, 0}));
  EXPECT_EQ(counts("", utc(16 * 24h + 1s - 7 * 24h)), (Counts{2, 1, 0}));
  const auto all = history.statistics("", UtcMicros::min()).value();
  EXPECT_EQ(all.currently_faulty, 1U);
  EXPECT_EQ(all.mean_recovery_s, 30.0);
  EXPECT_EQ(all.last_fault, utc(16 * 24h));
  EXPECT_FALSE(history.statistics("CP-002", UtcMicros::min()).value().mean_recovery_s);
}

TEST(History, CountsAsFaultyWhoseNewestEventIsAFault) {  // also when old ones are gone
  Told told;
  told.event(1s, kOne, EventType::recovery);  // of a FAULT that retention has dropped
  told.event(2s, kTwo, EventType::fault);
  auto history = told.history();
  EXPECT_EQ(history.statistics("", UtcMicros::min()).value().currently_faulty, 1U);
  EXPECT_EQ(history.statistics("", utc(3s)).value().currently_faulty, 1U) << "since before that";
  EXPECT_EQ(history.statistics("CP-001", UtcMicros::min()).value().currently_faulty, 0U);
  EXPECT_EQ(history.statistics("CP-002", UtcMicros::min()).value().currently_faulty, 1U);
}

TEST(History, OfAnEmptyJournalIsEmptyAndCountsAreNeverNull) {  // D-175
  Told told;
  told.tell(RunBegan{});
  auto history = told.history();
  EXPECT_TRUE(history.faults({}).value().empty());
  EXPECT_TRUE(history.sessions({}).value().empty());
  EXPECT_EQ(history.statistics("", UtcMicros::min()).value().total_events, 0U);
}

TEST(History, ShowsFaultsNewestFirstAndNoMoreThanTheLimit) {  // D-164, D-165, D-172
  Told told;
  for (int i = 0; i < 300; ++i)
    told.event(i * 1s, i % 2 == 0 ? kOne : kTwo,
               i % 4 < 2 ? EventType::fault : EventType::recovery);
  auto history = told.history();
  const auto rows = history.faults({}).value();
  ASSERT_EQ(rows.size(), 100U);
  EXPECT_EQ(rows.front().time, utc(299s));
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(),
                             [](const auto& a, const auto& b) { return a.time > b.time; }));
  Filter one = of_point("CP-001");
  one.limit = 7;
  EXPECT_EQ(history.faults(one).value().size(), 7U);
  EXPECT_EQ(history.faults(one).value().front().time, utc(298s));
  one.limit = 0;
  EXPECT_TRUE(history.faults(one).value().empty());
  Filter kind;
  kind.kind = "RECOVERY";
  kind.limit = 1'000;
  EXPECT_EQ(history.faults(kind).value().size(), 150U);
  kind.point = "CP-002";
  EXPECT_EQ(history.faults(kind).value().size(), 75U);
  Filter zone;
  zone.zone = ZoneId{1};
  zone.limit = 1'000;
  EXPECT_EQ(history.faults(zone).value().size(), 150U);
}

TEST(History, ShowsTheReportsOfOnePointNewestFirst) {  // D-164, D-173
  Told told;
  for (int i = 0; i < 150; ++i)
    told.status(i * 1s, i % 3 == 0 ? kTwo : kOne, i % 2 == 0 ? Phase::activated : Phase::fault,
                i % 2 == 1);
  told.status(149s, kOne, Phase::stopped);  // at the time of another: the later id goes first
  auto history = told.history();
  Filter one = of_point("CP-001");
  const auto rows = history.health(one).value();
  ASSERT_EQ(rows.size(), 100U);
  EXPECT_EQ(rows[0].health.phase, Phase::stopped);
  EXPECT_EQ(rows[1].health.phase, Phase::fault);
  EXPECT_TRUE(rows[1].health.is_faulty);
  EXPECT_EQ(rows[1].time, utc(149s));
  EXPECT_EQ(rows[2].time, utc(148s));
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.time != b.time ? a.time > b.time : a.id > b.id;
  }));
  for (const auto& row : rows) EXPECT_EQ(row.point, "CP-001");
  one.limit = 3;
  EXPECT_EQ(history.health(one).value().size(), 3U);
  EXPECT_EQ(history.health(of_point("CP-002")).value().size(), 50U);
  EXPECT_TRUE(history.health(of_point("CP-003")).value().empty());
}

TEST(History, SeesAllThatWasCommittedBeforeARestart) {  // D-176
  Told told;
  told.event(1s, kOne, EventType::fault);
  told.status(1s, kOne, Phase::fault, true);
  told.start(2s, kFirst);
  told.checkpoint(12s, kFirst, 100);
  told.restart();
  told.end(30s, kFirst, 290);
  told.restart();
  told.event(40s, kOne, EventType::recovery);
  auto history = told.history();
  EXPECT_EQ(history.faults({}).value().size(), 2U);
  EXPECT_EQ(history.statistics("CP-001", UtcMicros::min()).value().mean_recovery_s, 39.0);
  EXPECT_EQ(history.health(of_point("CP-001")).value().size(), 1U);
  ASSERT_EQ(history.sessions({}).value().size(), 1U);
  EXPECT_EQ(history.sessions({}).value()[0].delivered, Energy{290});
}

TEST(History, KeepsToTheTimesThatAreAskedFor) {
  Told told;
  for (int i = 0; i < 200; ++i) told.event(i * 1s, kOne, EventType::fault);
  auto history = told.history();
  Filter window;
  window.since = utc(50s);
  window.until = utc(59s);
  const auto rows = history.faults(window).value();
  ASSERT_EQ(rows.size(), 10U);
  EXPECT_EQ(rows.front().time, utc(59s));
  EXPECT_EQ(rows.back().time, utc(50s));
}

TEST(History, WhatWasToldLateHidesNothingThatIsYounger) {  // D-117
  Told told;
  told.event(60s, kOne, EventType::fault);
  for (int i = 0; i < 66'000; ++i) told.status(61s, kOne, Phase::activated);
  told.event(10s, kOne, EventType::recovery);  // found long ago, behind a cut link
  auto history = told.history();
  Filter window;
  window.since = utc(50s);
  EXPECT_EQ(history.faults(window).value().size(), 1U);
  const auto since = history.statistics("", window.since).value();
  EXPECT_EQ(since.total_events, 1U) << "by time, not by the order of records (D-175)";
  EXPECT_EQ(since.fault_count, 1U);
  EXPECT_EQ(since.recovery_count, 0U);
}

TEST(History, MakesOneRowOfASessionWhileItRunsAndWhenItIsOver) {  // D-169 to D-171, D-174
  Told told;
  told.start(1s, kFirst);
  {
    auto history = told.history();
    const auto rows = history.sessions({}).value();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].status, SessionStatus::active);
    EXPECT_FALSE(rows[0].has_energy) << "null until something is known";
    EXPECT_FALSE(rows[0].end);
  }
  told.checkpoint(11s, kFirst, 100);
  told.checkpoint(21s, kFirst, 200);
  {
    auto history = told.history();
    EXPECT_EQ(history.sessions({}).value()[0].delivered, Energy{200});
  }
  told.end(30s, kFirst, 290);
  told.start(40s, kSecond, kOne, "bob");
  auto history = told.history();
  const auto rows = history.sessions({}).value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].driver, "bob") << "the newest start first";
  EXPECT_EQ(rows[1].status, SessionStatus::completed);
  EXPECT_EQ(rows[1].delivered, Energy{290});
  EXPECT_EQ(rows[1].end, utc(30s));
  EXPECT_EQ(rows[1].id, 1U) << "that of its first record";  // D-162
  EXPECT_EQ(rows[1].created, utc(1s));
  Filter alice;
  alice.driver = "alice";
  EXPECT_EQ(history.sessions(alice).value().size(), 1U);
  alice.point = "CP-002";
  EXPECT_TRUE(history.sessions(alice).value().empty()) << "both filters count";
  Filter active;
  active.kind = "ACTIVE";
  EXPECT_EQ(history.sessions(active).value().size(), 1U);
}

TEST(History, CountsWhatAnEngineStillOwedWhenItsRunEnded) {  // D-075, D-103
  Told told;
  told.start(1s, kFirst);
  told.checkpoint(11s, kFirst, 100);
  told.end(20s, kFirst, 190);
  told.owed(60s, kFirst, 700);
  {
    auto history = told.history();
    const auto row = history.sessions({}).value().at(0);
    EXPECT_EQ(row.delivered, Energy{700});
    EXPECT_EQ(row.cost, Money{7});
    EXPECT_EQ(row.start, utc(2s));
    EXPECT_EQ(row.end, utc(60s));
    EXPECT_EQ(row.status, SessionStatus::completed) << "that of its end";
    const auto meter = history.meter(of_point("CP-001")).value();
    ASSERT_EQ(meter.size(), 3U);
    EXPECT_EQ(meter[0].delivered, Energy{700}) << "in place of the end";
    EXPECT_EQ(meter[0].time, utc(60s));
    EXPECT_EQ(meter[1].delivered, Energy{100});
    EXPECT_EQ(history.tickets({}).value().at(0).ticket.delivered, Energy{190}) << "as issued";
  }
  told.restart();
  told.end(61s, kFirst, 710, true);  // its engine has said it itself
  auto history = told.history();
  const auto row = history.sessions({}).value().at(0);
  EXPECT_EQ(row.delivered, Energy{710});
  EXPECT_EQ(row.end, utc(61s));
  EXPECT_EQ(history.meter(of_point("CP-001")).value().size(), 3U);
}

/// Asks `read` again and again for what is older, until nothing is left out; how often. Counts
/// the rows.
template <class Read>
int pages_of(const History& history, Filter filter, Read read, std::size_t& rows) {
  for (int pages = 1;; ++pages) {
    rows += read(filter).value().size();
    const auto reached = history.looked_back_to();
    if (!reached) return pages;
    EXPECT_LT(*reached, filter.until) << "each comes further";
    if (*reached >= filter.until || pages == 100) return pages;
    filter.until = *reached;
  }
}

// Among all sessions the few that are open would be looked for for seconds.
TEST(History, GivesUpOnWhatIsRareAndGoesOnFromThere) {
  constexpr int kSessions = 8'000;
  Told told;
  const auto session = [](int i) { return SessionId{0x10000000000ULL + unsigned(i)}; };
  told.start(1s, session(0));  // nobody ends it
  told.status(1s, kTwo, Phase::fault, true);
  for (int i = 1; i <= kSessions; ++i) {
    told.start(i * 10s, session(i));
    told.end(i * 10s + 5s, session(i), 100);
    told.tell(TicketDelivered{SimTime{i * 10s + 6s}, session(i), kOne, DriverId{0}, ZoneId{0}},
              kOne, "alice");
  }
  auto history = told.history();
  history.set_patience(20'000);
  Filter active;
  active.kind = "ACTIVE";
  EXPECT_TRUE(history.sessions(active).value().empty());
  const auto reached = history.looked_back_to();
  ASSERT_TRUE(reached);
  EXPECT_GT(*reached, utc(kSessions / 2 * 10s)) << "and has looked at a few only";
  std::size_t rows = 0;
  const auto sessions = [&](const Filter& filter) { return history.sessions(filter); };
  EXPECT_GT(pages_of(history, active, sessions, rows), 3);
  EXPECT_EQ(rows, 1U) << "it is found in the end";
  Filter open;
  open.kind = "OPEN";
  rows = 0;
  const auto tickets = [&](const Filter& filter) { return history.tickets(filter); };
  EXPECT_GT(pages_of(history, open, tickets, rows), 3);
  EXPECT_EQ(rows, 0U);
  Filter faulty;
  faulty.kind = "FAULT";
  rows = 0;
  const auto health = [&](const Filter& filter) { return history.health(filter); };
  EXPECT_GT(pages_of(history, faulty, health, rows), 1);
  EXPECT_EQ(rows, 1U);
}

// D-117: it bears the time at which it was found, and lies where it was told.
TEST(History, FindsWhatWasToldLateAlsoAmongWhatIsOld) {
  constexpr int kStatuses = 70'000;
  Told told;
  for (int i = 0; i < kStatuses; ++i) told.status(i * 1s, kOne, Phase::activated);
  told.event(10s, kTwo, EventType::fault);
  auto history = told.history();
  Filter early;
  early.until = utc(20s);
  ASSERT_EQ(history.faults(early).value().size(), 1U);
  EXPECT_EQ(history.faults(early).value().front().time, utc(10s));
}

// However much there is in between: whoever finds goes on.
TEST(History, GivesUpOnNothingThatIsFoundAllTheTime) {
  Told told;
  for (int i = 0; i < 3'000; ++i) {
    told.status(i * 1s, kOne, Phase::activated);
    for (int j = 0; j < 8; ++j) told.event(i * 1s, kTwo, EventType::fault);
  }
  auto history = told.history();
  history.set_patience(1'000);
  Filter all;
  all.limit = 3'000;
  EXPECT_EQ(history.health(all).value().size(), 3'000U);
  EXPECT_FALSE(history.looked_back_to());
  all.point = "CP-001";
  all.zone = ZoneId{9};
  EXPECT_TRUE(history.health(all).value().empty());
  EXPECT_TRUE(history.looked_back_to());
  (void)history.faults({});
  EXPECT_FALSE(history.looked_back_to()) << "that is of the last question";
}

TEST(History, ShowsTheMeterOfAPointThroughItsSessions) {
  Told told;
  told.start(1s, kFirst);
  told.checkpoint(11s, kFirst, 100);
  told.end(20s, kFirst, 190);
  told.end(30s, kFirst, 200, true);  // of the same session: D-075
  told.start(40s, kSecond);
  told.checkpoint(50s, kSecond, 50);
  auto history = told.history();
  const auto rows = history.meter(of_point("CP-001")).value();
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].session, kSecond);
  EXPECT_EQ(rows[0].delivered, Energy{50});
  EXPECT_EQ(rows[1].delivered, Energy{0}) << "its beginning";
  EXPECT_EQ(rows[2].delivered, Energy{200}) << "the correction, in place of the first end";
  EXPECT_EQ(rows[3].time, utc(11s));
  EXPECT_EQ(rows[4].time, utc(1s));
  Filter window = of_point("CP-001");
  window.since = utc(45s);
  EXPECT_EQ(history.meter(window).value().size(), 1U);
  window.since = UtcMicros::min();
  window.until = utc(35s);
  window.limit = 2;
  EXPECT_EQ(history.meter(window).value().back().delivered, Energy{100});
  EXPECT_TRUE(history.meter(of_point("CP-002")).value().empty());
}

TEST(History, ShowsATicketAndItsCorrectionWithTheirOwnDeliveries) {  // D-075, D-083
  Told told;
  told.start(1s, kFirst);
  told.end(10s, kFirst, 100);
  told.tell(TicketDelivered{SimTime{11s}, kFirst, kOne, DriverId{0}, ZoneId{0}, false}, kOne,
            "alice");
  told.end(20s, kFirst, 150, true);
  auto history = told.history();
  auto rows = history.tickets({}).value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[0].ticket.is_correction);
  EXPECT_FALSE(rows[0].delivered) << "not yet";
  EXPECT_EQ(rows[1].delivered, utc(11s));
  told.tell(TicketDelivered{SimTime{21s}, kFirst, kOne, DriverId{0}, ZoneId{0}, true}, kOne,
            "alice");
  auto later = told.history();
  rows = later.tickets({}).value();
  EXPECT_EQ(rows[0].delivered, utc(21s));
  EXPECT_EQ(rows[1].delivered, utc(11s));
  EXPECT_EQ(later.sessions({}).value().at(0).delivered, Energy{150}) << "as corrected";
}

}  // namespace
}  // namespace chargemill::archive
