#include "actors/driver/driver.hpp"

#include <gtest/gtest.h>

#include <set>

#include "actors/driver/console.hpp"
#include "actors/driver/request_run.hpp"
#include "tests/actors/driver/words.hpp"

namespace chargemill::driver {
namespace {

Trip named(int due_s) {
  return Trip{at(due_s), Energy{100}, seconds{60}, kPoint, ZoneId{1}, false};
}

void expect_balanced(const State& d) {
  EXPECT_EQ(d.totals.sent,
            d.totals.accepted + d.totals.denied + d.totals.timed_out + open_of(d.totals));
  EXPECT_LE(open_of(d.totals), 1U);
}

TEST(Driver, RunsItsLinesWithAPauseAfterEachAndNoneAfterTheLast) {  // D-123
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  auto said = step(d, PowerOn{}, at(0));
  ASSERT_TRUE(says<ChargeRequest>(said));
  EXPECT_EQ(find<ChargeRequest>(said)->point, kPoint);
  static_cast<void>(step(d, update(d, UpdateStatus::accepted), at(1)));
  said = step(d, update(d, UpdateStatus::completed), at(11));
  EXPECT_EQ(said.size(), 1U) << "the update is shown, nothing is asked yet";
  EXPECT_EQ(due(d), at(15));
  EXPECT_TRUE(step(d, Tick{}, at(14)).empty()) << "a Tick that comes early does nothing";
  said = step(d, Tick{}, at(15));
  EXPECT_EQ(find<ChargeRequest>(said)->point, kUnknownPoint);
  static_cast<void>(step(d, update(d, UpdateStatus::denied), at(16)));  // D-124: counts as done
  EXPECT_EQ(due(d), at(20));
  said = step(d, Tick{}, at(20));
  EXPECT_EQ(find<ChargeRequest>(said)->point, PointId{5});
  said = step(d, update(d, UpdateStatus::failed), at(22));
  EXPECT_FALSE(says<Finished>(said));
  EXPECT_EQ(due(d), at(24)) << "two seconds for late updates, then it leaves";
  said = step(d, Tick{}, at(24));
  ASSERT_TRUE(says<Finished>(said));
  EXPECT_EQ(find<Finished>(said)->done, 3U);
  EXPECT_EQ(due(d), kNever);
  EXPECT_EQ(d.totals.sent, 3U);
  EXPECT_EQ(d.totals.accepted, 2U);
  EXPECT_EQ(d.totals.denied, 1U);
}

TEST(Driver, BeginsItsListWhenThePointsAreKnown) {  // D-211
  Plan plan = three_lines();
  plan.first_wait = seconds{2};
  State d = make_state(kMe, Mode::list, plan);
  EXPECT_TRUE(step(d, PowerOn{}, at(0)).empty());
  EXPECT_EQ(due(d), at(2));
  EXPECT_TRUE(says<ChargeRequest>(step(d, Tick{}, at(2))));
  EXPECT_EQ(d.trip.due, at(2)) << "latencies start there";
  State halted = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(halted, PowerOn{}, at(0)));
  EXPECT_TRUE(says<Finished>(step(halted, Halt{}, at(1))));
}

TEST(Driver, GivesUpAfterThirtySecondsWithoutAnyUpdateAndCountsTimedOutOnly) {  // D-123, D-125
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, update(d, UpdateStatus::accepted), at(1)));
  static_cast<void>(step(d, update(d, UpdateStatus::in_progress), at(20)));
  EXPECT_EQ(due(d), at(50)) << "each update starts the thirty seconds anew";
  const RequestId given_up = current_request(d);
  const auto said = step(d, Tick{}, at(50));
  ASSERT_TRUE(says<CancelRequest>(said));
  EXPECT_EQ(find<CancelRequest>(said)->request, given_up);
  EXPECT_EQ(find<CancelRequest>(said)->point, kPoint);
  EXPECT_TRUE(says<TimedOut>(said));
  EXPECT_EQ(d.totals.timed_out, 1U);
  EXPECT_EQ(d.totals.accepted, 0U);
  EXPECT_EQ(due(d), at(54)) << "the pause follows a time-out too";
  EXPECT_TRUE(says<TicketAck>(step(d, ticket(40), at(51)))) << "its ticket is still kept";
  EXPECT_EQ(d.totals.tickets, 1U);
  expect_balanced(d);
}

TEST(Driver, ShowsALateUpdateOfItsLastRequestButCountsItNoMore) {  // D-123, D-125
  const Plan plan{{kPoint}, seconds{4}, seconds{30}, {}};
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, Tick{}, at(30)));  // given up
  EXPECT_TRUE(says<Show>(step(d, update(d, UpdateStatus::completed), at(31))));
  EXPECT_TRUE(says<ShowTicket>(step(d, ticket(40), at(31))));
  EXPECT_EQ(d.totals.timed_out, 1U);
  EXPECT_EQ(d.totals.accepted, 0U);
  EXPECT_TRUE(says<Finished>(step(d, Tick{}, at(32))));
  EXPECT_TRUE(step(d, update(d, UpdateStatus::completed), at(33)).empty()) << "it has left";
}

TEST(Driver, IgnoresUpdatesOfOtherDriversAndUnknownRequests) {  // D-126
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  DriverUpdate other = update(d, UpdateStatus::completed);
  other.driver = DriverId{8};
  EXPECT_TRUE(step(d, other, at(1)).empty());
  DriverUpdate unknown = update(d, UpdateStatus::completed);
  unknown.request = RequestId{1};
  EXPECT_TRUE(step(d, unknown, at(1)).empty());
  EXPECT_EQ(open_of(d.totals), 1U);
  EXPECT_EQ(due(d), at(30));
}

TEST(Driver, AGuestHearsWhatComesOfItsRequestsOfAnEarlierRun) {  // D-214
  const Plan plan;
  constexpr std::uint32_t kSecondRun = 1U << kRequestBits;
  DriverUpdate of_the_first{};
  of_the_first.request = request_id(kMe, 1);
  of_the_first.driver = kMe;
  of_the_first.status = UpdateStatus::completed;
  for (const Mode mode : {Mode::guest, Mode::list}) {
    State d = make_state(kMe, mode, plan);
    d.requests_made = kSecondRun;
    static_cast<void>(step(d, PowerOn{}, at(0)));
    EXPECT_TRUE(mode == Mode::list || step(d, of_the_first, at(1)).empty()) << "it has not called";
    static_cast<void>(step(d, Return{}, at(1)));
    static_cast<void>(step(d, named(2), at(2)));
    const auto said = step(d, of_the_first, at(3));
    EXPECT_EQ(says<Show>(said), mode == Mode::guest) << "others have nobody who remembers";
    EXPECT_EQ(open_of(d.totals), 1U) << "it is about no request of this run";
    expect_balanced(d);
    if (mode == Mode::list) continue;
    DriverUpdate earlier = of_the_first;
    earlier.request = request_id(kMe, kSecondRun + 7);
    EXPECT_TRUE(step(d, earlier, at(4)).empty()) << "D-126";
  }
}

TEST(Driver, AGuestsRequestHasTheNumberThatItsNameWasGiven) {  // D-054
  const Plan plan;
  State d = make_state(kMe, Mode::guest, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, Return{}, at(0)));
  const Trip trip{at(1), {}, {}, PointId{2}, {}, false};
  const auto said = step(d, NamedTrip{trip, request_id(kMe, 41)}, at(1));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(std::get<ChargeRequest>(said[0]).request, request_id(kMe, 41));
  EXPECT_TRUE(step(d, NamedTrip{trip, request_id(kMe, 42)}, at(2)).empty()) << "one vehicle";
  EXPECT_EQ(current_request(d), request_id(kMe, 41));
  expect_balanced(d);
  State other = make_state(kMe, Mode::list, plan);
  EXPECT_TRUE(step(other, NamedTrip{trip, request_id(kMe, 41)}, at(1)).empty());
}

TEST(Driver, AGuestAsksAgainForAnyRequestAndNobodyElseDoes) {  // D-129
  const Plan plan;
  const AskRequest asked{request_id(kMe, 1), kMe, PointId{2}};
  State d = make_state(kMe, Mode::guest, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  EXPECT_TRUE(step(d, asked, at(0)).empty()) << "it has not called";
  static_cast<void>(step(d, Return{}, at(0)));
  const auto said = step(d, asked, at(1));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(std::get<AskRequest>(said[0]).request, asked.request);
  EXPECT_TRUE(step(d, AskRequest{asked.request, DriverId{8}, PointId{2}}, at(1)).empty());
  State other = make_state(kMe, Mode::list, plan);
  EXPECT_TRUE(step(other, asked, at(1)).empty());
}

TEST(Driver, DoesOneTripAtATimeForTheFleetAndPausesAfterEach) {  // D-123
  const Plan plan;
  State d = make_state(kMe, Mode::fleet, plan);
  EXPECT_TRUE(step(d, PowerOn{}, at(0)).empty());
  EXPECT_TRUE(says<ChargeRequest>(step(d, named(1), at(2))));
  EXPECT_TRUE(step(d, named(2), at(2)).empty()) << "a second trip finds the vehicle on its way";
  const auto accepted = step(d, update(d, UpdateStatus::accepted), at(3));
  ASSERT_TRUE(says<Decided>(accepted));
  EXPECT_EQ(find<Decided>(accepted)->due, at(1)) << "measured from when the trip was due";
  const auto started = step(d, update(d, UpdateStatus::in_progress), at(4));
  ASSERT_TRUE(says<Started>(started));
  EXPECT_EQ(find<Started>(started)->decided, at(3)) << "measured from the decision";
  EXPECT_TRUE(step(d, update(d, UpdateStatus::in_progress), at(5)).empty());
  EXPECT_FALSE(says<DriverIdle>(step(d, update(d, UpdateStatus::completed), at(6))));
  EXPECT_EQ(due(d), at(10));
  EXPECT_TRUE(says<DriverIdle>(step(d, Tick{}, at(10)))) << "free for another trip";
  EXPECT_EQ(due(d), kNever);
  static_cast<void>(step(d, named(11), at(11)));
  static_cast<void>(step(d, update(d, UpdateStatus::denied), at(12)));
  EXPECT_EQ(due(d), at(16)) << "after a denial too";
  EXPECT_TRUE(says<DriverIdle>(step(d, Halt{}, at(13))));
  Plan restless;
  restless.pause = Nanos{0};
  State other = make_state(kMe, Mode::fleet, restless);
  static_cast<void>(step(other, PowerOn{}, at(0)));
  static_cast<void>(step(other, named(1), at(1)));
  EXPECT_TRUE(says<DriverIdle>(step(other, update(other, UpdateStatus::denied), at(2))));
}

TEST(Driver, AsksForAZoneAndLearnsThePointFromTheAnswer) {
  const Plan plan;
  State d = make_state(kMe, Mode::fleet, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  Trip trip = named(1);
  trip.any_in_zone = true;
  const auto said = step(d, trip, at(1));
  ASSERT_TRUE(says<ZoneRequest>(said));
  EXPECT_EQ(find<ZoneRequest>(said)->tried, 0U);
  static_cast<void>(step(d, update(d, UpdateStatus::accepted), at(1)));
  EXPECT_EQ(find<CancelRequest>(step(d, Tick{}, at(31)))->point, kPoint);
}

TEST(Driver, WhoReturnsAsksForItsOpenRequestAndItsTickets) {  // D-129, D-215
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, update(d, UpdateStatus::accepted), at(1)));
  static_cast<void>(step(d, Leave{}, at(2)));
  EXPECT_EQ(due(d), kNever) << "nobody waits while the program is closed";
  EXPECT_TRUE(step(d, update(d, UpdateStatus::completed), at(3)).empty());
  EXPECT_TRUE(step(d, ticket(40), at(3)).empty()) << "not confirmed: it will be sent again";
  const auto back = step(d, Return{}, at(100));
  EXPECT_TRUE(says<DriverReturned>(back));
  ASSERT_TRUE(says<AskRequest>(back));
  EXPECT_EQ(find<AskRequest>(back)->request, current_request(d));
  EXPECT_FALSE(says<ChargeRequest>(back));
  EXPECT_EQ(due(d), at(130));
  EXPECT_TRUE(says<Show>(step(d, update(d, UpdateStatus::completed), at(101))));
  EXPECT_TRUE(says<ShowTicket>(step(d, ticket(40), at(101))));
  EXPECT_EQ(d.totals.tickets, 1U);
}

TEST(Driver, WhoReturnsFromItsPauseIsNotLateForItsNextLine) {  // D-123, D-129, law 7
  const Plan plan = three_lines();
  for (const bool crashes : {false, true}) {
    State d = make_state(kMe, Mode::list, plan);
    static_cast<void>(step(d, PowerOn{}, at(0)));
    static_cast<void>(step(d, update(d, UpdateStatus::denied), at(1)));
    static_cast<void>(step(d, crashes ? Event{Crash{}} : Event{Leave{}}, at(2)));
    EXPECT_EQ(due(d), kNever);
    static_cast<void>(step(d, crashes ? Event{Restart{}} : Event{Return{}}, at(100)));
    EXPECT_EQ(due(d), at(100)) << "nothing was due while nobody was there";
    EXPECT_TRUE(says<ChargeRequest>(step(d, Tick{}, at(100))));
    const auto accepted = step(d, update(d, UpdateStatus::accepted), at(101));
    ASSERT_TRUE(says<Decided>(accepted));
    EXPECT_EQ(find<Decided>(accepted)->due, at(100));
  }
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, update(d, UpdateStatus::denied), at(1)));
  static_cast<void>(step(d, Leave{}, at(2)));
  static_cast<void>(step(d, Return{}, at(3)));
  EXPECT_EQ(due(d), at(5)) << "the pause is not over";
}

TEST(Driver, RemembersItsRequestAcrossACrash) {  // D-129
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  EXPECT_TRUE(says<Throw>(step(d, Crash{}, at(1))));
  EXPECT_TRUE(says<AskRequest>(step(d, Restart{}, at(2))));
  expect_balanced(d);
}

TEST(Driver, TriesAgainWhenCentralIsBack) {  // D-131, D-054
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  EXPECT_TRUE(says<NoCentral>(step(d, LinkDown{}, at(0))));
  EXPECT_FALSE(says<ChargeRequest>(step(d, PowerOn{}, at(0)))) << "nobody could hear it";
  EXPECT_EQ(d.totals.sent, 1U);
  const auto up = step(d, LinkUp{}, at(10));
  ASSERT_TRUE(says<ChargeRequest>(up));
  EXPECT_EQ(find<ChargeRequest>(up)->request, current_request(d));
  static_cast<void>(step(d, LinkDown{}, at(11)));
  EXPECT_TRUE(says<ChargeRequest>(step(d, LinkUp{}, at(12)))) << "unheard: said again, same id";
  static_cast<void>(step(d, update(d, UpdateStatus::accepted), at(13)));
  static_cast<void>(step(d, LinkDown{}, at(14)));
  const auto again = step(d, LinkUp{}, at(15));
  EXPECT_TRUE(says<AskRequest>(again));
  EXPECT_FALSE(says<ChargeRequest>(again));
  EXPECT_EQ(d.totals.sent, 1U);
}

TEST(Driver, SeesWhatIsAvailableBeforeEachLineIfItLooks) {  // D-130
  Plan plan = three_lines();
  plan.looks = PointFilter{Power{50'000}, Price{400'000}, ZoneId{3}, false};
  State d = make_state(kMe, Mode::list, plan);
  const auto said = step(d, PowerOn{}, at(0));
  ASSERT_TRUE(says<PointSearch>(said));
  const auto* search = find<PointSearch>(said);
  EXPECT_EQ(search->driver, kMe);
  EXPECT_EQ(search->power_min, Power{50'000});
  EXPECT_EQ(search->price_max.microeur_per_kwh, 400'000);
  EXPECT_EQ(search->zone, ZoneId{3});
  EXPECT_FALSE(search->any_zone);
  EXPECT_FALSE(says<ChargeRequest>(said)) << "it has not seen the list";
  PointList list{};
  list.driver = kMe;
  const auto then = step(d, list, at(1));
  EXPECT_TRUE(says<ShowPoints>(then));
  EXPECT_TRUE(says<ChargeRequest>(then));
}

TEST(Driver, AsksWithoutTheListIfNoneComes) {  // D-130
  Plan plan = three_lines();
  plan.looks = PointFilter{};
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  EXPECT_EQ(due(d), SimTime{kLookPatience});
  EXPECT_TRUE(says<ChargeRequest>(step(d, Tick{}, SimTime{kLookPatience})));
  State cut_off = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(cut_off, LinkDown{}, at(0)));
  EXPECT_FALSE(says<PointSearch>(step(cut_off, PowerOn{}, at(1)))) << "D-131";
  EXPECT_EQ(cut_off.stage, Stage::waiting);
}

TEST(Driver, CanAskForTheListAtAnyTimeAndSeesItsOwnOnly) {  // D-130
  const Plan plan;
  State d = make_state(kMe, Mode::fleet, plan);
  const auto said = step(d, LookAround{{}, PointId{9}}, at(0));
  ASSERT_TRUE(says<PointSearch>(said));
  EXPECT_EQ(find<PointSearch>(said)->next, PointId{9});
  PointList list{};
  list.driver = kMe;
  EXPECT_TRUE(says<ShowPoints>(step(d, list, at(1))));
  list.driver = DriverId{8};
  EXPECT_TRUE(step(d, list, at(1)).empty());
  static_cast<void>(step(d, LinkDown{}, at(2)));
  EXPECT_TRUE(says<NoCentral>(step(d, LookAround{}, at(2)))) << "D-131";
  static_cast<void>(step(d, Leave{}, at(3)));
  list.driver = kMe;
  EXPECT_TRUE(step(d, list, at(4)).empty());
  EXPECT_TRUE(step(d, LookAround{}, at(4)).empty());
}

TEST(Driver, TakesNoNewLineOnceHalted) {
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  static_cast<void>(step(d, Halt{}, at(1)));
  const auto said = step(d, update(d, UpdateStatus::denied), at(2));
  ASSERT_TRUE(says<Finished>(said));
  EXPECT_EQ(find<Finished>(said)->done, 1U);
  EXPECT_EQ(find<Finished>(said)->total, 3U);
}

TEST(Driver, NumbersRequestsUniquelyByConstruction) {  // D-030, X-29
  std::set<RequestId> ids;
  for (std::uint32_t driver = 0; driver < 100; ++driver) {
    for (std::uint32_t n = 1; n <= 100; ++n) ids.insert(request_id(DriverId{driver}, n));
  }
  EXPECT_EQ(ids.size(), 10'000U);
}

TEST(Driver, TakesASingleRequestBesidesItsFile) {  // D-128
  const Plan plan = three_lines();
  State d = make_state(kMe, Mode::list, plan);
  static_cast<void>(step(d, PowerOn{}, at(0)));
  EXPECT_TRUE(step(d, named(1), at(1)).empty()) << "one vehicle: the line's request is open";
  static_cast<void>(step(d, update(d, UpdateStatus::denied), at(2)));
  const auto said = step(d, named(3), at(3));  // in the pause
  ASSERT_TRUE(says<ChargeRequest>(said));
  EXPECT_EQ(find<ChargeRequest>(said)->request, request_id(kMe, 2));
  static_cast<void>(step(d, update(d, UpdateStatus::completed), at(9)));
  EXPECT_EQ(due(d), at(13)) << "then its file goes on";
  EXPECT_EQ(find<ChargeRequest>(step(d, Tick{}, at(13)))->point, kUnknownPoint);
  EXPECT_EQ(d.totals.sent, 3U);
  expect_balanced(d);
}

TEST(DriverConsole, WritesOneLineAnUpdate) {  // D-127
  EXPECT_EQ(update_line("alice", "CP-001", UpdateStatus::denied, "Charging point not found"),
            "❌ Driver alice | CP-001 | DENIED | Charging point not found");
  EXPECT_EQ(update_line("alice", "CP-001", UpdateStatus::in_progress, ""),
            "🔋 Driver alice | CP-001 | IN_PROGRESS | No details");
  EXPECT_EQ(update_line("a", "b", UpdateStatus::accepted, "c"), "✅ Driver a | b | ACCEPTED | c");
  EXPECT_EQ(update_line("a", "b", UpdateStatus::completed, "c"),
            "✔️ Driver a | b | COMPLETED | c");
  EXPECT_EQ(update_line("a", "b", UpdateStatus::failed, "c"), "⚠️ Driver a | b | FAILED | c");
  EXPECT_EQ(timed_out_line("req-00000007", seconds{30}),
            "Request req-00000007 timed out after 30s");
  EXPECT_EQ(timed_out_line("req-1", std::chrono::milliseconds{2'500}),
            "Request req-1 timed out after 2500ms");
  EXPECT_EQ(finished_line(3, 3), "All requests completed. Total: 3/3");
  EXPECT_EQ(no_central_line(), "Unable to connect to CENTRAL");
}

}  // namespace
}  // namespace chargemill::driver
