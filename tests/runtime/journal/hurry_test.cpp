// A journal whose owner has to end.
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "runtime/journal/journal.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using namespace std::chrono_literals;
using test::append;
using test::Folder;
using test::open_journal;
using test::small_options;

// Whoever has to end holds up nobody who waits for room.
TEST(Journal, GivesUpAtOnceWhenItIsHurried) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.queue_records = 16;
  options.batch_records = options.batch_max = 8;
  options.give_up_after = 24h;
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender();
  std::filesystem::remove_all(folder.path());  // its disk is gone
  append(appender, 0, 1, 16);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  const auto is_stalled = [&] { return journal->status().state == JournalState::stalled; };
  while (!is_stalled() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  ASSERT_TRUE(is_stalled());
  EXPECT_FALSE(journal->wait_room(appender, 50ms));
  journal->hurry();
  journal->hurry();
  EXPECT_TRUE(journal->wait_room(appender, 60s));
  EXPECT_EQ(journal->status().state, JournalState::abandoned);
}
// It is a matter of patience alone.
TEST(Journal, WritesAllThatItIsGivenAlsoWhenItIsHurried) {
  const Folder folder;
  {
    const auto journal = open_journal(small_options(folder.path()));
    Appender& appender = journal->add_appender();
    append(appender, 0, 1, 1'000);
    journal->hurry();
    append(appender, 0, 1'001, 20'000);
    EXPECT_TRUE(journal->wait_durable(appender, 20'000, 60s));
    EXPECT_EQ(journal->status().state, JournalState::working);
  }
  EXPECT_EQ(test::tally_of(folder.path(), 1).upto[0], 20'000U);
}

}  // namespace
}  // namespace chargemill::runtime::journal
