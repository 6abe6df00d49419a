// What was written to a lost node's journal after others had taken over, and those who follow it.
#include "runtime/journal/disowned.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "actors/archive/restore.hpp"
#include "tests/actors/archive/told.hpp"

namespace chargemill::archive {
namespace {

using runtime::journal::Sequence;

/// What is durable counts, and nothing that comes after it.
void give_up(Told& told) {
  (void)told.history();
  const auto counts = runtime::journal::disown_later(told.path(), [] { return true; });
  ASSERT_TRUE(counts) << counts.error().text;
}

constexpr const char* kSleepwalker = "sleepwalker";

/// Whoever reads a record with that name from now on finds that it is damaged.
void spoil_sleepwalkers(const std::string& directory) {
  std::size_t spoilt = 0;
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    if (file.path().extension() != ".segment") continue;
    std::ifstream from{file.path(), std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{from}, {}};
    for (auto at = bytes.find(kSleepwalker); at != std::string::npos;
         at = bytes.find(kSleepwalker, at)) {
      bytes[at] = '!';
      ++spoilt;
    }
    std::ofstream{file.path(), std::ios::binary} << bytes;
  }
  ASSERT_GT(spoilt, 0U) << "the test cannot fail";
}

/// Goes on from `at` in looks of four, to the end; the numbers of what it was shown.
std::vector<Sequence> followed(History& history, Position& at) {
  std::vector<Sequence> shown;
  for (bool is_more = true; is_more;) {
    const auto reached = history.follow(at, 4, [&](const Found& found, const Position& position) {
      shown.push_back(found.sequence);
      EXPECT_EQ(position[0], found.sequence);
    });
    EXPECT_TRUE(reached) << reached.error().text;
    if (!reached) return shown;
    is_more = reached->records() > at.records();
    at = *reached;
  }
  return shown;
}

TEST(HistoryOfALostNode, IsFollowedAtThePriceOfWhatCounts) {
  Told told;
  told.start(1s, kFirst);
  told.start(2s, kSecond);
  give_up(told);
  for (int i = 0; i < 12'000; ++i) told.start(1h + i * 1s, SessionId{7}, kOne, kSleepwalker);
  told.stop();
  spoil_sleepwalkers(told.path());
  auto history = std::move(*History::open(told.path()));
  Position at{0};
  EXPECT_EQ(followed(history, at), (std::vector<Sequence>{1, 2}));
  EXPECT_TRUE(followed(history, at).empty()) << "nor at any later beat";
  EXPECT_EQ(at[0], 2U);
  EXPECT_EQ(history.newest().value()[0], 2U);
  EXPECT_EQ(history.newest_time().value(), utc(2s));
  // Nor do questions look at it.
  EXPECT_EQ(history.sessions({}).value().size(), 2U);
  EXPECT_EQ(history.health({}).value().size(), 0U);
}

TEST(HistoryOfALostNode, GoesOnWithItsNextWriterAfterWhatIsDisowned) {
  Told told;
  told.start(1s, kFirst);
  give_up(told);
  for (int i = 0; i < 100; ++i) told.start(1h, SessionId{7}, kOne, kSleepwalker);
  Position at{0};
  {
    auto before = told.history();
    EXPECT_EQ(followed(before, at), (std::vector<Sequence>{1}));
  }
  told.restart();
  told.start(10s, kSecond);
  told.end(20s, kFirst, 290);
  auto history = told.history();
  EXPECT_EQ(followed(history, at), (std::vector<Sequence>{102, 103}));
  EXPECT_EQ(history.newest().value()[0], 103U);
  EXPECT_EQ(history.newest_time().value(), utc(20s));
}

// More of them than are looked at for the newest time.
TEST(HistoryOfALostNode, HasTheTimeOfItsNewestRecordThatCounts) {
  Told told;
  RunBegan run;
  run.run = 7;
  run.points = 2;
  run.shards = 1;
  told.tell(run);
  told.event(90s, kOne, EventType::fault);
  give_up(told);
  for (Sequence i = 0; i < kDisorderMax + 10; ++i) told.event(1h, kTwo, EventType::fault);
  {
    auto history = told.history();
    EXPECT_EQ(history.newest_time().value(), utc(90s));
    auto reader = std::move(*runtime::journal::Reader::open(told.path()));
    EXPECT_EQ(find_last_run(reader).value()->last_time, utc(90s)) << "a later run begins there";
  }
  told.restart();
  told.event(95s, kOne, EventType::recovery);
  EXPECT_EQ(told.history().newest_time().value(), utc(95s));
}

TEST(HistoryOfALostNode, ThatHasWrittenNothingBeforeHasNoTime) {
  Told told;
  give_up(told);
  told.event(1h, kTwo, EventType::fault);
  auto history = told.history();
  EXPECT_FALSE(history.newest_time().value());
  EXPECT_EQ(history.newest().value()[0], 0U);
}

}  // namespace
}  // namespace chargemill::archive
