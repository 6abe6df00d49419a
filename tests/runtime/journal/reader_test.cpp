// Reading, also while the journal is written, against what was put in.
#include "runtime/journal/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/child/child.hpp"
#include "tests/runtime/journal/story.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime::journal {
namespace {

using namespace std::chrono_literals;
using test::append;
using test::Folder;
using test::open_journal;
using test::open_reader;
using test::small_options;

constexpr std::uint64_t kRecords = 20'000;

/// A journal of one producer's kRecords records, in several segments.
void fill(const Folder& folder) {
  const auto journal = open_journal(small_options(folder.path()));
  append(journal->add_appender(), 0, 1, kRecords);
}
std::vector<Sequence> newest(Reader& reader, PostingKey key, std::uint64_t limit) {
  std::vector<Sequence> result;
  const auto shown = reader.newest(key, limit, [&](const Record& record) {
    result.push_back(record.sequence);
    return true;
  });
  EXPECT_TRUE(shown) << shown.error().text;
  EXPECT_EQ(*shown, result.size());
  return result;
}

TEST(Reader, FindsTheNewestOfAKeyAcrossSegments) {
  const Folder folder;
  fill(folder);
  EXPECT_GT(list_segments(folder.path())->size(), 2U);
  Reader reader = open_reader(folder.path());
  for (std::uint64_t key = 0; key < 97; ++key) {
    std::vector<Sequence> expected;
    for (Sequence n = kRecords; n > 0; --n) {
      if (n % 97 == key) expected.push_back(n);
    }
    EXPECT_EQ(newest(reader, PostingKey{key}, kRecords), expected);
    expected.resize(100);
    EXPECT_EQ(newest(reader, PostingKey{key}, 100), expected);
  }
  EXPECT_TRUE(newest(reader, PostingKey{97}, 100).empty());
}
// In segments that are sealed and in the one that grows, at their borders and beyond both ends.
TEST(Reader, BeginsAtTheNumberThatItIsGiven) {
  const Folder folder;
  fill(folder);
  const auto names = *list_segments(folder.path());
  ASSERT_GT(names.size(), 2U);
  std::vector<Sequence> places{0, 1, 96, 97, 5'000, kRecords - 1, kRecords, kRecords + 1};
  for (const SegmentName& name : names) places.insert(places.end(), {name.first - 1, name.first});
  for (const Sequence upto : places) {
    SCOPED_TRACE(upto);
    std::vector<Sequence> of_key;
    std::vector<Sequence> of_all;
    for (Sequence n = std::min(upto, kRecords); n > 0; --n) {
      if (n % 97 == 7) of_key.push_back(n);
      of_all.push_back(n);
    }
    Reader reader = open_reader(folder.path());
    std::vector<Sequence> found;
    const auto look = [&](const Record& record) {
      found.push_back(record.sequence);
      return true;
    };
    EXPECT_EQ(*reader.newest(PostingKey{7}, kRecords, look, upto), of_key.size());
    EXPECT_EQ(found, of_key);
    found.clear();
    EXPECT_EQ(*reader.newest_of_all(kRecords, look, upto), of_all.size());
    EXPECT_EQ(found, of_all);
  }
}
TEST(Reader, FindsTheSameWhetherItOpensTheSegmentsOrHasThemOpen) {
  const Folder folder;
  fill(folder);
  Reader one = open_reader(folder.path());
  for (std::uint64_t key = 0; key < 97; ++key) {
    Reader other = open_reader(folder.path());  // looks into all segments at once
    EXPECT_EQ(newest(other, PostingKey{key}, 150), newest(one, PostingKey{key}, 150));
  }
}
/// Changes the bytes of a file; `at` is a place in it.
void change(const std::string& path, std::size_t at, const std::string& to) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(static_cast<std::streamoff>(at));
  file << to;
}
TEST(Reader, LooksUpOneOfManyKeysAmongWhatItHasFound) {
  const Folder folder;
  fill(folder);
  Reader fresh = open_reader(folder.path());
  Reader reader = open_reader(folder.path());
  for (std::uint64_t key = 0; key < 98; ++key) {
    std::vector<Sequence> found;
    const auto shown = reader.look_up(PostingKey{key}, 100, [&](const Record& record) {
      found.push_back(record.sequence);
      return true;
    });
    ASSERT_TRUE(shown) << shown.error().text;
    EXPECT_EQ(*shown, found.size());
    EXPECT_EQ(found, newest(fresh, PostingKey{key}, 100)) << "the first look opens them itself";
  }
}

TEST(Reader, FindsTheSameInSealedSegmentsThatDoNotSayWhereTheirRunIs) {
  const Folder folder;
  fill(folder);
  const auto names = *list_segments(folder.path());
  std::vector<std::vector<Sequence>> expected;
  Reader with = open_reader(folder.path());
  for (std::uint64_t key = 0; key < 97; ++key)
    expected.push_back(newest(with, PostingKey{key}, 150));
  std::size_t sealed = 0;
  for (const SegmentName& name : names) {
    const std::string path = path_of(folder.path(), name);
    if (SealedFile::open_all({{path, name.first, kSequenceMax}}).front()) ++sealed;
    change(path, HintLayout::kAt, std::string(HintLayout::kBytes, '\0'));
  }
  EXPECT_EQ(sealed, names.size() - 1) << "all but the one that grows";
  Reader without = open_reader(folder.path());
  for (std::uint64_t key = 0; key < 97; ++key)
    EXPECT_EQ(newest(without, PostingKey{key}, 150), expected[key]);
}
TEST(Reader, NamesTheRecordThatIsDamagedAlsoInASealedSegment) {
  const Folder folder;
  fill(folder);
  const std::string path = path_of(folder.path(), list_segments(folder.path())->front());
  std::ifstream file{path, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_GT(test::damage(bytes, test::text_of(0, 17)), 0U);
  change(path, 0, bytes);
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(newest(reader, PostingKey{18}, kRecords).back(), 18U) << "the others are shown";
  const auto shown = reader.newest(PostingKey{17}, kRecords, [](const Record&) { return true; });
  ASSERT_FALSE(shown);
  EXPECT_THAT(shown.error().text,
              testing::AllOf(testing::HasSubstr(path), testing::HasSubstr("record 17 is damaged")));
}
// Whoever looks behind the end of a mapped file is ended by the kernel.
TEST(Reader, NamesAFileThatIsCutShort) {
  const Folder folder;
  fill(folder);
  const auto names = *list_segments(folder.path());
  for (const SegmentName name : {names.front(), names.back()}) {  // sealed, and growing
    const std::string path = path_of(folder.path(), name);
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const std::size_t all_bytes = bytes.size();
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4'096},
                                   std::size_t{8'192}, std::size_t{12'288}, all_bytes / 2,
                                   all_bytes * 3 / 4, all_bytes - 4'096, all_bytes - 1}) {
      SCOPED_TRACE(testing::Message() << size << " of " << all_bytes << " bytes of " << path);
      std::filesystem::resize_file(path, size);
      {
        Reader reader = open_reader(folder.path());
        const auto all = reader.scan(1, [](const Record&) { return true; });
        // The last pages may be of a run, without which all is found too, or not used any more.
        EXPECT_TRUE(!all || (*all == kRecords && size > all_bytes / 2));
        if (!all) {
          EXPECT_THAT(all.error().text, testing::HasSubstr(path));
        }
        const auto back = reader.newest_of_all(kRecords, [](const Record&) { return true; });
        EXPECT_EQ(back.has_value(), all.has_value());
        const auto few =
            reader.newest(PostingKey{17}, kRecords, [](const Record&) { return true; });
        if (few) {
          EXPECT_EQ(*few, (kRecords - 17) / 97 + 1) << "what is left may be enough";
        }
      }
      change(path, 0, bytes);
    }
  }
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(*reader.check(), kRecords) << "as it was";
}
TEST(Reader, MissesASegmentThatIsNotThereAnyMore) {
  const Folder folder;
  fill(folder);
  const auto names = *list_segments(folder.path());
  ASSERT_GT(names.size(), 3U);
  std::filesystem::remove(path_of(folder.path(), names[1]));
  Reader reader = open_reader(folder.path());
  const std::string missing = "record " + std::to_string(names[1].first) + " is missing";
  const auto all = reader.scan(1, [](const Record&) { return true; });
  ASSERT_FALSE(all);
  EXPECT_THAT(all.error().text, testing::HasSubstr(missing));
  const auto newest = reader.newest_of_all(kRecords, [](const Record&) { return true; });
  ASSERT_FALSE(newest);
  EXPECT_THAT(newest.error().text, testing::HasSubstr(path_of("", names[0])));
  // The oldest one may go at any time.
  std::filesystem::remove(path_of(folder.path(), names[0]));
  EXPECT_TRUE(open_reader(folder.path()).scan(1, [](const Record&) { return true; }));
}
TEST(Reader, SharesItsFilesWithOthersThatOpenThemAtTheSameTime) {
  const Folder folder;
  fill(folder);
  std::vector<std::thread> others;
  std::array<Sequence, 4> last{};
  others.reserve(last.size());
  for (Sequence& to : last)
    others.emplace_back([&] { to = open_reader(folder.path()).last().value_or(0); });
  for (std::thread& other : others) other.join();
  EXPECT_THAT(last, testing::Each(kRecords));
}
TEST(Reader, ShowsNothingForALimitOfZero) {
  const Folder folder;
  fill(folder);
  Reader reader = open_reader(folder.path());
  EXPECT_TRUE(newest(reader, PostingKey{1}, 0).empty());
  EXPECT_EQ(*reader.newest_of_all(0, [](const Record&) { return true; }), 0U);
}
TEST(Reader, StopsWhenItIsToldTo) {
  const Folder folder;
  fill(folder);
  Reader reader = open_reader(folder.path());
  std::uint64_t seen = 0;
  const auto three = [&](const Record&) { return ++seen % 3 != 0; };
  EXPECT_EQ(*reader.newest(test::producer_key(0), kRecords, three), 3U);
  EXPECT_EQ(*reader.newest_of_all(kRecords, three), 3U);
  EXPECT_EQ(*reader.scan(5, three), 3U);
}
TEST(Reader, ShowsAllFromANumberOnAndTheNewestOfAll) {
  const Folder folder;
  fill(folder);
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(*reader.last(), kRecords);
  Sequence next = 12'345;
  const auto rising = [&](const Record& record) { return record.sequence == next++; };
  EXPECT_EQ(*reader.scan(12'345, rising), kRecords - 12'344);
  next = kRecords;
  const auto falling = [&](const Record& record) { return record.sequence == next--; };
  EXPECT_EQ(*reader.newest_of_all(15'000, falling), 15'000U);
}
TEST(Reader, FindsTheFirstRecordThatIsNotOlderThanATime) {
  const Folder folder;
  fill(folder);  // record n at microsecond n
  Reader reader = open_reader(folder.path());
  for (Sequence n = 1; n <= kRecords; n += 499)
    EXPECT_EQ(*reader.first_since(Micros{static_cast<std::int64_t>(n)}), n);
  const auto names = *list_segments(folder.path());
  for (const SegmentName& name : names) {
    const auto at = static_cast<std::int64_t>(name.first);
    EXPECT_EQ(*reader.first_since(Micros{at}), name.first) << "the first of its segment";
    EXPECT_EQ(*reader.first_since(Micros{at - 1}), std::max<Sequence>(name.first - 1, 1));
  }
  EXPECT_EQ(*reader.first_since(Micros{-5}), 1U);
  EXPECT_EQ(*reader.first_since(Micros{kRecords + 1}), kRecords + 1) << "all are older";
}
std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}
TEST(Reader, HoldsAFewDescriptorsHoweverManySegmentsThereAre) {
  const Folder folder;
  constexpr Sequence kAll = 6'000;
  for (Sequence first = 1; first <= kAll; first += 100) {
    auto segment = SegmentWriter::create(folder.path(), {first, 0}, test::kSmallSegment);
    ASSERT_TRUE(segment && segment->write(test::batch_of(first, first + 49).records));
    ASSERT_TRUE(segment->write(test::batch_of(first + 50, first + 99).records));
    if (first % 200 == 1) {
      ASSERT_TRUE(segment->seal());
    }
  }
  Reader reader = open_reader(folder.path());
  const auto before = open_files();
  std::ptrdiff_t most = 0;
  const auto look = [&](const Record& record) {
    if (record.sequence % 50 == 0) most = std::max(most, open_files());
    return true;
  };
  EXPECT_EQ(*reader.scan(1, look), kAll);
  EXPECT_EQ(*reader.newest_of_all(kAll, look), kAll);
  EXPECT_EQ(*reader.last(), kAll);
  EXPECT_EQ(*reader.count(test::producer_key(0)), kAll);
  EXPECT_EQ(*reader.count(test::producer_key(0), 2'345), kAll - 2'344);
  EXPECT_EQ(*reader.count(test::point_key(7), 2'345), 37U);
  EXPECT_EQ(*reader.first_since(Micros{3'210}), 3'210U);
  EXPECT_EQ(*reader.check(), kAll);
  EXPECT_GT(most, before);
  EXPECT_LE(std::max(most, open_files()), before + 8) << "of the last segment and of one other";
}
// CHARGEMILL_STRESS=17: of so many segments that the eldest are mapped.
TEST(Reader, HoldsOneDescriptorOfASegmentThatHasBeenSealedSinceAndNoneOfItsElders) {
  constexpr std::size_t kDescriptorsMax = 128;
  const std::uint64_t appended = chargemill::test::stress_count(60'000);
  const Folder folder;
  const auto before = open_files();
  Reader reader = open_reader(folder.path());
  {
    const auto journal = open_journal(small_options(folder.path()));
    Appender& appender = journal->add_appender();
    for (std::uint64_t n = 1; n < appended; n += 5'000) {
      append(appender, 0, n, n + 4'999);
      ASSERT_TRUE(journal->wait_durable(appender, n + 4'999, 30s));
      EXPECT_EQ(newest(reader, test::producer_key(0), 10).size(), 10U);
      // Those of the last one, and of the one before, which may not be sealed yet.
      ASSERT_LE(open_files(), before + 10 + list_segments(folder.path())->size());
    }
  }
  const std::size_t segments = list_segments(folder.path())->size();
  EXPECT_GT(segments, appended / 7'500);
  EXPECT_EQ(newest(reader, test::producer_key(0), appended).size(), appended);
  EXPECT_LE(open_files(), before + 4 + std::min(segments, kDescriptorsMax));
}
TEST(Reader, SeesAnEmptyJournalAsEmptyAndAMissingOneAsAnError) {
  const Folder folder;
  Reader reader = open_reader(folder.path());
  EXPECT_EQ(*reader.last(), 0U);
  EXPECT_TRUE(newest(reader, PostingKey{1}, 10).empty());
  EXPECT_EQ(*reader.check(), 0U);
  EXPECT_FALSE(Reader::open(folder.path() + "/missing"));
}
TEST(Reader, SeesEachCommitWhileTheJournalIsWritten) {
  const Folder folder;
  const auto journal = open_journal(small_options(folder.path()));
  Appender& appender = journal->add_appender();
  Reader reader = open_reader(folder.path());
  for (std::uint64_t n = 1; n < 20'000; n += 1'999) {
    append(appender, 0, n, n + 1'998);
    ASSERT_TRUE(journal->wait_durable(appender, n + 1'998, 30s));
    EXPECT_EQ(*reader.last(), n + 1'998);
    EXPECT_EQ(newest(reader, test::producer_key(0), 1), (std::vector<Sequence>{n + 1'998}));
  }
}
TEST(Reader, SeesWhatAnotherProcessHasAcknowledgedWhileItWrites) {
  const Folder folder;
  test::ChildOrders orders;
  orders.directory = folder.path();
  test::Child child{orders};
  child.listen_until_it_writes();
  Reader reader = open_reader(folder.path());
  for (int look = 0; look < 50; ++look) {
    (void)child.listen(1ms);
    const std::uint64_t promised = child.acknowledged()[0] + child.acknowledged()[1];
    const auto last = reader.last();
    ASSERT_TRUE(last) << last.error().text;
    EXPECT_GE(*last, promised);
    const std::uint64_t least = std::min<std::uint64_t>(100, child.acknowledged()[0]);
    EXPECT_GE(newest(reader, test::producer_key(0), 100).size(), least);
  }
  child.kill();
  EXPECT_GE(*reader.last(), child.acknowledged()[0] + child.acknowledged()[1]);
}
TEST(Reader, GoesOnWhenRetentionTakesASegmentAway) {
  const Folder folder;
  auto options = small_options(folder.path());
  options.chain.retain_bytes = 2 * test::kSmallSegment;
  const auto journal = open_journal(options);
  Appender& appender = journal->add_appender();
  Reader reader = open_reader(folder.path());
  for (std::uint64_t n = 1; n < 60'000; n += 5'000) {
    append(appender, 0, n, n + 4'999);
    ASSERT_TRUE(journal->wait_durable(appender, n + 4'999, 30s));
    EXPECT_EQ(newest(reader, test::producer_key(0), 10).size(), 10U);
    // What another question needs is opened then, or gone.
    if (n % 3 != 0) continue;
    EXPECT_GT(*reader.scan(1, [](const Record&) { return true; }), 5'000U);
  }
}

}  // namespace
}  // namespace chargemill::runtime::journal
