// Tickets that wait, cancels, requests for a zone, starts at the point: D-083, D-106, D-154.
#include <gtest/gtest.h>

#include "actors/central/shard.hpp"
#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

TEST(Shard, ATicketIsKeptUntilItsDriverHasConfirmedIt) {  // D-083, flow E
  Story s;
  s.bring_up();
  const SessionId session = s.start();
  s.end(session, kOneKwh);
  s.said.clear();
  s.tell(DriverReturned{kBen});
  EXPECT_TRUE(s.said.empty());
  s.tell(DriverReturned{kAna});
  s.tell(AskRequest{RequestId{1}, kAna, kUnknownPoint});
  ASSERT_EQ(s.all<Ticket>().size(), 1U);
  EXPECT_EQ(s.last_update().status, UpdateStatus::completed);
  s.tell(TicketAck{session, kAna, false});
  s.tell(TicketAck{session, kAna, false});
  EXPECT_EQ(s.totals().tickets_delivered, 1U);
  s.said.clear();
  s.tell(DriverReturned{kAna});
  EXPECT_TRUE(s.said.empty());
}

TEST(Shard, ACancelStopsTheSupplyAndBlamesNobody) {  // D-154
  Story s;
  s.bring_up();
  static_cast<void>(s.start());
  s.tell(CancelRequest{RequestId{2}, kAna, kPoint});
  EXPECT_TRUE(s.commands<StopSupply>().empty());
  s.tell(CancelRequest{RequestId{1}, kAna, kPoint});
  EXPECT_EQ(s.commands<StopSupply>().size(), 1U);
  EXPECT_EQ(s.totals().sessions_active, 1U);
}

TEST(Shard, AZoneRequestGoesRoundTheFreePointsAndMissesWhenThereIsNone) {
  Story s(2);
  s.bring_up(PointId{10});
  s.bring_up(PointId{11});
  for (std::uint64_t r = 1; r <= 3; ++r)
    s.tell(
        ZoneRequest{RequestId{r}, {}, {}, DriverId{static_cast<std::uint32_t>(r)}, ZoneId{1}, 0});
  EXPECT_EQ(s.totals().requests_accepted, 2U);
  ASSERT_EQ(s.all<ZoneMiss>().size(), 1U);
  EXPECT_EQ(s.all<ZoneMiss>()[0].request.tried, 1U);
  EXPECT_EQ(s.all<FreeCount>().back().free, 0U);
}

TEST(Shard, ALocalStartIsASessionWithoutUpdates) {  // D-106
  Story s;
  s.bring_up();
  s.tell(LocalStart{kOneKwh, kPoint, kAna});
  ASSERT_EQ(s.commands<StartSupply>().size(), 1U);
  EXPECT_TRUE(s.all<DriverUpdate>().empty());
  s.tell(LocalStart{kOneKwh, kPoint, kBen});
  EXPECT_EQ(s.totals().sessions_started, 1U);
}
}  // namespace
}  // namespace chargemill::central
