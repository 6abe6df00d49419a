// What a driver has said to shards that they have not answered: tickets confirmed, requests given
// up.
#include <gtest/gtest.h>

#include "actors/driver/request_run.hpp"
#include "actors/driver/unsettled.hpp"
#include "tests/actors/driver/words.hpp"

namespace chargemill::driver {
namespace {

TEST(Unsettled, KeepsEachTicketOnceAndConfirmsItEachTime) {  // D-083, X-32
  const Plan plan;
  State d = make_state(kMe, Mode::fleet, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(says<TicketAck>(step(d, ticket(9), at(i))));
  EXPECT_EQ(d.totals.tickets, 1U);
  EXPECT_EQ(d.totals.duplicates, 2U);
  static_cast<void>(step(d, ticket(9, true), at(4)));
  static_cast<void>(step(d, ticket(9, true), at(5)));
  EXPECT_EQ(d.totals.tickets, 2U) << "a correction is a second ticket, once";
}

TEST(Unsettled, KnowsATicketAgainHoweverManyCameSince) {  // D-083, X-32
  const Plan plan;
  State d = make_state(kMe, Mode::fleet, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, ticket(1), at(0)));  // its shard is down: it hears no confirmation
  for (std::uint64_t session = 2; session < 100; ++session) {
    static_cast<void>(step(d, ticket(session), at(1)));
    static_cast<void>(step(d, TicketSettled{SessionId{session}, kMe, false}, at(1)));
  }
  EXPECT_EQ(d.totals.tickets, 99U);
  EXPECT_TRUE(says<TicketAck>(step(d, ticket(1), at(2)))) << "the shard is up again";
  EXPECT_EQ(d.totals.tickets, 99U);
  EXPECT_EQ(d.totals.duplicates, 1U);
  static_cast<void>(step(d, TicketSettled{SessionId{1}, kMe, false}, at(3)));
  EXPECT_FALSE(d.unsettled) << "nothing is remembered for nothing";
}

TEST(Unsettled, LeavesATicketToItsShardUntilThereIsRoom) {  // D-083, law 6
  const Plan plan;
  State d = make_state(kMe, Mode::fleet, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  for (std::uint64_t session = 1; session <= kTicketsMax; ++session)
    static_cast<void>(step(d, ticket(session), at(0)));
  const auto left = step(d, ticket(50), at(1));
  EXPECT_EQ(d.totals.tickets, kTicketsMax);
  ASSERT_EQ(left.size(), kTicketsMax) << "it asks those it remembers to be settled";
  for (const Effect& effect : left) EXPECT_NE(std::get<TicketAck>(effect).session, SessionId{50});
  const auto settled = step(d, TicketSettled{SessionId{3}, kMe, false}, at(2));
  EXPECT_TRUE(says<DriverReturned>(settled)) << "what was left may come again";
  EXPECT_TRUE(says<TicketAck>(step(d, ticket(50), at(3))));
  EXPECT_EQ(d.totals.tickets, kTicketsMax + 1);
}

TEST(Unsettled, ConfirmsAgainWhatIsNotSettledWhenItComesBack) {  // D-083, D-129
  const Plan plan;
  State d = make_state(kMe, Mode::fleet, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, ticket(9, true), at(0)));
  static_cast<void>(step(d, LinkDown{}, at(1)));
  const auto said = step(d, LinkUp{}, at(2));
  ASSERT_TRUE(says<TicketAck>(said));
  EXPECT_EQ(find<TicketAck>(said)->session, SessionId{9});
  EXPECT_TRUE(find<TicketAck>(said)->correction);
}

TEST(Unsettled, OwesTheCancelOfARequestGivenUpWhileCentralWasGone) {  // D-125, D-131
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  const RequestId first = current_request(d);
  static_cast<void>(step(d, update(d, UpdateStatus::accepted), at(1)));
  static_cast<void>(step(d, LinkDown{}, at(2)));
  EXPECT_FALSE(says<CancelRequest>(step(d, Tick{}, at(31))));
  static_cast<void>(step(d, Tick{}, at(35)));
  const auto up = step(d, LinkUp{}, at(40));
  ASSERT_TRUE(says<CancelRequest>(up));
  EXPECT_EQ(find<CancelRequest>(up)->request, first);
  EXPECT_TRUE(says<ChargeRequest>(up)) << "the second line, which could not be said before";
}

TEST(Unsettled, RepeatsACancelUntilItsRequestIsOver) {  // D-125
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  DriverUpdate over = update(d, UpdateStatus::accepted);
  static_cast<void>(step(d, over, at(1)));
  EXPECT_TRUE(says<CancelRequest>(step(d, Tick{}, at(31))));
  EXPECT_TRUE(says<ChargeRequest>(step(d, Tick{}, at(35)))) << "its list goes on";
  const auto again = step(d, Tick{}, at(41));
  ASSERT_TRUE(says<CancelRequest>(again)) << "whoever owns the point may have been down";
  EXPECT_EQ(find<CancelRequest>(again)->request, over.request);
  static_cast<void>(step(d, over, at(42)));
  EXPECT_EQ(due(d), at(51)) << "that it was let in is no answer";
  over.status = UpdateStatus::completed;
  static_cast<void>(step(d, over, at(43)));
  EXPECT_EQ(due(d), at(65)) << "that it is over is one";
  EXPECT_EQ(d.totals.timed_out, 1U);
  EXPECT_EQ(open_of(d.totals), 1U) << "the second line's";
}

TEST(Unsettled, RepeatsWhatAGuestGaveUp) {  // D-125
  const Plan plan;
  State d = make_state(kMe, Mode::guest, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, Return{}, at(0)));
  static_cast<void>(step(d, Trip{at(1), {}, {}, kPoint, {}, false}, at(1)));
  const CancelRequest given_up{current_request(d), kMe, kPoint};
  EXPECT_TRUE(says<CancelRequest>(step(d, given_up, at(2))));
  EXPECT_EQ(due(d), at(12));
  EXPECT_TRUE(says<CancelRequest>(step(d, Tick{}, at(12))));
  static_cast<void>(step(d, update(d, UpdateStatus::completed), at(13)));
  EXPECT_EQ(due(d), kNever);
  State other = make_state(kMe, Mode::fleet, plan);
  EXPECT_TRUE(step(other, given_up, at(2)).empty()) << "nobody else is told so from outside";
}

TEST(Unsettled, ForgetsTheOldestOfTooManyCancels) {  // D-125, law 6
  const Plan plan;
  State d = make_state(kMe, Mode::guest, plan);
  static_cast<void>(step(d, Return{}, at(0)));
  for (std::uint32_t n = 1; n <= kCancelsMax + 1; ++n)
    static_cast<void>(step(d, CancelRequest{request_id(kMe, n), kMe, kPoint}, at(1)));
  const auto said = step(d, Tick{}, at(11));
  ASSERT_EQ(said.size(), kCancelsMax);
  EXPECT_EQ(std::get<CancelRequest>(said[0]).request, request_id(kMe, 2));
}

/// Gives up a request for any point of a zone before it has heard where it was let in.
State given_up_unheard(const Plan& plan, Mode mode) {
  State d = make_state(kMe, mode, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  if (mode == Mode::guest) static_cast<void>(step(d, Return{}, at(0)));
  static_cast<void>(step(d, Trip{at(0), {}, {}, kUnknownPoint, ZoneId{1}, true}, at(0)));
  const auto said = step(d, Tick{}, at(30));
  EXPECT_TRUE(says<TimedOut>(said));
  EXPECT_FALSE(says<CancelRequest>(said)) << "nobody knows where";
  return d;
}

TEST(Unsettled, CancelsWhatIsLetInAfterItHasBeenGivenUp) {  // D-125, D-177
  const Plan plan;
  for (const Mode mode : {Mode::fleet, Mode::guest}) {
    for (const UpdateStatus status : {UpdateStatus::accepted, UpdateStatus::in_progress}) {
      State d = given_up_unheard(plan, mode);
      DriverUpdate late = update(d, status);
      const auto said = step(d, late, at(31));
      ASSERT_TRUE(says<CancelRequest>(said)) << "its answer was under way";
      EXPECT_EQ(find<CancelRequest>(said)->request, late.request);
      EXPECT_EQ(find<CancelRequest>(said)->point, kPoint);
      late.status = UpdateStatus::in_progress;
      EXPECT_FALSE(says<CancelRequest>(step(d, late, at(32)))) << "once";
      EXPECT_EQ(cancel_due(d), at(41)) << "and again if it is not heard";
      late.status = UpdateStatus::completed;
      static_cast<void>(step(d, late, at(33)));
      EXPECT_FALSE(d.unsettled);
      EXPECT_EQ(d.totals.timed_out, 1U) << "and nothing else";
      EXPECT_EQ(d.totals.accepted + d.totals.sessions, 0U);
    }
  }
}

TEST(Unsettled, CancelsALateSessionAlsoOnceItsDriverIsOnItsNextTrip) {  // D-125
  const Plan plan;
  State d = given_up_unheard(plan, Mode::fleet);
  const DriverUpdate late = update(d, UpdateStatus::accepted);
  static_cast<void>(step(d, Tick{}, at(34)));
  static_cast<void>(step(d, Trip{at(35), {}, {}, PointId{9}, {}, false}, at(35)));
  const auto said = step(d, late, at(36));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(find<CancelRequest>(said)->request, late.request);
  EXPECT_EQ(d.trip.point, PointId{9});
  EXPECT_EQ(open_of(d.totals), 1U);
}

TEST(Unsettled, CancelsNoSessionThatItDidNotAskForItself) {  // D-125, D-126, D-214
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  d.requests_made = 1U << kRequestBits;
  static_cast<void>(step(d, PowerOn{}, at(0)));
  DriverUpdate update_of = update(d, UpdateStatus::in_progress);
  EXPECT_FALSE(says<CancelRequest>(step(d, update_of, at(1)))) << "the one that it waits for";
  for (const RequestId request :
       {RequestId::none, request_id(kMe, 3), request_id(kMe, 1U << kRequestBits),
        request_id(DriverId{6}, (1U << kRequestBits) + 1),
        request_id(kMe, (1U << kRequestBits) + 9)}) {
    update_of.request = request;
    EXPECT_TRUE(step(d, update_of, at(2)).empty()) << index_of(request);
  }
}

TEST(Unsettled, CancelsNothingThatNoPointHasHeardOf) {
  const Plan plan{{kUnknownPoint}, seconds{4}, seconds{30}, {}};
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  const auto said = step(d, Tick{}, at(30));
  EXPECT_FALSE(says<CancelRequest>(said));
  EXPECT_TRUE(says<TimedOut>(said));
}

}  // namespace
}  // namespace chargemill::driver
