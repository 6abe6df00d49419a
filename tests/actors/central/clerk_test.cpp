// What a shard's shell does about the journal, with a journal that does what it is told.
#include "actors/central/clerk.hpp"

#include <gtest/gtest.h>

#include <map>

#include "actors/saved/choices.hpp"
#include "runtime/saved/reader.hpp"
#include "runtime/saved/writer.hpp"
#include "tests/actors/central/clerk_desk.hpp"

namespace chargemill::central {
namespace {

TEST(Clerk, PromisesNothingBeforeItIsOnDisk) {  // D-177
  Desk desk;
  desk.ask(1);
  EXPECT_EQ(desk.sink.count<archive::SessionStart>(), 1U);
  EXPECT_EQ(desk.count<DriverUpdate>(), 0U) << "accepted, but nobody is told yet";
  EXPECT_EQ(desk.count<ToPoint>(), 0U) << "nor does the engine start";
  desk.commit();
  EXPECT_EQ(desk.last_status(), UpdateStatus::accepted);
  EXPECT_EQ(desk.count<ToPoint>(), 1U);
}

TEST(Clerk, HoldsTheAcknowledgementOfAnEndUntilItIsBookedForGood) {
  Desk desk;
  const auto session = [&] {
    desk.ask(1);
    desk.commit();
    desk.story.status(Phase::supplying, Reason::starting_supply, desk.story.record().session);
    return desk.story.record().session;
  }();
  desk.carry();
  desk.commit();
  desk.sent.clear();
  desk.story.telemetry(session, Energy{5});
  desk.carry();
  EXPECT_EQ(desk.count<ToPoint>(), 1U) << "credit is no promise";
  EXPECT_EQ(desk.last_status(), UpdateStatus::in_progress);
  desk.sent.clear();
  desk.story.end(session, Energy{9});
  desk.carry();
  EXPECT_TRUE(desk.sent.empty()) << "SessionEndAck, completed and ticket wait";
  desk.commit();
  EXPECT_EQ(desk.count<Ticket>(), 1U);
  EXPECT_EQ(desk.last_status(), UpdateStatus::completed);
}

TEST(Clerk, SaysThingsInTheOrderInWhichTheyHappened) {
  Desk desk;
  desk.ask(1);
  desk.story.order(OperatorAction::stop);
  desk.carry();
  EXPECT_EQ(desk.count<ToPoint>(), 0U) << "the stop waits behind the start";
  desk.commit();
  std::vector<bool> is_start;
  for (const auto& effect : desk.sent) {
    const auto* to = std::get_if<ToPoint>(&effect);
    if (to != nullptr) is_start.push_back(std::holds_alternative<StartSupply>(to->message));
  }
  EXPECT_EQ(is_start, (std::vector<bool>{true, false}));
}

TEST(Clerk, AsksOnceToBeWokenAndSeesWhatCameBetween) {
  Desk desk;
  desk.ask(1);
  // relaxed (all): one thread.
  EXPECT_TRUE(desk.clerk.waiter().is_asking.load(std::memory_order_relaxed));
  desk.commit();
  desk.clerk.waiter().is_asking.store(false, std::memory_order_relaxed);
  desk.story.telemetry(SessionId{99}, Energy{1});
  desk.carry();
  EXPECT_FALSE(desk.clerk.waiter().is_asking.load(std::memory_order_relaxed)) << "nothing waits";
}

TEST(Clerk, RefusesSessionsWhileTheJournalHasNoRoomAndLosesNothing) {  // nobody waits
  Desk desk;
  desk.ask(1);
  desk.commit();
  const SessionId session = desk.story.record().session;
  desk.story.status(Phase::supplying, Reason::starting_supply, session);
  desk.carry();
  desk.commit();
  desk.sink.room = desk.sink.taken.size();  // full
  desk.story.end(session, Energy{9});
  desk.carry();
  EXPECT_TRUE(desk.clerk.is_busy());
  EXPECT_TRUE(desk.story.shard.journal_busy);
  EXPECT_EQ(desk.sink.count<archive::SessionEnd>(), 0U);
  desk.story.status(Phase::activated, Reason::state_report);
  desk.carry();
  desk.ask(2, kBen);
  EXPECT_EQ(desk.last_status(), UpdateStatus::denied);
  EXPECT_EQ(desk.last_reason(), Reason::journal_busy);
  EXPECT_EQ(desk.story.record().stage, Stage::none);
  desk.sink.room = SIZE_MAX;
  desk.commit();
  EXPECT_EQ(desk.sink.count<archive::SessionEnd>(), 1U);
  desk.commit();
  EXPECT_EQ(desk.count<Ticket>(), 1U) << "it only waited";
  EXPECT_FALSE(desk.story.shard.journal_busy);
  EXPECT_EQ(desk.clerk.lost(), 0U);
  desk.ask(3, kBen);
  desk.commit();
  EXPECT_EQ(desk.last_status(), UpdateStatus::accepted);
}

TEST(Clerk, MergesWhatMayWait) {
  Desk desk;
  desk.sink.room = desk.sink.taken.size();
  for (int i = 0; i < 50; ++i) {
    desk.story.status(Phase::activated, Reason::state_report);
    desk.carry();
  }
  EXPECT_FALSE(desk.clerk.is_busy()) << "nothing was promised";
  EXPECT_EQ(desk.clerk.merged(), 49U);
  desk.sink.room = SIZE_MAX;
  const auto before = desk.sink.count<archive::Health>();
  desk.commit();
  EXPECT_EQ(desk.sink.count<archive::Health>(), before + 1) << "the latest of them";
}

// A shard that moves to another node takes along what its journal could not take.
TEST(Clerk, TakesAlongHowManyRecordsItHasMerged) {
  Desk desk;
  desk.sink.room = desk.sink.taken.size();
  for (int i = 0; i < 50; ++i) {
    desk.story.status(Phase::activated, Reason::state_report);
    desk.carry();
  }
  desk.sink.room = SIZE_MAX;
  desk.commit();
  ASSERT_TRUE(desk.clerk.is_at_rest());
  runtime::saved::Writer out;
  desk.clerk.fields(out);
  ASSERT_TRUE(out.is_sound());
  Desk there;
  runtime::saved::Reader in{out.bytes().data(), out.bytes().size()};
  there.clerk.fields(in);
  EXPECT_TRUE(in.is_exhausted());
  EXPECT_EQ(there.clerk.merged(), 49U);
  EXPECT_EQ(there.clerk.lost(), 0U);
}

TEST(Clerk, LetsGoOfEverythingOnceTheJournalIsGivenUp) {
  Desk desk;
  desk.ask(1);
  EXPECT_EQ(desk.count<DriverUpdate>(), 0U);
  desk.sink.holds = false;  // abandoned: nothing will ever be durable
  desk.story.tell(JournalMoved{});
  desk.carry(true);
  EXPECT_EQ(desk.last_status(), UpdateStatus::accepted);
}

TEST(Clerk, AdmitsAgainOnceAJournalThatWasGivenUpHasLetGoOfWhatItHeld) {
  Desk desk;
  desk.ask(1);
  desk.commit();
  const SessionId session = desk.story.record().session;
  desk.story.status(Phase::supplying, Reason::starting_supply, session);
  desk.carry();
  desk.commit();
  desk.sink.room = desk.sink.taken.size();  // full
  desk.story.end(session, Energy{9});
  desk.carry();
  ASSERT_TRUE(desk.clerk.is_busy());
  // relaxed (all): one thread.
  auto& is_asking = desk.clerk.waiter().is_asking;
  is_asking.store(false, std::memory_order_relaxed);
  desk.sink.holds = false;  // given up, and its queue is still full
  desk.story.tell(JournalMoved{});
  desk.carry(true);
  EXPECT_TRUE(desk.clerk.is_busy());
  EXPECT_TRUE(is_asking.load(std::memory_order_relaxed)) << "whoever makes room wakes it";
  desk.sink.room = SIZE_MAX;
  desk.story.tell(JournalMoved{});
  desk.carry(true);
  EXPECT_FALSE(desk.clerk.is_busy());
  EXPECT_FALSE(desk.story.shard.journal_busy);
  desk.story.status(Phase::activated, Reason::state_report);
  desk.carry();
  desk.ask(2, kBen);
  EXPECT_EQ(desk.last_status(), UpdateStatus::accepted) << "at once: nothing will be durable";
}

TEST(Clerk, RepeatsTheStateRoundAndRound) {
  Desk desk;
  for (int i = 0; i < 60; ++i) {
    desk.story.status(Phase::activated, Reason::state_report);
    desk.carry();
  }
  const auto marks = desk.sink.count<archive::RoundMark>();
  EXPECT_GE(marks, 8U);
  EXPECT_GE(desk.sink.count<archive::PointState>(), marks / 2);
  const auto repeated = marks + desk.sink.count<archive::PointState>();
  EXPECT_LE(repeated, desk.sink.taken.size() / Clerk::kRecordsARepetition) << "not more than that";
}
TEST(Clerk, SaysAtTheEndWhatMetersSayAndTakesNothingOfItBack) {  // D-064, D-103
  Desk desk;
  desk.ask(1);
  desk.commit();
  const SessionId session = desk.story.record().session;
  desk.story.status(Phase::supplying, Reason::starting_supply, session);
  desk.story.telemetry(session, Energy{5});
  desk.carry();
  desk.commit();
  const auto before = desk.sink.taken.size();
  desk.sink.room = before;  // full: it is said later, and by then no less is known
  const SimTime end = desk.story.now + 1s;
  desk.clerk.close(desk.story.shard, [&](const PointRecord& point, SessionId asked) {
    EXPECT_EQ(point.session, session);
    EXPECT_EQ(asked, session);
    return std::optional{Clerk::Reading{desk.story.now, end, Energy{7}, Money{3}}};
  });
  ASSERT_EQ(desk.sink.taken.size(), before);
  desk.sink.room = SIZE_MAX;
  desk.clerk.begin_round();
  desk.story.tell(JournalMoved{});
  desk.carry(true);
  ASSERT_EQ(desk.sink.taken.size(), before + 1) << "a round would tell what central had heard";
  const auto& last = std::get<archive::Checkpoint>(desk.sink.taken.back());
  EXPECT_EQ(last.session, session);
  EXPECT_EQ(last.at, end);
  EXPECT_EQ(last.delivered, Energy{7});
  EXPECT_EQ(last.cost, Money{3});
}
TEST(Clerk, SaysAtTheEndWhatItHasHeardWhereNoMeterIsAtHand) {  // an engine outside
  Desk desk;
  desk.ask(1);
  desk.commit();
  const SessionId session = desk.story.record().session;
  const auto nobody = [](const PointRecord&, SessionId) { return std::optional<Clerk::Reading>{}; };
  const auto told = desk.sink.count<archive::Checkpoint>();
  desk.clerk.close(desk.story.shard, nobody);
  EXPECT_EQ(desk.sink.count<archive::Checkpoint>(), told) << "nobody knows that it has begun";
  desk.story.status(Phase::supplying, Reason::starting_supply, session);
  desk.story.telemetry(session, Energy{5});
  desk.carry();
  desk.clerk.close(desk.story.shard, nobody);
  EXPECT_EQ(std::get<archive::Checkpoint>(desk.sink.taken.back()).delivered, Energy{5});
}
TEST(Clerk, SaysAtTheEndWhatIsOwedOfSessionsThatItHadToClose) {  // D-067, D-075
  Desk desk;
  std::vector<SessionId> sessions;
  for (std::uint64_t request = 1; request <= 3; ++request) {
    sessions.push_back(desk.story.start(request));
    desk.story.telemetry(sessions.back(), Energy{100});
    desk.story.tell(FaultReport{kPoint, Reason::ko_key});
    desk.story.tell(HealthyReport{kPoint});
    if (request == 1) desk.story.end(sessions[0], Energy{150}, SessionStatus::failed);
    desk.story.status(Phase::activated, Reason::state_report);
    desk.story.order(OperatorAction::reset_breaker);
    desk.carry();
    desk.commit();
  }
  const auto before = desk.sink.taken.size();
  desk.sink.room = before + 1;  // portion by portion
  desk.clerk.close(desk.story.shard, [&](const PointRecord&, SessionId asked) {
    EXPECT_NE(asked, sessions[0]) << "its end is known";
    if (asked == sessions[1]) return std::optional<Clerk::Reading>{};  // nobody knows more
    return std::optional{Clerk::Reading{SimTime{1s}, SimTime{9s}, Energy{700}, Money{3}}};
  });
  ASSERT_EQ(desk.sink.taken.size(), before + 1);
  desk.sink.room = SIZE_MAX;
  desk.story.tell(JournalMoved{});
  desk.carry(true);
  ASSERT_EQ(desk.sink.taken.size(), before + 2);
  std::map<SessionId, archive::OwedEnd> owed;
  for (std::size_t i = before; i < desk.sink.taken.size(); ++i) {
    const auto& one = std::get<archive::OwedEnd>(desk.sink.taken[i]);
    owed[one.session] = one;
  }
  ASSERT_EQ(owed.size(), 2U);
  EXPECT_EQ(owed[sessions[1]].delivered, Energy{100}) << "no less than was known";
  EXPECT_EQ(owed[sessions[2]].delivered, Energy{700});
  EXPECT_EQ(owed[sessions[2]].begun, SimTime{1s});
  EXPECT_EQ(owed[sessions[2]].at, SimTime{9s});
  EXPECT_EQ(owed[sessions[2]].cost, Money{3});
  EXPECT_EQ(owed[sessions[2]].driver, kAna);
}
TEST(Clerk, OwesNothingOfASessionThatNeverBegan) {  // D-055
  Desk desk;
  desk.ask(1);
  desk.commit();
  desk.story.pass(60s, true);
  desk.carry();
  desk.commit();
  ASSERT_EQ(desk.story.totals().sessions_failed, 1U);
  desk.clerk.close(desk.story.shard,
                   [](const PointRecord&, SessionId) { return std::optional<Clerk::Reading>{}; });
  EXPECT_EQ(desk.sink.count<archive::OwedEnd>(), 0U);
}
TEST(Clerk, RepeatsNothingToWhatEndsWithTheRun) {
  Desk desk;
  desk.sink.outlives = false;
  const auto before =
      desk.sink.count<archive::RoundMark>() + desk.sink.count<archive::PointState>();
  for (int i = 0; i < 60; ++i) {
    desk.story.status(Phase::activated, Reason::state_report);
    desk.carry();
  }
  EXPECT_EQ(desk.sink.count<archive::RoundMark>() + desk.sink.count<archive::PointState>(), before);
}

}  // namespace
}  // namespace chargemill::central
