// How much of a journal a restart reads, and what of it retention must leave.
#include "actors/archive/restore.hpp"

#include <gtest/gtest.h>

#include <string>

#include "runtime/journal/journal.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::archive {
namespace {

using namespace std::chrono_literals;
using runtime::journal::Journal;
using runtime::journal::Reader;

constexpr std::uint32_t kPoints = 2;

RunBegan run_of(std::uint16_t shards) {
  RunBegan run;
  run.run = 7;
  run.points = kPoints;
  run.shards = shards;
  return run;
}

/// A journal that is told by hand.
class Told {
 public:
  /// `name`: where there are several.
  explicit Told(const std::string& name = "told") : folder_(name) {
    runtime::journal::JournalOptions options;
    options.chain.directory = folder_.path();
    options.batch_time = 1ms;
    journal_ = std::move(*Journal::open(options));
    appender_ = &journal_->add_appender();
  }
  void tell(const Record& record) {
    while (!appender_->try_append(encoder_.encode(record, {"CP", ""}))) std::this_thread::yield();
  }
  void report(unsigned times) {
    for (unsigned i = 0; i < times; ++i) tell(Health{});
  }
  void round(std::uint16_t shard) {
    tell(RoundMark{SimTime{}, ShardId{shard}, false, 0});
    PointState state{};
    state.point = PointId{shard};
    tell(state);
    tell(RoundMark{SimTime{}, ShardId{shard}, true, 0});
  }
  Reader reader() {
    EXPECT_TRUE(journal_->wait_durable(*appender_, appender_->appended(), 10s));
    return std::move(*Reader::open(folder_.path()));
  }

 private:
  test::Folder folder_;
  std::unique_ptr<Journal> journal_;
  runtime::journal::Appender* appender_ = nullptr;
  Encoder encoder_{Origin{0}};
};

TEST(ArchiveRestore, ReadsNoFurtherThanTheLastRoundThatEveryShardHasFinished) {  // D-084
  Told told;
  told.tell(run_of(2));
  told.report(500);
  told.round(0);
  told.report(500);
  told.round(1);
  told.round(0);
  told.tell(RoundMark{SimTime{}, ShardId{1}, false, 0});  // begun, not finished
  auto reader = told.reader();
  EXPECT_EQ(restore(reader, run_of(2), Origin{0}).value().records, 7U);
}

TEST(ArchiveRestore, OfANodeAsksForTheRoundsOfItsOwnShardsOnly) {  // the others write elsewhere
  Told told;
  told.tell(run_of(4));
  told.report(2'000);
  told.round(1);
  told.round(3);
  auto reader = told.reader();
  const Wanted own{false, true, false, true};
  EXPECT_EQ(restore(reader, run_of(4), Origin{0}, own).value().records, 6U);
  EXPECT_EQ(restore(reader, run_of(4), Origin{0}).value().records, 2'007U)
      << "one that should be here and has finished no round may stand anywhere";
}

TEST(ArchiveRestore, KnowsTheRunFromItsFirstWordOrFromALaterOne) {
  Told told;
  auto empty = told.reader();
  EXPECT_FALSE(find_last_run(empty).value());
  told.tell(run_of(1));
  told.report(1);
  auto reader = told.reader();
  EXPECT_EQ(find_last_run(reader).value()->run.run, 7U);
  RunBegan next = run_of(1);
  next.run = 8;
  told.tell(RunAgain{SimTime{90s}, next});
  auto later = told.reader();
  EXPECT_EQ(find_last_run(later).value()->run.run, 8U);
  EXPECT_EQ(find_last_run(later).value()->last_time, 90s);
  EXPECT_EQ(restore(later, next, Origin{0}).value().run.run, 8U);
}

TEST(ArchiveRestore, NeedsTheLastRoundAndTheNameOfTheRun) {
  Told told;
  {
    auto reader = told.reader();
    EXPECT_EQ(needed_from(reader).value(), 1U) << "nothing is known yet";
  }
  told.tell(run_of(1));  // 1
  told.report(10);       // 2 to 11
  told.round(0);         // 12 to 14
  {
    auto reader = told.reader();
    EXPECT_EQ(needed_from(reader).value(), 1U) << "which run it is stands there only";
  }
  told.tell(RoundMark{SimTime{}, ShardId{0}, false, 0});  // 15
  told.tell(RunAgain{SimTime{}, run_of(1)});              // 16
  {
    auto reader = told.reader();
    EXPECT_EQ(needed_from(reader).value(), 12U) << "the second round is not finished";
  }
  told.tell(RoundMark{SimTime{}, ShardId{0}, true, 0});
  auto reader = told.reader();
  EXPECT_EQ(needed_from(reader).value(), 15U);
}

// A shard goes from one node to another and comes back (HANDOVER.md): what one of them says of it
// holds until the other one says something else.
class ThereAndBack : public testing::Test {
 protected:
  template <class R>
  static R of_session(int second, std::uint64_t session) {
    R r{};
    r.at = SimTime{std::chrono::seconds{second}};
    r.session = SessionId{session};
    r.driver = DriverId{3};
    return r;
  }
  static SessionStart start(int second, std::uint64_t session) {
    return of_session<SessionStart>(second, session);
  }
  static SessionEnd end(int second, std::uint64_t session) {
    return of_session<SessionEnd>(second, session);
  }
  static TicketDelivered delivered(int second, std::uint64_t session) {
    return of_session<TicketDelivered>(second, session);
  }
  static void round(Told& told, int second) {
    const SimTime at{std::chrono::seconds{second}};
    told.tell(RoundMark{at, ShardId{0}, false, 9});
    PointState state{};
    state.at = at;
    state.point = PointId{0};
    told.tell(state);
    told.tell(RoundMark{at, ShardId{0}, true, 9});
  }
  Image read() {
    auto one = first.reader();
    auto other = second.reader();
    auto image = restore_from_all({&other, &one}, run_of(2), Origin{0}, {true, false},
                                  {ShardId{0}, ShardId{1}});
    EXPECT_TRUE(image.has_value());
    return image ? std::move(*image) : make_image(kPoints, 2);
  }

  Told first{"first"}, second{"second"};
};

TEST_F(ThereAndBack, IsReadInTheOrderOfTimeFromBothJournals) {
  first.tell(run_of(2));
  second.tell(run_of(2));
  first.tell(start(1, 1));
  second.tell(end(2, 1));
  second.tell(start(3, 2));
  first.tell(end(4, 2));
  first.tell(start(5, 3));
  const Image image = read();
  EXPECT_EQ(image.points[0].session, SessionId{3});
  EXPECT_EQ(image.closed[0].size(), 2U);
  EXPECT_EQ(image.tickets.size(), 2U);
  EXPECT_EQ(image.last_time, 5s);
}

TEST_F(ThereAndBack, HasNoTicketThatWasConfirmedBeforeItsLatestRound) {
  first.tell(run_of(2));
  second.tell(run_of(2));
  round(first, 1);
  first.tell(start(2, 1));
  first.tell(end(3, 1));  // its ticket is open
  second.tell(delivered(4, 1));
  round(second, 5);
  second.tell(start(6, 2));
  first.tell(end(7, 2));
  const Image image = read();
  EXPECT_EQ(image.points[0].session, SessionId::none);
  ASSERT_EQ(image.tickets.size(), 1U);
  EXPECT_EQ(image.tickets.begin()->first.second, SessionId{2});
}

TEST_F(ThereAndBack, SaysNothingOfShardsThatAreNotWanted) {
  first.tell(run_of(2));
  second.tell(run_of(2));
  auto other = start(1, 1);
  other.point = PointId{1};
  first.tell(other);
  EXPECT_EQ(read().points[1].session, SessionId::none);
}

}  // namespace
}  // namespace chargemill::archive
