// The journal as its users see it.
#include "runtime/journal/journal.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/child/child.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using namespace std::chrono_literals;
using test::append;
using test::Folder;
using test::open_journal;
using test::open_reader;
using test::record_of;
using test::small_options;
using test::tally_of;
using test::text_of;

/// The oldest record that is kept.
Sequence oldest(Reader& reader) {
  Sequence result = 0;
  EXPECT_TRUE(reader.scan(1, [&](const Record& record) {
    result = record.sequence;
    return false;
  }));
  return result;
}

// an append waits for nothing, and records share a flush.
TEST(Journal, SaysDurableOnceTheRecordsAreOnDisk) {
  const Folder folder;
  const auto journal = open_journal(small_options(folder.path()));
  Appender& appender = journal->add_appender();
  append(appender, 0, 1, 1'000);
  EXPECT_EQ(appender.appended(), 1'000U);
  ASSERT_TRUE(journal->wait_durable(appender, 1'000, 30s));
  EXPECT_EQ(tally_of(folder.path(), 1).upto[0], 1'000U);
  EXPECT_EQ(journal->status().durable, 1'000U);
  EXPECT_LE(journal->status().commits, 100U);
  EXPECT_EQ(journal->status().records, 1'000U);
  EXPECT_GE(journal->status().bytes,
            1'000U * (RecordLayout::kHeaderBytes + 2 * sizeof(PostingKey)));
  EXPECT_EQ(journal->status().state, JournalState::working);
}
TEST(Journal, TellsEachAppenderItsOwnWatermarkWhichNeverFalls) {
  const Folder folder;
  std::uint64_t heard[2] = {0, 0};  // written by the writer's thread, read after its end
  {
    const auto journal = open_journal(small_options(folder.path()));
    Appender* appenders[2];
    for (int i = 0; i < 2; ++i) {
      appenders[i] = &journal->add_appender([&heard, i](std::uint64_t durable) {
        EXPECT_GT(durable, heard[i]);
        heard[i] = durable;
      });
    }
    std::thread other{[&] { append(*appenders[1], 1, 1, 30'000); }};
    append(*appenders[0], 0, 1, 20'000);
    other.join();
  }
  EXPECT_EQ(heard[0], 20'000U);
  EXPECT_EQ(heard[1], 30'000U);
  EXPECT_EQ(tally_of(folder.path(), 2).upto, (std::vector<std::uint64_t>{20'000, 30'000}));
}
TEST(Journal, WritesWhatWasAppendedBeforeItEnds) {
  const Folder folder;
  { append(open_journal(small_options(folder.path()))->add_appender(), 0, 1, 1); }
  EXPECT_EQ(tally_of(folder.path(), 1).upto[0], 1U);
}
TEST(Journal, CommitsOneRecordWithoutWaitingForOthers) {
  const Folder folder;
  const auto journal = open_journal(small_options(folder.path()));
  Appender& appender = journal->add_appender();
  for (std::uint64_t n = 1; n <= 20; ++n) {  // the writer falls asleep in between
    append(appender, 0, n, n);
    ASSERT_TRUE(journal->wait_durable(appender, n, 30s));
  }
  EXPECT_EQ(journal->status().commits, 20U);
}
TEST(Journal, RefusesARecordWhileTheQueueIsFullAndTakesItLater) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.queue_records = 8;
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender();
  std::uint64_t refused = 0;
  for (std::uint64_t n = 1; n <= 1'000; ++n) {
    const std::string text = text_of(0, n);
    while (!appender.try_append(record_of(0, n, text))) {
      ++refused;
      std::this_thread::yield();
    }
  }
  ASSERT_TRUE(journal->wait_durable(appender, 1'000, 30s));
  EXPECT_GT(refused, 0U);
  EXPECT_LE(journal->status().batch_max, 8U);
  EXPECT_EQ(tally_of(folder.path(), 1).upto[0], 1'000U);
}
TEST(Journal, GoesOnWhereItEndedThroughManySegments) {
  const Folder folder;
  std::uint64_t n = 0;
  for (int life = 0; life < 5; ++life) {
    const auto journal = open_journal(small_options(folder.path()));
    Appender& appender = journal->add_appender();
    append(appender, 0, n + 1, n + 7'000);
    n += 7'000;
    ASSERT_TRUE(journal->wait_durable(appender, 7'000, 30s));
    EXPECT_EQ(journal->status().durable, n);
  }
  EXPECT_GT(list_segments(folder.path())->size(), 4U);
  EXPECT_EQ(tally_of(folder.path(), 1).upto[0], n);
}
TEST(Journal, IsRefusedToASecondWriterWithThePidOfTheFirst) {
  const Folder folder;
  auto first = open_journal(small_options(folder.path()));
  const auto second = Journal::open(small_options(folder.path()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::environment);
  EXPECT_NE(second.error().text.find("process " + std::to_string(::getpid())), std::string::npos);
  first.reset();
  EXPECT_TRUE(Journal::open(small_options(folder.path())));
}
TEST(Journal, IsRefusedToAWriterInAnotherProcessAsWell) {
  const Folder folder;
  test::ChildOrders orders;
  orders.directory = folder.path();
  test::Child holder{orders};
  holder.listen_until_it_writes();
  const auto refused = Journal::open(small_options(folder.path()));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("process " + std::to_string(holder.pid())),
            std::string::npos);
  holder.kill();
  EXPECT_TRUE(Journal::open(small_options(folder.path()))) << "the dead hold nothing";
}
// Else a run could end between a commit and the wake-up of who has more to say.
TEST(Journal, SaysDurableToThoseWhoWaitAfterItHasToldTheAppender) {
  const Folder folder;
  std::promise<void> told;
  const auto journal = open_journal(small_options(folder.path()));
  Appender& appender =
      journal->add_appender([seen = told.get_future().share()](std::uint64_t) { seen.wait(); });
  append(appender, 0, 1, 1);
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (appender.durable() == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
  EXPECT_FALSE(journal->wait_durable(appender, 1, 1ms));
  told.set_value();
  EXPECT_TRUE(journal->wait_durable(appender, 1, 30s));
}
TEST(Journal, GoesOnBesideAReaderThatNeverEnds) {
  const Folder folder;
  auto journal = open_journal(small_options(folder.path()));
  Appender& appender = journal->add_appender();
  append(appender, 0, 1, 100);
  ASSERT_TRUE(journal->wait_durable(appender, 100, 30s));
  Reader slow = open_reader(folder.path());
  std::uint64_t seen = 0;
  const auto shown = slow.scan(1, [&](const Record&) {
    // Its transaction is open as long as this lasts, so no page that it may see is used again.
    if (++seen == 1) append(appender, 0, 101, 30'000);
    return seen > 1 || journal->wait_durable(appender, 30'000, 30s);
  });
  ASSERT_TRUE(shown);
  EXPECT_EQ(*shown, 100U) << "what was committed when it began, and no more";
  EXPECT_EQ(journal->status().failures, 0U);
  journal.reset();
  EXPECT_EQ(tally_of(folder.path(), 1).upto[0], 30'000U);
}
TEST(Journal, KeepsNoMoreBytesThanItIsTold) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.chain.retain_bytes = 3 * test::kSmallSegment;
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender();
  append(appender, 0, 1, 60'000);
  ASSERT_TRUE(journal->wait_durable(appender, 60'000, 30s));
  EXPECT_GT(journal->status().segments, 6U);
  EXPECT_LE(list_segments(folder.path())->size(), 5U);
  // What is left is the newest, whole.
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(*reader.last(), 60'000U);
  const auto count = reader.check();
  ASSERT_TRUE(count) << count.error().text;
  EXPECT_LT(*count, 60'000U);
  EXPECT_EQ(oldest(reader), 60'000U - *count + 1);
}
TEST(Journal, SaysWhileItWorksThatAnOldSegmentCouldNotBeRemoved) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.chain.retain_bytes = test::kSmallSegment;
  std::vector<std::string> told;  // written by the writer's thread, read after its end
  options.on_state = [&](JournalState state, const std::string& why) {
    EXPECT_EQ(state, JournalState::working);
    told.push_back(why);
  };
  auto journal = open_journal(options);
  Appender& appender = journal->add_appender();
  append(appender, 0, 1, 100);
  ASSERT_TRUE(journal->wait_durable(appender, 100, 30s));
  const std::string oldest = path_of(folder.path(), {1, 0});
  std::filesystem::rename(oldest, folder.path() + "/aside");
  std::filesystem::create_directory(oldest);  // which is not to be unlinked
  append(appender, 0, 101, 30'000);
  ASSERT_TRUE(journal->wait_durable(appender, 30'000, 30s));
  EXPECT_GT(journal->status().failures, 0U);
  EXPECT_NE(journal->status().last_failure.find("cannot remove " + oldest), std::string::npos);
  journal.reset();
  ASSERT_FALSE(told.empty());
  for (const std::string& why : told)
    EXPECT_NE(why.find("cannot remove " + oldest), std::string::npos) << "and of no end: " << why;
}
/// A journal that finds a segment which cannot be sealed, and tells of it in `told`.
std::unique_ptr<Journal> open_beside_a_spoilt_segment(const Folder& folder,
                                                      std::vector<std::string>& told) {
  test::leave(folder.path(), 1, 200);
  test::leave(folder.path(), 201, 300);
  test::spoil(path_of(folder.path(), {1, 0}), 17);
  auto options = small_options(folder.path());
  options.on_state = [&told](JournalState state, const std::string& why) {
    EXPECT_EQ(state, JournalState::working);
    told.push_back(why);
  };
  return open_journal(options);
}
TEST(Journal, SaysThatASealFailedThoughNothingIsWritten) {
  const Folder folder;
  std::vector<std::string> told;  // written by the writer's thread, read after its end
  auto journal = open_beside_a_spoilt_segment(folder, told);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (journal->status().failures == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it keeps that to itself";
    std::this_thread::yield();
  }
  EXPECT_NE(journal->status().last_failure.find("record 17 is damaged"), std::string::npos);
  journal.reset();
  ASSERT_EQ(told.size(), 1U) << "once";
  EXPECT_NE(told.front().find("record 17 is damaged"), std::string::npos) << told.front();
}
TEST(Journal, SaysAtItsEndWhatCameOfTheLastSeal) {
  const Folder folder;
  std::vector<std::string> told;
  const auto journal = open_beside_a_spoilt_segment(folder, told);
  journal->close();
  EXPECT_EQ(journal->status().failures, 1U);
  EXPECT_NE(journal->status().last_failure.find("record 17 is damaged"), std::string::npos);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front(), journal->status().last_failure);
}
TEST(Journal, DropsSegmentsWhoseYoungestRecordIsTooOldAndNoOthers) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.chain.retain_age = Micros{10'000};  // record n is of microsecond n
  {
    const auto journal = open_journal(options);
    append(journal->add_appender(), 0, 1, 60'000);
  }
  Reader reader = open_reader(folder.path());
  EXPECT_GT(oldest(reader), 30'000U);
  EXPECT_LE(oldest(reader), 50'000U) << "nothing young is dropped";
}
TEST(Journal, DropsWhatIsTooOldAlsoWhenItGrowsTooSlowlyToFillASegment) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.chain.retain_age = Micros{100};
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender();
  for (std::uint64_t n = 1; n < 600; n += 20) {
    append(appender, 0, n, n + 19);
    ASSERT_TRUE(journal->wait_durable(appender, n + 19, 30s));
  }
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(*reader.last(), 600U);
  EXPECT_GT(oldest(reader), 300U) << "a segment spans 120, three are kept";
  EXPECT_LE(oldest(reader), 500U) << "nothing young is dropped";
}
// nobody waits for ever.
TEST(Journal, TellsWhoeverFoundNoRoomOfRoomAlsoWhenItHasGivenUp) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.queue_records = options.batch_records = 8;  // a batch is due when the queue is full
  options.batch_time = 1h;
  options.give_up_after = 0ms;
  std::promise<std::uint64_t> told;
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender([&told, times = 0](std::uint64_t durable) mutable {
    if (++times == 1) told.set_value(durable);
  });
  std::filesystem::remove_all(folder.path());  // its disk is gone
  append(appender, 0, 1, 8);
  auto heard = told.get_future();
  ASSERT_EQ(heard.wait_for(30s), std::future_status::ready);
  EXPECT_EQ(heard.get(), 0U) << "nothing is promised";
  EXPECT_EQ(journal->status().state, JournalState::abandoned);
  const std::string text = text_of(0, 9);
  EXPECT_TRUE(appender.try_append(record_of(0, 9, text)));
}
TEST(Journal, LetsNobodyWaitForADiskThatItHasGivenUp) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.give_up_after = 0ms;
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender();
  append(appender, 0, 1, 10);
  ASSERT_TRUE(journal->wait_durable(appender, 10, 30s));
  std::filesystem::remove_all(folder.path());  // its disk is gone, but for the segment that is open
  append(appender, 0, 11, 30'000);
  EXPECT_FALSE(journal->wait_durable(appender, 30'000, 1h));
  EXPECT_EQ(journal->status().state, JournalState::abandoned);
  EXPECT_TRUE(journal->wait_durable(appender, 10, 1h)) << "what is on disk is";
}
// Whoever asks over and over takes the core that the writer needs to make room.
TEST(Journal, LetsWhoeverWaitsForRoomSleepAlsoOnceItHasGivenUp) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.queue_records = 16;
  options.batch_records = options.batch_max = 8;
  options.batch_time = 1h;
  options.give_up_after = 0ms;
  std::promise<void> given_up;
  std::promise<void> may_go_on;
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender(
      [&, goes_on = may_go_on.get_future().share(), times = 0](std::uint64_t) mutable {
        if (++times == 1) given_up.set_value();
        goes_on.wait();
      });
  std::filesystem::remove_all(folder.path());  // its disk is gone
  append(appender, 0, 1, 16);
  EXPECT_EQ(given_up.get_future().wait_for(30s), std::future_status::ready);
  append(appender, 0, 17, 24);  // in the place of those that were given up
  EXPECT_EQ(journal->status().state, JournalState::abandoned);
  EXPECT_EQ(appender.depth(), appender.capacity());
  const auto since = std::chrono::steady_clock::now();
  EXPECT_FALSE(journal->wait_durable(appender, 1, 1h)) << "which is known at once";
  EXPECT_FALSE(journal->wait_room(appender, 50ms));
  EXPECT_GE(std::chrono::steady_clock::now() - since, 50ms) << "it came back before there was room";
  may_go_on.set_value();
  EXPECT_TRUE(journal->wait_room(appender, 30s));
  append(appender, 0, 25, 25);
}
TEST(Journal, RefusesASegmentTooSmallForABatchOrTooLargeForItsNumbers) {
  const Folder folder;
  for (const std::uint64_t bytes : {std::uint64_t{4'096}, std::uint64_t{1} << 33U}) {
    auto options = small_options(folder.path());
    options.chain.segment_bytes = bytes;
    const auto journal = Journal::open(options);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().kind, ErrorKind::invalid_input);
  }
}
TEST(Journal, SaysWhyItCannotBeOpened) {
  const auto journal = Journal::open(small_options("/proc/nowhere"));
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().kind, ErrorKind::environment);
  EXPECT_NE(journal.error().text.find("/proc/nowhere"), std::string::npos);
}

}  // namespace
}  // namespace chargemill::runtime::journal
