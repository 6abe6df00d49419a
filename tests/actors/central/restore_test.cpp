// Flows D to F at central: it dies with its process, and comes back from what its journal holds.
#include "actors/central/restore.hpp"

#include <gtest/gtest.h>

#include "actors/archive/request_name.hpp"
#include "actors/central/round.hpp"
#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

/// What its driver calls the request of a record.
std::string request_name(const archive::Record& record) {
  const auto* const named = std::get_if<archive::RequestNamed>(&record);
  return named == nullptr ? "" : "r" + std::to_string(index_of(named->request));
}

/// A central that dies and comes back; engines, monitors and drivers live on.
struct Life {
  Story story;
  archive::Image image = archive::make_image(64, 16);

  explicit Life(std::uint32_t points = 1) : story(points) {
    story.tell(Register{Price{300'000}, kPoint});
    story.status(Phase::activated, Reason::engine_started);
    keep();
  }
  /// What has been said so far is on disk.
  void keep() {
    for (const auto& effect : story.said) {
      const auto* record = std::get_if<archive::Record>(&effect);
      if (record != nullptr) archive::fold(image, *record, {request_name(*record), ""});
    }
    story.said.clear();
  }
  /// All that is not on disk is gone.
  void die_and_return() {
    Story next{static_cast<std::uint32_t>(story.shard.points.size())};
    next.now = story.now + 1s;
    restore(next.shard, image, next.now);
    story = std::move(next);
  }
};

TEST(Restore, KnowsItsPointsAsDisconnectedUntilTheyReport) {  // D-084, D-085
  Life life;
  life.die_and_return();
  EXPECT_TRUE(life.story.record().registered);
  EXPECT_EQ(life.story.record().display, DisplayState::disconnected);
  life.story.ask_charge(9);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::denied);
  life.story.tell(Heartbeat{kPoint});
  EXPECT_EQ(life.story.monitors_told<UnknownPoint>(), 0U) << "it need not register again";
  EXPECT_EQ(life.story.record().display, DisplayState::disconnected) << "the engine is silent yet";
  life.story.status(Phase::activated, Reason::state_report);
  EXPECT_EQ(life.story.record().display, DisplayState::activated);
}

TEST(Restore, RecognisesAPointThatStillChargesAndOffersItToNobody) {  // D-086, D-087, D-214, X-12
  Life life;
  const SessionId session = life.story.start(1);
  life.story.telemetry(session, Energy{1'000});
  life.keep();
  life.die_and_return();
  life.story.tell(Heartbeat{kPoint});
  life.story.telemetry(session, Energy{7'000});
  EXPECT_EQ(life.story.record().display, DisplayState::supplying);
  EXPECT_EQ(life.story.record().driver, kAna);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::in_progress) << "its driver goes on";
  life.story.ask_charge(2, kBen);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::denied);
  EXPECT_EQ(life.story.last_update().phase, Phase::supplying);
  life.story.said.clear();
  life.story.end(session, Energy{9'000});
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::completed);
  ASSERT_EQ(life.story.all<Ticket>().size(), 1U);
  EXPECT_EQ(life.story.all<Ticket>()[0].delivered, Energy{9'000}) << "the right total";
  EXPECT_EQ(life.story.totals().sessions_active, 0U);
}

TEST(Restore, ClosesASessionThatItsEngineDoesNotKnowAnyMore) {  // D-086, X-13
  Life life;
  const SessionId session = life.story.start(1);
  life.story.telemetry(session, Energy{1'000});
  life.keep();
  life.die_and_return();
  life.story.status(Phase::activated, Reason::engine_started);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::failed);
  EXPECT_EQ(life.story.all<Ticket>().at(0).delivered, Energy{1'000}) << "the last that was known";
}

TEST(Restore, TimesOutASessionOfWhichNobodySpeaks) {  // D-067, X-13
  Life life;
  (void)life.story.start(1);
  life.keep();
  life.die_and_return();
  life.story.pass(12s);
  EXPECT_EQ(life.story.totals().sessions_active, 0U);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::failed);
}

TEST(Restore, BillsWhatTheEngineSaidLastIfNobodySpeaksAgain) {  // D-060, D-218
  Life life;
  const SessionId session = life.story.start(1);
  life.story.telemetry(session, kOneKwh, Money{450'000});
  life.keep();
  const auto state = record_at(
      life.story.shard, RoundCursor{RoundCursor::Part::points, 0, 0, {}, {}}, life.story.now);
  life.die_and_return();  // by its checkpoint
  EXPECT_EQ(life.story.record().cost, Money{450'000});
  life.image = archive::make_image(64, 16);
  archive::fold(life.image, state);
  life.die_and_return();  // by a round: its checkpoint is not read any more
  EXPECT_EQ(life.story.record().cost, Money{450'000});
  life.story.pass(12s);
  EXPECT_EQ(life.story.totals().sessions_failed, 1U);
  EXPECT_EQ(life.story.totals().revenue_microeur, 450'000);
}

TEST(Restore, BooksAnEndOnceThoughItIsReportedAgain) {  // D-083, X-32
  Life life;
  const SessionId session = life.story.start(1);
  life.story.end(session, Energy{9'000});
  life.keep();  // on disk; the acknowledgement never left
  life.die_and_return();
  life.story.end(session, Energy{9'000});
  EXPECT_EQ(life.story.commands<SessionEndAck>().size(), 1U) << "the engine may forget it";
  EXPECT_TRUE(life.story.all<Ticket>().empty());
  EXPECT_EQ(life.story.totals().energy_booked_mj, 0) << "booked in its other life";
}

TEST(Restore, CorrectsWhatItClosedInItsOtherLife) {  // D-075
  Life life;
  const SessionId session = life.story.start(1);
  life.story.telemetry(session, Energy{1'000});
  life.story.tell(FaultReport{kPoint, Reason::health_check_failed});
  life.keep();
  life.die_and_return();
  life.story.end(session, Energy{4'000}, SessionStatus::failed, Reason::engine_crashed);
  ASSERT_EQ(life.story.all<Ticket>().size(), 1U);
  EXPECT_TRUE(life.story.all<Ticket>()[0].correction);
  EXPECT_EQ(life.story.all<Ticket>()[0].delivered, Energy{4'000});
}

TEST(Restore, KeepsTicketsForDriversWhoAreAwayAndGivesEachOnce) {  // D-083, D-215
  Life life;
  const SessionId session = life.story.start(1);
  life.story.end(session, Energy{9'000});
  life.keep();
  for (int death = 0; death < 2; ++death) {
    life.die_and_return();
    life.story.tell(DriverReturned{kAna});
    ASSERT_EQ(life.story.all<Ticket>().size(), 1U) << "death " << death;
    EXPECT_EQ(life.story.all<Ticket>()[0].session, session);
  }
  life.story.tell(TicketAck{session, kAna, false});
  life.keep();
  life.die_and_return();
  life.story.tell(DriverReturned{kAna});
  EXPECT_TRUE(life.story.all<Ticket>().empty());
}

TEST(Restore, ForgetsNoFaultNoStopAndNoBreaker) {  // D-078, D-159, X-11
  Life life;
  for (int fault = 0; fault < 3; ++fault) {
    const SessionId session = life.story.start(1U + static_cast<unsigned>(fault));
    life.story.status(Phase::disconnected, Reason::engine_crashed, session);
    life.story.status(Phase::activated, Reason::engine_started);
  }
  ASSERT_EQ(life.story.record().breaker.mode(), runtime::BreakerMode::open);
  life.story.tell(FaultReport{kPoint, Reason::health_check_failed});
  life.story.order(OperatorAction::stop);
  life.keep();
  const auto word = life.story.record().breaker.word();
  life.die_and_return();
  EXPECT_EQ(life.story.record().breaker.word(), word);
  EXPECT_TRUE(life.story.record().faulty);
  EXPECT_TRUE(life.story.record().operator_stopped);
  life.story.tell(Heartbeat{kPoint});
  EXPECT_EQ(life.story.record().display, DisplayState::broken);
  life.story.tell(HealthyReport{kPoint});
  life.story.status(Phase::activated, Reason::engine_started);
  EXPECT_EQ(life.story.commands<StopCp>().size(), 1U) << "D-078: it is stopped again";
  life.story.order(OperatorAction::resume);
  life.story.status(Phase::activated, Reason::central_resumed);
  life.story.ask_charge(7);
  EXPECT_EQ(life.story.last_update().reason, Reason::circuit_open);
  life.story.pass(31s, true);
  life.story.ask_charge(8);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::accepted) << "it asks by itself (X-11)";
}

TEST(Restore, NumbersNoTwoSessionsAlike) {  // D-030, X-29
  Life life;
  const SessionId first = life.story.start(1);
  life.story.end(first, Energy{1});
  life.keep();
  life.die_and_return();
  life.story.bring_up();
  EXPECT_NE(life.story.start(2), first);
}

TEST(Restore, AnswersARepeatedRequestWithWhatBecameOfIt) {  // D-054
  Life life;
  const SessionId session = life.story.start(1);
  life.story.end(session, Energy{9'000});
  life.keep();
  life.die_and_return();
  life.story.ask_charge(1);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::completed);
  EXPECT_EQ(life.story.last_update().session, session);
}

constexpr std::uint64_t kNamed = archive::kNamedBit;

/// A session from request to confirmed ticket.
SessionId whole_session(Life& life, std::uint64_t request) {
  const SessionId session = life.story.start(request);
  life.story.end(session, Energy{9'000});
  life.story.status(Phase::activated, Reason::energy_target_reached);
  life.story.tell(TicketAck{session, kAna, false});
  return session;
}

TEST(Restore, AnswersANamedRequestThatPointAndTicketHaveForgotten) {  // D-054, D-083
  Life life;
  const SessionId session = whole_session(life, kNamed + 1);
  for (unsigned other = 1; other <= kClosedKept; ++other) (void)whole_session(life, other);
  life.keep();
  for (int death = 0; death < 2; ++death) {
    if (death > 0) {
      life.die_and_return();
      life.story.bring_up();
    }
    life.story.ask_charge(kNamed + 1);
    EXPECT_EQ(life.story.last_update().status, UpdateStatus::completed) << death;
    EXPECT_EQ(life.story.last_update().session, session);
    EXPECT_EQ(life.story.last_update().delivered, Energy{9'000});
    EXPECT_EQ(life.story.totals().sessions_active, 0U);
    life.story.said.clear();
    life.story.tell(AskRequest{RequestId{kNamed + 1}, kAna, kPoint});
    EXPECT_EQ(life.story.last_update().status, UpdateStatus::completed) << death;
  }
}

TEST(Restore, FindsNamedRequestsInARoundAlone) {  // older records may be gone (retention)
  Life life;
  const SessionId over = whole_session(life, kNamed + 1);
  const SessionId open = life.story.start(kNamed + 2);
  life.image = archive::make_image(64, 16);
  RoundCursor cursor;
  std::size_t named = 0;
  do {
    const auto record = record_at(life.story.shard, cursor, life.story.now);
    named += std::holds_alternative<archive::RequestNamed>(record) ? 1 : 0;
    archive::fold(life.image, record, {request_name(record), ""});
    cursor = after(life.story.shard, cursor, life.story.now);
  } while (cursor.part != RoundCursor::Part::begin);
  EXPECT_EQ(named, 2U);
  life.die_and_return();
  life.story.ask_charge(kNamed + 1);
  EXPECT_EQ(life.story.last_update().session, over);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::completed);
  life.story.ask_charge(kNamed + 2);
  EXPECT_EQ(life.story.last_update().session, open);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::in_progress);
}

TEST(Restore, HasANameBeforeItsSessionAndForgetsOneWithoutASession) {  // D-177
  Life life;
  life.story.ask_charge(kNamed + 1);
  auto& said = life.story.said;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (Story::is_record<archive::RequestNamed>(said[i]) ||
        Story::is_record<archive::SessionStart>(said[i]))
      places.push_back(i);
  }
  ASSERT_EQ(places.size(), 2U);
  EXPECT_TRUE(Story::is_record<archive::RequestNamed>(said[places[0]]));
  said.resize(places[1]);  // the power goes between the two
  life.keep();
  life.die_and_return();
  life.story.bring_up();
  life.story.ask_charge(kNamed + 1);
  EXPECT_EQ(life.story.last_update().status, UpdateStatus::accepted) << "nobody had been told";
}

TEST(Restore, RemembersTheLatestNamedRequestsOfADriverAndNoMore) {  // law 6
  Life life;
  for (unsigned n = 1; n <= archive::kNamedRemembered + 1; ++n) {
    (void)whole_session(life, kNamed + n);
    life.story.now += 1ms;
  }
  const auto expect_the_latest = [&] {
    const auto& all = life.story.shard.named_requests;
    EXPECT_EQ(all.size(), archive::kNamedRemembered);
    EXPECT_EQ(all.count({kAna, RequestId{kNamed + 1}}), 0U);
  };
  expect_the_latest();
  life.keep();
  life.die_and_return();
  expect_the_latest();
}

TEST(Restore, KeepsTheTicketsOfADriverWhomItHearsOfLater) {  // each shard has a round of its own
  Life life;
  const SessionId session = life.story.start(kNamed + 1);
  life.story.end(session, Energy{9'000});
  life.keep();
  const archive::DriverJoined joined{life.story.now, kAna, true};
  archive::fold(life.image, joined, {"", "ana"});
  EXPECT_EQ(life.image.tickets.size(), 1U);
  EXPECT_EQ(life.image.named.size(), 1U);
  archive::fold(life.image, joined, {"", "eve"});
  EXPECT_TRUE(life.image.tickets.empty()) << "her number is somebody else's now";
  EXPECT_TRUE(life.image.named.empty());
}

}  // namespace
}  // namespace chargemill::central
