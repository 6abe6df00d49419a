// A session whose node was lost goes on in the journal of whoever had its shard next: asked as one,
// they tell one story.
#include <memory>
#include <utility>
#include <vector>

#include "actors/archive/past_set.hpp"
#include "tests/actors/archive/told.hpp"

namespace chargemill::archive {
namespace {

PastSet asked_as_one(History one, History other) {
  std::vector<std::unique_ptr<Past>> members;
  members.push_back(std::make_unique<History>(std::move(one)));
  members.push_back(std::make_unique<History>(std::move(other)));
  return PastSet{std::move(members)};
}
Filter of_kind(const char* kind, std::uint64_t limit = 100) {
  Filter filter;
  filter.kind = kind;
  filter.limit = limit;
  return filter;
}
constexpr SessionId kThird{0x10000000003};

TEST(SeveralJournals, FollowASessionIntoTheOneOfWhoeverHadItsShardLater) {
  Told lost{"lost"};
  Told heir{"heir"};
  lost.start(1s, kFirst);
  lost.checkpoint(11s, kFirst, 100);
  lost.start(2s, kSecond);
  lost.end(12s, kSecond, 50);
  heir.end(30s, kFirst, 290);
  heir.tell(TicketDelivered{SimTime{31s}, kSecond, kOne, DriverId{0}, ZoneId{0}, false}, kOne,
            "alice");
  auto alone = lost.history();
  EXPECT_EQ(alone.sessions(of_kind("ACTIVE")).value().size(), 1U) << "by itself";
  auto both = asked_as_one(lost.history(), heir.history());
  const auto rows = both.sessions({}).value();
  ASSERT_EQ(rows.size(), 2U);
  for (const auto& row : rows) {
    const bool is_first = row.session == kFirst;
    EXPECT_EQ(row.status, SessionStatus::completed);
    EXPECT_EQ(row.delivered, Energy{is_first ? 290 : 50});
    EXPECT_EQ(row.end, utc(is_first ? 30s : 12s));
  }
  EXPECT_TRUE(both.sessions(of_kind("ACTIVE")).value().empty());
  EXPECT_EQ(both.sessions(of_kind("COMPLETED")).value().size(), 2U);
  EXPECT_EQ(both.tickets({}).value().back().delivered, utc(31s));
  EXPECT_EQ(both.tickets(of_kind("OPEN")).value().size(), 1U) << "that of the first";
}

// It went with its shard to a node that lives, as nobody there could tell from its point.
TEST(SeveralJournals, DrawTheMeterOfAPointWhereverItsSessionsWent) {
  Told first{"first"};
  Told second{"second"};
  first.start(1s, kFirst);
  first.checkpoint(11s, kFirst, 100);
  second.checkpoint(21s, kFirst, 200);
  second.end(30s, kFirst, 290);
  second.start(40s, kSecond);
  auto both = asked_as_one(second.history(), first.history());
  const auto rows = both.meter(of_point("CP-001")).value();
  ASSERT_EQ(rows.size(), 5U);
  const std::int64_t mj[] = {0, 290, 200, 100, 0};  // the newest first
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].delivered, Energy{mj[i]}) << i;
  Filter window = of_point("CP-001");
  window.since = utc(20s);
  window.until = utc(35s);
  EXPECT_EQ(both.meter(window).value().size(), 2U) << "of one that began before";
}

TEST(SeveralJournals, BelieveTheLaterWord) {
  Told lost{"lost"};
  Told heir{"heir"};
  lost.start(1s, kFirst);
  lost.end(12s, kFirst, 50);
  heir.end(30s, kFirst, 290, true);  // its engine has said it there: D-075
  lost.start(2s, kSecond);
  lost.checkpoint(40s, kSecond, 70);
  heir.checkpoint(35s, kSecond, 60);
  auto both = asked_as_one(heir.history(), lost.history());
  const auto rows = both.sessions({}).value();
  ASSERT_EQ(rows.size(), 2U);
  for (const auto& row : rows) EXPECT_EQ(row.delivered, Energy{row.session == kFirst ? 290 : 70});
}

// The newest that one of them takes for open are over.
TEST(SeveralJournals, ShowAsManyAsAreWantedAlsoWhereTheNewestAreOfAnotherKind) {
  Told lost{"lost"};
  Told heir{"heir"};
  lost.start(1s, kFirst);
  lost.start(2s, kSecond);
  lost.start(3s, kThird);
  heir.end(30s, kSecond, 290);
  heir.end(31s, kThird, 290);
  auto both = asked_as_one(lost.history(), heir.history());
  const auto open = both.sessions(of_kind("ACTIVE", 1)).value();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].session, kFirst);
  const auto over = both.sessions(of_kind("COMPLETED", 1)).value();
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].session, kThird) << "the newest start";
}

TEST(SeveralJournals, PairARecoveryWithTheFaultThatAnotherOneHas) {  // D-175
  Told lost{"lost"};
  Told heir{"heir"};
  lost.event(1s, kOne, EventType::fault);
  lost.event(2s, kTwo, EventType::fault);
  heir.event(5s, kOne, EventType::recovery);
  auto both = asked_as_one(lost.history(), heir.history());
  const auto all = both.statistics("", UtcMicros::min()).value();
  EXPECT_EQ(all.total_events, 3U);
  EXPECT_EQ(all.currently_faulty, 1U) << "the second point";
  EXPECT_EQ(all.recoveries_measured, 1U);
  EXPECT_EQ(all.mean_recovery_s, 4.0);
  EXPECT_EQ(both.statistics("CP-001", UtcMicros::min()).value().currently_faulty, 0U);
  const auto later = both.statistics("", utc(3s)).value();
  EXPECT_EQ(later.total_events, 1U);
  EXPECT_FALSE(later.mean_recovery_s) << "its FAULT was before";
  EXPECT_EQ(later.currently_faulty, 1U) << "also of those from before";
}

// Where shards stay, what a node that lives has begun in this run nobody else can know of: so
// 20,000 open sessions are not asked about, each time that somebody looks.
TEST(SeveralJournals, AreNotAskedOfWhatAWriterAtWorkHasBegun) {
  Told here{"here"};
  Told other{"other"};
  here.start(1s, kFirst);
  RunBegan run;
  run.at = SimTime{50s};
  run.run = run.points = run.drivers = run.shards = 1;
  here.tell(run);
  here.start(51s, kSecond);
  other.end(30s, kFirst, 290);
  other.end(60s, kSecond, 999);  // which cannot be
  auto history = here.history();
  history.count_on_its_writer();
  auto both = asked_as_one(std::move(history), other.history());
  const auto rows = both.sessions({}).value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].session, kSecond);
  EXPECT_EQ(rows[0].status, SessionStatus::active);
  EXPECT_EQ(rows[1].status, SessionStatus::completed);
}

}  // namespace
}  // namespace chargemill::archive
