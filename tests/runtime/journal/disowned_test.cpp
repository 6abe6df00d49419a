// FE-04: who has been given up may wake, and what it writes then has not happened.
#include "runtime/journal/disowned.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/journal/directory.hpp"
#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using namespace std::chrono_literals;
using test::append;
using test::Folder;
using test::open_journal;
using test::open_reader;
using test::small_options;

constexpr PostingKey kKey{7};  // every 97th record bears it

bool always() { return true; }

void write(const std::string& directory, std::uint64_t from, std::uint64_t upto) {
  const auto journal = open_journal(small_options(directory));
  append(journal->add_appender(), 0, from, upto);
}

/// What each way of reading shows, by number.
struct Shown {
  std::vector<Sequence> scanned, newest, newest_of_all;
  std::uint64_t count = 0;
};
Shown shown(const std::string& directory) {
  Reader reader = open_reader(directory);
  Shown all;
  const auto into = [](std::vector<Sequence>& to) {
    return [&to](const Record& record) {
      to.push_back(record.sequence);
      return true;
    };
  };
  EXPECT_TRUE(reader.scan(1, into(all.scanned)));
  EXPECT_TRUE(reader.newest(kKey, kSequenceMax, into(all.newest)));
  EXPECT_TRUE(reader.newest_of_all(kSequenceMax, into(all.newest_of_all)));
  const auto count = reader.count(kKey);
  EXPECT_TRUE(count);
  all.count = count.value_or(0);
  return all;
}
/// Those of 1 to `upto`, but for what is in `without`.
void expect_all(const std::string& directory, Sequence upto, const std::vector<Disowned>& without) {
  Shown wanted;
  for (Sequence n = 1; n <= upto; ++n) {
    const auto has = [n](const Disowned& range) { return range.has(n); };
    if (std::any_of(without.begin(), without.end(), has)) continue;
    wanted.scanned.push_back(n);
    if (n % 97 == 7) wanted.newest.push_back(n);
  }
  wanted.newest_of_all.assign(wanted.scanned.rbegin(), wanted.scanned.rend());
  std::reverse(wanted.newest.begin(), wanted.newest.end());
  const Shown is = shown(directory);
  EXPECT_EQ(is.scanned, wanted.scanned);
  EXPECT_EQ(is.newest, wanted.newest);
  EXPECT_EQ(is.newest_of_all, wanted.newest_of_all);
  EXPECT_EQ(is.count, wanted.newest.size());
}

TEST(Disowned, WhatAWriterAddsAfterItWasGivenUpIsNobodys) {
  const Folder folder;
  const auto journal = open_journal(small_options(folder.path()));
  Appender& sleeper = journal->add_appender();
  append(sleeper, 0, 1, 1'000);
  ASSERT_TRUE(journal->wait_durable(sleeper, 1'000, 10s));
  const auto counts = disown_later(folder.path(), always);
  ASSERT_TRUE(counts) << counts.error().text;
  EXPECT_EQ(*counts, 1'000U);
  expect_all(folder.path(), 1'000, {});
  append(sleeper, 0, 1'001, 12'000);  // also in segments that are begun and sealed later
  ASSERT_TRUE(journal->wait_durable(sleeper, 12'000, 10s));
  EXPECT_GT(list_segments(folder.path())->size(), 1U);
  expect_all(folder.path(), 1'000, {});
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(*reader.last(), 12'000U) << "they are there all the same";
  EXPECT_TRUE(reader.check());
}

TEST(Disowned, HeirsAgreeOnOneEnd) {
  const Folder folder;
  const auto journal = open_journal(small_options(folder.path()));
  Appender& sleeper = journal->add_appender();
  append(sleeper, 0, 1, 500);
  ASSERT_TRUE(journal->wait_durable(sleeper, 500, 10s));
  std::vector<std::thread> heirs;
  std::vector<Sequence> ends(6);
  heirs.reserve(ends.size());
  for (Sequence& end : ends)
    heirs.emplace_back([&] { end = disown_later(folder.path(), always).value_or(0); });
  append(sleeper, 0, 501, 4'000);  // it wakes meanwhile
  for (std::thread& heir : heirs) heir.join();
  ASSERT_TRUE(journal->wait_durable(sleeper, 4'000, 10s));
  EXPECT_THAT(ends, testing::Each(ends.front()));
  EXPECT_GE(ends.front(), 500U);
  EXPECT_EQ(disown_later(folder.path(), always).value_or(0), ends.front())
      << "nor does one who comes late";
  expect_all(folder.path(), ends.front(), {});
  for (const auto& entry : std::filesystem::directory_iterator{folder.path()})
    EXPECT_THAT(entry.path().string(), testing::Not(testing::HasSubstr("disowned.")));
}

TEST(Disowned, TheNextWritersRecordsAreItsOwn) {
  const Folder folder;
  write(folder.path(), 1, 300);
  ASSERT_TRUE(disown_later(folder.path(), always));
  write(folder.path(), 301, 900);  // nobody had written since: all of it is its own
  expect_all(folder.path(), 900, {});

  ASSERT_TRUE(disown_later(folder.path(), always));
  {
    const auto sleeper = open_journal(small_options(folder.path()));
    append(sleeper->add_appender(), 0, 901, 950);
    EXPECT_TRUE(list_journal(folder.path())->disowned.empty()) << "it has begun after that";
  }
  {
    const auto sleeper = open_journal(small_options(folder.path()));
    ASSERT_EQ(disown_later(folder.path(), always).value_or(0), 950U);
    append(sleeper->add_appender(), 0, 951, 1'200);
  }
  expect_all(folder.path(), 950, {});
  write(folder.path(), 1'201, 9'000);
  expect_all(folder.path(), 9'000, {{951, 1'200}});
  {
    const auto sleeper = open_journal(small_options(folder.path()));
    ASSERT_EQ(disown_later(folder.path(), always).value_or(0), 9'000U);
    append(sleeper->add_appender(), 0, 9'001, 9'010);
  }
  expect_all(folder.path(), 9'000, {{951, 1'200}});
  write(folder.path(), 9'011, 9'500);
  expect_all(folder.path(), 9'500, {{951, 1'200}, {9'001, 9'010}});
}

/// Whoever reads one of these from now on finds that it is damaged.
void spoil(const std::string& directory, const std::vector<Sequence>& records) {
  const auto segments = list_segments(directory);
  ASSERT_TRUE(segments);
  for (const Sequence n : records) {
    std::size_t copies = 0;
    for (const SegmentName name : *segments) {
      std::ifstream file{path_of(directory, name), std::ios::binary};
      std::string bytes{std::istreambuf_iterator<char>{file}, {}};
      copies += test::damage(bytes, test::text_of(0, n));
      std::ofstream{path_of(directory, name), std::ios::binary} << bytes;
    }
    ASSERT_GT(copies, 0U) << n;
  }
}

// It is as long as its writer goes on, and whoever follows a journal asks ten times a second.
TEST(Disowned, IsNotReadOnTheWayToAnythingThatIsShown) {
  const Folder folder;
  {
    const auto sleeper = open_journal(small_options(folder.path()));
    Appender& late = sleeper->add_appender();
    append(late, 0, 1, 1'000);
    ASSERT_TRUE(sleeper->wait_durable(late, 1'000, 10s));
    ASSERT_EQ(disown_later(folder.path(), always).value_or(0), 1'000U);
    append(late, 0, 1'001, 12'000);
  }
  ASSERT_GT(list_segments(folder.path())->size(), 1U);
  spoil(folder.path(), {1'001, 1'074, 5'000, 11'938, 12'000});  // two of them bear kKey
  EXPECT_FALSE(open_reader(folder.path()).check()) << "the test cannot fail";
  expect_all(folder.path(), 1'000, {});
  Reader reader = open_reader(folder.path());
  const auto nothing = [](const Record&) { return false; };
  for (const auto extent : {Reader::Extent::some, Reader::Extent::all}) {
    EXPECT_EQ(reader.scan(1'001, nothing, extent).value_or(1), 0U);
    EXPECT_EQ(reader.scan(11'000, nothing, extent).value_or(1), 0U);
  }
  EXPECT_EQ(reader.last().value_or(0), 12'000U);
  EXPECT_EQ(reader.last_owned().value_or(0), 1'000U);
  EXPECT_EQ(reader.first_of_newest(1).value_or(0), 1'000U);
  EXPECT_EQ(reader.first_of_newest(1'000).value_or(0), 1U);
  EXPECT_EQ(reader.first_of_newest(5'000).value_or(0), 1U);
}

TEST(Disowned, IsPassedAtOnceByWhoeverReadsOnToTheNextWriter) {
  const Folder folder;
  write(folder.path(), 1, 900);
  {
    const auto sleeper = open_journal(small_options(folder.path()));
    ASSERT_EQ(disown_later(folder.path(), always).value_or(0), 900U);
    append(sleeper->add_appender(), 0, 901, 12'000);
  }
  write(folder.path(), 12'001, 12'500);
  ASSERT_GT(list_segments(folder.path())->size(), 1U);
  spoil(folder.path(), {901, 5'000, 12'000});
  Reader reader = open_reader(folder.path());
  for (const auto extent : {Reader::Extent::some, Reader::Extent::all}) {
    for (const Sequence from : {1U, 900U, 901U, 5'000U, 12'000U, 12'001U, 12'500U, 12'501U}) {
      SCOPED_TRACE(from);
      Sequence next = from > 900 && from <= 12'000 ? 12'001 : from;
      const auto shown = reader.scan(
          from,
          [&](const Record& record) {
            EXPECT_EQ(record.sequence, next);
            next = record.sequence == 900 ? 12'001 : record.sequence + 1;
            return true;
          },
          extent);
      ASSERT_TRUE(shown) << shown.error().text;
      EXPECT_EQ(next, 12'501U);
      EXPECT_EQ(*shown, (from <= 900 ? 901 - from : 0) +
                            (from <= 12'000 ? 500 : 12'501 - std::min<Sequence>(from, 12'501)));
    }
  }
  EXPECT_EQ(reader.last_owned().value_or(0), 12'500U);
  const auto begin = [&](std::uint64_t count) { return reader.first_of_newest(count).value_or(0); };
  EXPECT_EQ(begin(1), 12'500U);
  EXPECT_EQ(begin(500), 12'001U);
  EXPECT_EQ(begin(501), 900U);
  EXPECT_EQ(begin(1'399), 2U);
  EXPECT_EQ(begin(1'400), 1U);
  EXPECT_EQ(begin(1'401), 1U);
}

TEST(Disowned, AJournalThatIsEmptyEndsAtNothing) {
  const Folder folder;
  const auto sleeper = open_journal(small_options(folder.path()));
  ASSERT_EQ(disown_later(folder.path(), always).value_or(1), 0U);
  Appender& late = sleeper->add_appender();
  append(late, 0, 1, 100);
  ASSERT_TRUE(sleeper->wait_durable(late, 100, 10s));
  expect_all(folder.path(), 0, {});
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(reader.last_owned().value_or(1), 0U);
  EXPECT_EQ(reader.first_of_newest(5).value_or(0), 1U);
}

TEST(Disowned, IsForgottenWithTheRecordsThatItWasOf) {
  const Folder folder;
  {
    const auto journal = open_journal(small_options(folder.path()));
    Appender& sleeper = journal->add_appender();
    append(sleeper, 0, 1, 100);
    ASSERT_TRUE(journal->wait_durable(sleeper, 100, 10s));
    ASSERT_TRUE(disown_later(folder.path(), always));
    append(sleeper, 0, 101, 150);
  }
  auto options = small_options(folder.path());
  options.chain.retain_bytes = 2 * test::kSmallSegment;
  for (std::uint64_t from = 151; from < 60'000; from += 20'000) {
    const auto journal = open_journal(options);
    append(journal->add_appender(), 0, from, from + 19'999);
  }
  EXPECT_GT(list_segments(folder.path())->front().first, 150U);
  (void)open_journal(options);
  EXPECT_TRUE(list_journal(folder.path())->disowned.empty());
}

TEST(Disowned, AFileThatSaysNoNumberIsAnErrorAndNobodyReadsPastIt) {
  const Folder folder;
  write(folder.path(), 1, 10);
  const std::string path = folder.path() + "/disowned";
  for (const char* text : {"", "\n", "12", "x\n", "-1\n", "12\n13\n", "99999999999999999999\n"}) {
    std::ofstream{path} << text;
    Reader reader = open_reader(folder.path());
    const auto last = reader.last();
    ASSERT_FALSE(last) << '"' << text << '"';
    EXPECT_THAT(last.error().text, testing::HasSubstr(path + ": damaged"));
    EXPECT_FALSE(disown_later(folder.path(), always));
    EXPECT_FALSE(Journal::open(small_options(folder.path()))) << "its records would be nobody's";
  }
}

TEST(Disowned, IsNotCountedWhileMoreComes) {
  const Folder folder;
  {
    const auto sleeper = open_journal(small_options(folder.path()));
    ASSERT_TRUE(disown_later(folder.path(), always));
    append(sleeper->add_appender(), 0, 1, 970);
  }
  const auto journal = open_journal(small_options(folder.path()));
  Appender& appender = journal->add_appender();
  std::thread writer{[&] { append(appender, 0, 971, 40'000); }};
  Reader reader = open_reader(folder.path());
  std::uint64_t before = 0;
  while (before < (40'000 - 970) / 97) {
    const auto count = reader.count(kKey);
    ASSERT_TRUE(count) << count.error().text;
    ASSERT_GE(*count, before);
    ASSERT_LE(*count, (40'000U - 970) / 97 + 1);
    before = *count;
    if (before == 0) std::this_thread::yield();
  }
  writer.join();
}

TEST(Disowned, WhoHasBeenGivenUpMeanwhileDisownsNothing) {
  const Folder folder;
  write(folder.path(), 1, 100);
  EXPECT_FALSE(disown_later(folder.path(), [] { return false; }));
  EXPECT_TRUE(list_journal(folder.path())->disowned.empty());
  write(folder.path(), 101, 200);
  expect_all(folder.path(), 200, {});
}

// An heir has died between its file and the file's second name.
TEST(Disowned, ALeftoverOfAnHeirSaysNothingAndGoesWithTheNextWriter) {
  const Folder folder;
  write(folder.path(), 1, 300);
  const std::vector<std::string> leftovers{"disowned.aB3xYz", "disowned.Q00000", "disowned.",
                                           "disowned.XXXXXX"};
  const std::vector<std::string> texts{"", "1", "100\n", "neither of these"};
  const std::vector<std::string> others{"disowned-by-whom.txt", "disowned2", "not.disowned"};
  const auto put = [&](const std::string& file, const std::string& text) {
    std::ofstream{folder.path() + "/" + file} << text;
  };
  const auto is_there = [&](const std::string& file) {
    return std::filesystem::exists(folder.path() + "/" + file);
  };
  for (std::size_t i = 0; i < leftovers.size(); ++i) put(leftovers[i], texts[i]);
  for (const auto& file : others) put(file, "100\n");
  EXPECT_TRUE(list_journal(folder.path())->disowned.empty());
  expect_all(folder.path(), 300, {});
  write(folder.path(), 301, 400);
  for (const auto& file : leftovers) EXPECT_FALSE(is_there(file)) << file;
  for (const auto& file : others) EXPECT_TRUE(is_there(file)) << file << " is not the journal's";
  expect_all(folder.path(), 400, {});

  // Beside what another heir says, and none of them in its way.
  {
    const auto sleeper = open_journal(small_options(folder.path()));
    for (std::size_t i = 0; i < leftovers.size(); ++i) put(leftovers[i], texts[i]);
    ASSERT_EQ(disown_later(folder.path(), always).value_or(0), 400U);
    append(sleeper->add_appender(), 0, 401, 450);
  }
  expect_all(folder.path(), 400, {});
  write(folder.path(), 451, 500);
  for (const auto& file : leftovers) EXPECT_FALSE(is_there(file)) << file;
  expect_all(folder.path(), 500, {{401, 450}});
}

TEST(Disowned, AnHeirWhoseFileAWriterTakesForALeftoverSaysItAgain) {
  const Folder folder;
  write(folder.path(), 1, 100);
  bool has_begun = false;
  const auto said = disown_later(folder.path(), [&] {
    if (!std::exchange(has_begun, true)) remove_leftovers(folder.path());
    return true;
  });
  ASSERT_TRUE(said) << said.error().text;
  EXPECT_EQ(*said, 100U);
  EXPECT_EQ(list_journal(folder.path())->disowned.size(), 1U);

  write(folder.path(), 101, 130);
  const auto never = disown_later(folder.path(), [&] {
    remove_leftovers(folder.path());
    return true;
  });
  ASSERT_FALSE(never) << "it does not try for ever";
  EXPECT_THAT(never.error().text, testing::HasSubstr("come and go"));
}

TEST(Disowned, ADirectoryThatCannotBeWrittenIsAnError) {
  EXPECT_FALSE(disown_later("/nowhere/at/all", always));
}

}  // namespace
}  // namespace chargemill::runtime::journal
