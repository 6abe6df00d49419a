// One segment: written in batches, left, taken up again, sealed, read.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "runtime/journal/page_check.hpp"
#include "runtime/journal/page_finder.hpp"
#include "runtime/journal/record_codec.hpp"
#include "runtime/journal/sealed_file.hpp"
#include "runtime/journal/segment_check.hpp"
#include "runtime/journal/segment_reader.hpp"
#include "runtime/journal/segment_writer.hpp"
#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using test::Batch;
using test::batch_of;
using test::Folder;
using test::kSmallSegment;
using test::text_of;

/// The numbers of the records that bear `key`, as the segment's postings say.
std::vector<Sequence> found(const std::string& path, Sequence first, PostingKey key) {
  std::vector<Sequence> result;
  const auto environment = Environment::open(path, Environment::Access::read);
  const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
  const SegmentView view{**environment, *transaction, first, kSequenceMax};
  const auto shown = view.newest(key, [&](const Record& record, const std::byte*) {
    result.push_back(record.sequence);
    return true;
  });
  EXPECT_TRUE(shown) << shown.error().text;
  return result;
}

TEST(Segment, ShowsWhatWasCommittedAlsoWhileItGrows) {
  const Folder folder;
  auto segment = SegmentWriter::create(folder.path(), {1, 0}, kSmallSegment);
  ASSERT_TRUE(segment) << segment.error().text;
  ASSERT_TRUE(segment->write(batch_of(1, 10).records));
  ASSERT_TRUE(segment->write(batch_of(11, 30).records));
  EXPECT_EQ(segment->next(), 31U);
  EXPECT_EQ(found(segment->path(), 1, test::point_key(7)), (std::vector<Sequence>{7}));
  EXPECT_EQ(found(segment->path(), 1, test::producer_key(0)).size(), 30U);
  EXPECT_EQ(found(segment->path(), 1, test::producer_key(0)).front(), 30U) << "newest first";
  EXPECT_TRUE(found(segment->path(), 1, PostingKey{12'345}).empty());
}

TEST(Segment, IsItsWritersAlsoIfAReaderOfTheSameProcessSeesItFirst) {
  const Folder folder;
  for (Sequence first = 1; first <= 30; ++first) {
    const std::string path = path_of(folder.path(), {first, 0});
    std::atomic<bool> is_made{false};
    std::thread reader{[&] {
      // relaxed: only ends the watch; what is read is a file.
      while (!std::filesystem::exists(path) && !is_made.load(std::memory_order_relaxed)) {
      }
      EXPECT_TRUE(Environment::open(path, Environment::Access::read));
    }};
    auto segment = SegmentWriter::create(folder.path(), {first, 0}, kSmallSegment);
    is_made.store(true, std::memory_order_relaxed);  // relaxed: only ends the reader's watch
    reader.join();
    ASSERT_TRUE(segment) << segment.error().text;
    EXPECT_TRUE(segment->write(batch_of(first, first).records));
  }
}

/// A segment that is written at random and taken up again at random, and what must be found in it.
struct AnySegment {
  std::mt19937 random;
  Sequence next = 1;
  std::map<PostingKey, std::vector<Sequence>> expected;  // newest last

  Batch batch(std::size_t size) {
    Batch result;
    for (; size > 0; --size, ++next) {
      Record record;
      for (std::uint64_t keys = random() % 3; keys > 0; --keys) {
        const PostingKey key{keys * 1'000 + random() % 40};
        record.keys.push_back(key);
        expected[key].push_back(next);
      }
      result.add(record);
    }
    return result;
  }
};

/// Of segment 1; null unless it is sealed with one run.
std::unique_ptr<SealedFile> sealed_file(const std::string& path) {
  return std::move(SealedFile::open_all({{path, 1, kSequenceMax}}).front());
}

TEST(Segment, FindsByEveryKeyWhateverTheBatchesAndHoweverOftenItIsTakenUpAgain) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Folder folder;
    AnySegment any{std::mt19937{seed}, 1, {}};
    auto begun = SegmentWriter::create(folder.path(), {1, 0}, 8 * kSmallSegment);
    ASSERT_TRUE(begun);
    std::optional<SegmentWriter> segment{std::move(*begun)};
    for (int commit = 0; commit < 120; ++commit) {
      ASSERT_TRUE(
          segment->write(any.batch(1 + any.random() % (commit % 9 == 0 ? 200 : 5)).records));
      if (any.random() % 25 != 0) continue;
      segment.reset();
      auto again = SegmentWriter::resume(folder.path(), {1, 0});
      ASSERT_TRUE(again && *again);
      segment = std::move(*again);
      ASSERT_EQ(segment->next(), any.next);
    }
    ASSERT_LE(segment->run_count(), 30U);
    ASSERT_TRUE(segment->seal());
    for (auto& [key, sequences] : any.expected) {
      std::reverse(sequences.begin(), sequences.end());
      ASSERT_EQ(found(segment->path(), 1, key), sequences);
    }
    ASSERT_TRUE(sealed_file(segment->path())) << "which is checked too";
    const auto environment = Environment::open(segment->path(), Environment::Access::read);
    const auto checked = check_segment(**environment, 1, kSequenceMax);
    ASSERT_TRUE(checked) << checked.error().text;
    ASSERT_EQ(*checked, any.next - 1);
    ASSERT_TRUE(check_pages(segment->path()));
  }
}
/// A sealed segment of 3,000 records with one run of all postings; its path.
std::string sealed_segment(const Folder& folder) {
  auto segment = SegmentWriter::create(folder.path(), {1, 0}, 4 * kSmallSegment);
  EXPECT_TRUE(segment);
  for (Sequence n = 1; n <= 3'000; n += 100)
    EXPECT_TRUE(segment->write(batch_of(n, n + 99).records));
  EXPECT_TRUE(segment->seal());
  return segment->path();
}
TEST(Segment, KnowsThePageOfEveryRecordOnceItIsSealed) {
  const Folder folder;
  const std::string path = sealed_segment(folder);
  const auto file = sealed_file(path);
  ASSERT_TRUE(file);
  const auto environment = Environment::open(path, Environment::Access::read);
  const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
  const PageFinder pages{**environment, *transaction};
  const SealedRun& run = file->run();
  const auto places = run.places({0, run.count()});
  ASSERT_TRUE(places);
  ASSERT_EQ(places->size(), 6'000U);
  for (const SealedRun::Place place : *places) {
    const Bytes bytes = pages.map().record(place.page, run.sequence(place));
    EXPECT_TRUE(decode_record(bytes.at, bytes.count, run.sequence(place)));
    EXPECT_EQ(pages.map().record(place.page, 3'001).at, nullptr) << "no such record";
  }
  for (std::uint64_t page = 0; page < 10'000; ++page)
    EXPECT_EQ(pages.map().record(page, 3'001).at, nullptr) << "whatever the page";
}
TEST(Segment, FindsItsRecordsAlsoWhereTheNotedPagesAreWrong) {
  const Folder folder;
  const std::string path = sealed_segment(folder);
  ASSERT_TRUE(SegmentWriter::create(folder.path(), {3'001, 0}, kSmallSegment)) << "it has ended";
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  // With version, level and count; the hint has them before.
  const std::size_t run = bytes.rfind(std::string{"\2\17\0\0", 4} + std::string{"\x70\x17\0\0", 4});
  ASSERT_NE(run, std::string::npos);
  const std::size_t places =
      run + RunLayout::bytes(6'000, RunLayout::kVersionWithPages) - 6'000 * 8;
  std::mt19937 random{7};
  for (std::size_t i = 0; i < 6'000; ++i) {
    const auto page = static_cast<std::uint32_t>(i % 3 == 0 ? random() : random() % 500);
    std::memcpy(&bytes[places + i * 8 + RunLayout::kPage], &page, sizeof page);
  }
  file.clear();
  file.seekp(0);
  file << bytes << std::flush;
  ASSERT_TRUE(sealed_file(path));
  Sequence next = 3'000;
  const auto shown = test::open_reader(folder.path())
                         .newest(test::producer_key(0), kSequenceMax, [&](const Record& record) {
                           EXPECT_EQ(record.sequence, next);
                           return record.sequence == next--;
                         });
  ASSERT_TRUE(shown) << shown.error().text;
  EXPECT_EQ(*shown, 3'000U);
}
TEST(Segment, IsNotTakenUpAgainOnceItIsSealed) {
  const Folder folder;
  {
    auto segment = SegmentWriter::create(folder.path(), {5, 0}, kSmallSegment);
    ASSERT_TRUE(segment);
    ASSERT_TRUE(segment->write(batch_of(1, 3).records));
    ASSERT_TRUE(segment->seal());
  }
  const auto again = SegmentWriter::resume(folder.path(), {5, 0});
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
}
// As one finds it who may read what another user has written.
TEST(Segment, ThatIsShutByItsLockSaysSo) {
  const Folder folder;
  const std::string path = path_of(folder.path(), {1, 0});
  ASSERT_TRUE(SegmentWriter::create(folder.path(), {1, 0}, kSmallSegment));
  std::filesystem::remove(path + "-lock");
  std::filesystem::create_directory(path + "-lock");  // which root may not write either
  const auto shut = Environment::open(path, Environment::Access::read);
  ASSERT_FALSE(shut);
  EXPECT_EQ(shut.error().text, "cannot write, as readers must, " + path + "-lock: Is a directory");
  std::filesystem::remove(path + "-lock");
  EXPECT_TRUE(Environment::open(path, Environment::Access::read));
}
TEST(Segment, RefusesAFileWhoseHeadIsOfAnotherSegment) {
  const Folder folder;
  { ASSERT_TRUE(SegmentWriter::create(folder.path(), {5, 0}, kSmallSegment)); }
  std::filesystem::rename(path_of(folder.path(), {5, 0}), path_of(folder.path(), {6, 0}));
  const auto renamed = SegmentWriter::resume(folder.path(), {6, 0});
  ASSERT_FALSE(renamed);
  EXPECT_EQ(renamed.error().kind, ErrorKind::environment);
}
/// Puts an entry into a table of a segment in the place of the one that is there.
void put(const std::string& path, MDB_dbi (Environment::*table)() const noexcept,
         std::string_view name, std::string value) {
  const auto environment = Environment::open(path, Environment::Access::write);
  auto transaction = Transaction::begin(**environment, 0);
  MDB_val key{name.size(), const_cast<char*>(name.data())};
  MDB_val data{value.size(), value.data()};
  EXPECT_EQ(mdb_put(transaction->get(), ((**environment).*table)(), &key, &data, 0), 0);
  EXPECT_EQ(transaction->commit(), 0);
}
TEST(Segment, OfALaterVersionIsNotCalledDamaged) {
  const Folder folder;
  const std::string path = path_of(folder.path(), {1, 0});
  {
    auto segment = SegmentWriter::create(folder.path(), {1, 0}, kSmallSegment);
    ASSERT_TRUE(segment && segment->write(batch_of(1, 3).records));
  }
  const auto problem_of_reading = [&folder] {
    const auto read = test::open_reader(folder.path()).scan(1, [](const Record&) { return true; });
    return read ? std::string{} : read.error().text;
  };
  ASSERT_EQ(problem_of_reading(), "");
  const Sequence second = 2;
  auto batch = batch_of(2, 2);
  auto& record = batch.bytes.front();
  record[RecordLayout::kVersionAt] = std::byte{RecordLayout::kVersion + 1};
  seal_record(record.data(), batch.records.front().size, second);
  put(path, &Environment::records, {reinterpret_cast<const char*>(&second), sizeof second},
      {reinterpret_cast<const char*>(record.data()), batch.records.front().size});
  EXPECT_NE(problem_of_reading().find("record 2 was written by a later version"), std::string::npos)
      << problem_of_reading();
  std::string head = encode_head(1);
  head[HeadLayout::kVersionAt] = static_cast<char>(HeadLayout::kVersion + 1);
  put(path, &Environment::main, "head", head);
  const auto again = SegmentWriter::resume(folder.path(), {1, 0});
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().text.find("written by a later version"), std::string::npos)
      << again.error().text;
}
/// A segment of 30 records that was left without a seal, record n of microsecond n; its path.
/// `early`: what it said of itself after the first ten.
std::string left_segment(const Folder& folder, std::string* early = nullptr) {
  auto segment = SegmentWriter::create(folder.path(), {1, 0}, kSmallSegment);
  EXPECT_TRUE(segment && segment->write(batch_of(1, 10).records));
  if (early != nullptr) {
    const auto environment = Environment::open(segment->path(), Environment::Access::read);
    const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
    *early = encode_so_far(read_so_far(**environment, *transaction).value());
  }
  EXPECT_TRUE(segment->write(batch_of(11, 30).records));
  return segment->path();
}
/// Spoils record `n` wherever the file has it.
void damage_record(const std::string& path, Sequence n) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  ASSERT_GT(test::damage(bytes, text_of(0, n)), 0U);
  file.clear();
  file.seekp(0);
  file << bytes << std::flush;
  EXPECT_TRUE(check_pages(path)) << "the pages are sound, the record is not";
}
/// Replaces what a segment says of itself; an empty `text`: it says nothing.
void say(const std::string& path, const std::string& text) {
  const auto environment = Environment::open(path, Environment::Access::write);
  auto transaction = Transaction::begin(**environment, 0);
  std::string name = "sofar";
  std::string said = text;
  MDB_val key{name.size(), name.data()};
  MDB_val value{said.size(), said.data()};
  const MDB_dbi main = (*environment)->main();
  EXPECT_EQ(text.empty() ? mdb_del(transaction->get(), main, &key, nullptr)
                         : mdb_put(transaction->get(), main, &key, &value, 0),
            0);
  EXPECT_EQ(transaction->commit(), 0);
}
/// What is wrong with a segment for who goes on with it; "": nothing.
std::string problem_of_going_on(const Folder& folder) {
  const auto again = SegmentWriter::resume(folder.path(), {1, 0});
  return again ? "" : again.error().text;
}

TEST(Segment, SaysHowFarItIsSoThatWhoeverGoesOnNeedNotReadItAll) {
  const Folder folder;
  const std::string path = left_segment(folder);
  damage_record(path, 17);
  {
    auto again = SegmentWriter::resume(folder.path(), {1, 0});
    ASSERT_TRUE(again && *again) << "record 17 was not looked at";
    EXPECT_EQ((*again)->next(), 31U);
    EXPECT_EQ((*again)->time_max(), Micros{30});
    EXPECT_EQ((*again)->time_span(), Micros{29});
    EXPECT_TRUE((*again)->write(batch_of(31, 40).records));
  }
  auto reader = test::open_reader(folder.path());
  Sequence shown = 0;
  const auto read = reader.scan(1, [&](const Record& record) {
    shown = record.sequence;
    return true;
  });
  EXPECT_EQ(shown, 16U);
  ASSERT_FALSE(read) << "whoever reads it is told";
  EXPECT_NE(read.error().text.find("record 17 is damaged"), std::string::npos) << read.error().text;
}
TEST(Segment, IsReadFromEndToEndWhereItsWordIsNotOfAllItsRecords) {
  std::string early;
  std::string spoiled;
  std::string later;
  {
    const Folder folder;
    left_segment(folder, &early);
    spoiled = later = early;
    spoiled[SoFarLayout::kCount] = 30;  // its checksum is not of that
    later[0] = 2;                       // of a version to come
  }
  for (const std::string& text : {std::string{}, early, spoiled, later}) {
    SCOPED_TRACE(testing::Message() << text.size() << " bytes");
    const Folder folder;
    const std::string path = left_segment(folder);
    say(path, text);
    {
      auto again = SegmentWriter::resume(folder.path(), {1, 0});
      ASSERT_TRUE(again && *again);
      EXPECT_EQ((*again)->next(), 31U);
      EXPECT_EQ((*again)->time_span(), Micros{29});
    }
    damage_record(path, 17);
    EXPECT_NE(problem_of_going_on(folder).find("record 17 is damaged"), std::string::npos)
        << problem_of_going_on(folder);
  }
}
TEST(Segment, DoesNotGoOnBehindALastRecordThatIsDamaged) {
  const Folder folder;
  damage_record(left_segment(folder), 30);
  EXPECT_NE(problem_of_going_on(folder).find("record 30 is damaged"), std::string::npos)
      << problem_of_going_on(folder);
}
TEST(Segment, IsSealedAsIfItHadNeverBeenLeft) {
  const Folder folder;
  const std::string path = left_segment(folder);
  auto again = SegmentWriter::resume(folder.path(), {1, 0});
  ASSERT_TRUE(again && *again);
  ASSERT_TRUE((*again)->write(batch_of(31, 40).records));
  ASSERT_TRUE((*again)->seal());
  const auto environment = Environment::open(path, Environment::Access::read);
  const auto checked = check_segment(**environment, 1, kSequenceMax);
  ASSERT_TRUE(checked) << checked.error().text;
  EXPECT_EQ(*checked, 40U);
  const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
  const auto seal = read_seal(**environment, *transaction);
  ASSERT_TRUE(seal && *seal);
  EXPECT_EQ((*seal)->time_max, Micros{40});
}

}  // namespace
}  // namespace chargemill::runtime::journal
