// Unconfirmed tickets: kept for their drivers, but not without end (D-083).
#include "actors/central/tickets.hpp"

#include <gtest/gtest.h>

#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

KeptTicket ticket_of(DriverId driver, std::uint64_t session) {
  KeptTicket kept{};
  kept.ticket.driver = driver;
  kept.ticket.session = SessionId{session};
  return kept;
}
bool is_kept(const ShardState& shard, DriverId driver, std::uint64_t session) {
  return shard.tickets.count({driver, SessionId{session}}) != 0;
}

TEST(Tickets, AtMostSoManyAreKeptTheOldestGoAndAreCounted) {  // law 6, D-083
  Story s;
  s.shard.settings.tickets_max = 16;
  for (std::uint64_t i = 1; i <= 16; ++i)
    keep_ticket(s.shard, ticket_of(DriverId{static_cast<std::uint32_t>(100 - i)}, i));
  EXPECT_EQ(s.totals().tickets_dropped, 0U);
  keep_ticket(s.shard, ticket_of(kAna, 17));
  EXPECT_EQ(s.totals().tickets_dropped, 3U) << "an eighth at once, and one";
  EXPECT_FALSE(is_kept(s.shard, DriverId{97}, 3));
  EXPECT_TRUE(is_kept(s.shard, DriverId{96}, 4));
  EXPECT_TRUE(is_kept(s.shard, kAna, 17));
  keep_ticket(s.shard, ticket_of(kAna, 17));  // its correction is not another one
  EXPECT_EQ(s.shard.tickets.size(), 14U);
}

TEST(Tickets, ADriverThatNobodyIsLeavesNoMoreThanThat) {  // D-106: a start at the point
  Story s;
  s.shard.settings.tickets_max = 8;
  s.bring_up();
  for (std::uint32_t i = 0; i < 100; ++i) {
    s.tell(LocalStart{kOneKwh, kPoint, DriverId{1'000'000 + i}});
    const SessionId session = s.record().session;
    ASSERT_NE(session, SessionId::none);
    s.status(Phase::supplying, Reason::starting_supply, session);
    s.end(session, kOneKwh);
    s.status(Phase::activated, Reason::energy_target_reached, session);
    ASSERT_LE(s.shard.tickets.size(), 8U);
  }
  EXPECT_EQ(s.totals().tickets_issued, 100U);
  EXPECT_EQ(s.totals().tickets_dropped + s.shard.tickets.size(), 100U);
}

TEST(Tickets, ADriverThatWasAwayLearnsItsOutcomeHoweverManyCameAfterIt) {  // D-129, flow E
  Story s;
  s.bring_up();
  const auto charge = [&](std::uint64_t request, DriverId driver) {
    const SessionId session = s.start(request, driver);
    s.end(session, kOneKwh);
    s.status(Phase::activated, Reason::energy_target_reached, session);
    return session;
  };
  const SessionId hers = charge(1, kAna);
  for (std::uint64_t other = 2; other < 2 + 2 * kClosedKept; ++other)
    s.tell(TicketAck{charge(other, kBen), kBen, false});
  for (const PointId asked : {kPoint, kUnknownPoint}) {
    s.said.clear();
    s.tell(AskRequest{RequestId{1}, kAna, asked});
    EXPECT_EQ(s.last_update().status, UpdateStatus::completed);
    EXPECT_EQ(s.last_update().session, hers);
    EXPECT_EQ(s.last_update().reason, Reason::charging_completed);
    EXPECT_EQ(s.last_update().delivered, kOneKwh);
  }
  s.tell(TicketAck{hers, kAna, false});
  s.said.clear();
  s.tell(AskRequest{RequestId{1}, kAna, kPoint});
  EXPECT_EQ(s.last_update().reason, Reason::central_restarted)
      << "it had its ticket: all is forgotten";
}

TEST(Tickets, AShardThatComesBackSendsWhatNobodyCouldConfirm) {  // D-083
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.end(session, kOneKwh);
  s.tell(CentralDown{});
  s.tell(TicketAck{session, kAna, false});
  EXPECT_TRUE(is_kept(s.shard, kAna, index_of(session))) << "it was down and heard nothing";
  s.said.clear();
  s.tell(CentralUp{});
  ASSERT_EQ(s.all<Ticket>().size(), 1U) << "a driver of another shard has noticed nothing";
  s.tell(TicketAck{session, kAna, false});
  EXPECT_FALSE(is_kept(s.shard, kAna, index_of(session)));
  ASSERT_EQ(s.all<TicketSettled>().size(), 1U);
  EXPECT_EQ(s.all<TicketSettled>()[0].session, session);
  EXPECT_EQ(s.all<TicketSettled>()[0].driver, kAna);
  s.tell(TicketAck{session, kAna, false});
  EXPECT_EQ(s.all<TicketSettled>().size(), 2U) << "that answer may have been lost";
  EXPECT_EQ(s.totals().tickets_delivered, 1U);
}

TEST(Tickets, TheFirstIssueIsSettledWhenItsCorrectionTookItsPlace) {  // D-075, D-083
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.telemetry(session, Energy{1'000});
  s.pass(11s, true);  // silent: FAILED
  s.end(session, Energy{5'000});
  s.said.clear();
  s.tell(TicketAck{session, kAna, false});
  ASSERT_EQ(s.all<TicketSettled>().size(), 1U);
  EXPECT_FALSE(s.all<TicketSettled>()[0].correction);
  EXPECT_TRUE(is_kept(s.shard, kAna, index_of(session))) << "the correction";
}

TEST(Tickets, AShardKeepsFourAPointAtLeast) {
  EXPECT_EQ(Story{}.shard.settings.tickets_max, 4'096U);
  EXPECT_EQ(Story{5'000}.shard.settings.tickets_max, 20'000U);
}

}  // namespace
}  // namespace chargemill::central
