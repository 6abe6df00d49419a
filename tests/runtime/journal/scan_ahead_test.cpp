// A scan whose pages are not in memory is read ahead of; one whose pages are is left alone. One
// that goes to the end is read ahead of from its beginning.
#include "runtime/journal/scan_ahead.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>

#include "runtime/journal/page_layout.hpp"
#include "runtime/journal/segment_reader.hpp"
#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using test::batch_of;
using test::Folder;

constexpr Sequence kRecords = 40'000;

/// A sealed segment of kRecords records; nobody has it open.
std::string segment(const Folder& folder) {
  auto segment = SegmentWriter::create(folder.path(), {1, 0}, 16 * test::kSmallSegment);
  EXPECT_TRUE(segment);
  for (Sequence n = 1; n <= kRecords; n += 1'000)
    EXPECT_TRUE(segment->write(batch_of(n, n + 999).records));
  EXPECT_TRUE(segment->seal());
  return segment->path();
}

void forget(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_EQ(::fdatasync(file), 0);
  EXPECT_EQ(::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED), 0);
  (void)::close(file);
}

struct Outcome {
  Sequence shown = 0;
  bool was_read_ahead = false;
  long waited_for = 0;  ///< pages, by whoever scans
};

/// All records, with one that watches; `is_helped`: it is told how far the scan has come.
Outcome scan(const std::string& path, bool is_helped) {
  const auto environment = Environment::open(path, Environment::Access::read);
  const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
  const Cursor cursor = open_cursor(*transaction, (*environment)->records());
  const long before = pages_read();
  std::uint64_t sum = 0;
  Outcome outcome;
  ScanAhead ahead{**environment};
  MDB_val key{};
  MDB_val value{};
  while (mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT) == 0) {
    const auto* const at = static_cast<const std::byte*>(value.mv_data);
    if (is_helped) ahead.reach(at);
    outcome.was_read_ahead = outcome.was_read_ahead || ahead.is_reading();
    ++outcome.shown;
    sum += std::to_integer<unsigned>(*at);
  }
  outcome.waited_for = pages_read() - before;
  EXPECT_NE(sum, 0U) << "they were looked at";
  return outcome;
}

/// So often a scan is helped until others have waited for most of its pages: they need a processor.
constexpr int kTries = 5;

TEST(ScanAhead, ReadsOnOnceAScanHasWaitedForTheDisk) {
  const Folder folder;
  const std::string path = segment(folder);
  forget(path);
  const Outcome alone = scan(path, false);
  if (alone.waited_for < 500) GTEST_SKIP() << "this disk is memory, or forgets nothing";
  Outcome helped;
  for (int tries = 0; tries < kTries; ++tries) {
    forget(path);
    helped = scan(path, true);
    if (helped.waited_for < alone.waited_for / 2) break;
  }
  EXPECT_TRUE(helped.was_read_ahead);
  EXPECT_EQ(helped.shown, kRecords);
  EXPECT_LT(helped.waited_for, alone.waited_for / 2) << "others have waited for most of them";
}

TEST(ScanAhead, LeavesAScanAloneThatFindsItsPagesInMemory) {
  const Folder folder;
  const std::string path = segment(folder);
  EXPECT_EQ(scan(path, false).shown, kRecords);
  const Outcome warm = scan(path, true);
  EXPECT_EQ(warm.shown, kRecords);
  EXPECT_FALSE(warm.was_read_ahead);
}

/// How much of a file is in memory, 0 to 1, from byte `from` on.
double cached(const std::string& path, std::size_t from) {
  const auto bytes = static_cast<std::size_t>(bytes_of(path));
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file, 0);
  (void)::close(file);
  std::vector<unsigned char> pages((bytes + PageLayout::kBytes - 1) / PageLayout::kBytes);
  EXPECT_EQ(::mincore(at, bytes, pages.data()), 0);
  (void)::munmap(at, bytes);
  const auto begin = pages.begin() + static_cast<std::ptrdiff_t>(from / PageLayout::kBytes);
  const auto there =
      std::count_if(begin, pages.end(), [](unsigned char c) { return (c & 1) != 0; });
  return static_cast<double>(there) / static_cast<double>(pages.end() - begin);
}

TEST(FileAhead, BringsFilesIntoMemoryEachFromItsPlaceOn) {
  const Folder folder;
  const std::string path = segment(folder);
  const std::string other = folder.path() + "/other";
  std::filesystem::copy_file(path, other);
  const std::size_t half = bytes_of(path) / 2;
  forget(path);
  forget(other);
  const FileAhead ahead{{{folder.path() + "/none", 0}, {path, half}, {other, 0}}};
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (cached(path, half) < 1.0 || cached(other, 0) < 1.0)
    ASSERT_LT(std::chrono::steady_clock::now(), patience);
}
TEST(FileAhead, EndsAtOnceWhereverItIs) {
  const Folder folder;
  const std::string path = segment(folder);
  for (int i = 0; i < 20; ++i) {
    forget(path);
    const FileAhead ahead{std::vector<FileAhead::Part>(200, {path, 0})};
  }
}

TEST(ScanAhead, IsNotNeededByAScanThatGoesToTheEndAndIsReadAheadOfAtOnce) {
  const Folder folder;
  const std::string path = segment(folder);
  forget(path);
  const long alone = scan(path, false).waited_for;
  const auto waited_for = [&](Sequence from) {
    long least = std::numeric_limits<long>::max();
    for (int tries = 0; tries < kTries && least >= alone / 2; ++tries) {
      forget(path);
      auto reader = test::open_reader(folder.path());
      const long before = pages_read();
      Sequence next = from;
      const auto shown = reader.scan(
          from, [&](const Record& record) { return record.sequence == next++; },
          Reader::Extent::all);
      EXPECT_EQ(*shown, kRecords - from + 1);
      least = std::min(least, pages_read() - before);
    }
    return least;
  };
  const long whole = waited_for(1);
  const long rest = waited_for(kRecords / 2);
  if (alone < 500) GTEST_SKIP() << "this disk is memory, or forgets nothing";
  EXPECT_LT(whole, alone / 2) << "others have waited for most of them";
  EXPECT_LT(rest, alone / 2);
}

/// Pages that this thread has had to wait for, ever.
long page_faults() {
  rusage usage{};
  EXPECT_EQ(::getrusage(RUSAGE_THREAD, &usage), 0);
  return usage.ru_majflt;
}
TEST(PostingsAhead, AsksForThePagesOfManyRecordsOfAKeyLongBeforeTheyAreShown) {  // D-175
  constexpr std::uint64_t kMany = 20'000;
  const Folder folder;
  const std::string path = segment(folder);
  forget(path);
  const long alone = scan(path, false).waited_for;
  for (const bool has_successor : {false, true}) {  // through LMDB, and past it
    SCOPED_TRACE(has_successor);
    if (has_successor) {
      ASSERT_TRUE(SegmentWriter::create(folder.path(), {kRecords + 1, 0}, test::kSmallSegment));
    }
    long least = std::numeric_limits<long>::max();
    for (int tries = 0; tries < kTries && least >= alone / 3; ++tries) {
      auto reader = test::open_reader(folder.path());
      forget(path);
      const long before = page_faults();
      Sequence next = kRecords;
      const auto shown = reader.newest(test::producer_key(0), kMany, [&](const Record& record) {
        return record.sequence == next--;
      });
      ASSERT_TRUE(shown) << shown.error().text;
      EXPECT_EQ(*shown, kMany);
      least = std::min(least, page_faults() - before);
    }
    if (alone < 500) continue;  // this disk is memory, or forgets nothing
    EXPECT_LT(least, alone / 3) << "of the half of all pages";
  }
}

/// A segment that grows, whose runs are of two sizes and levels by turns: a large one of level 0,
/// and one that has taken in a small one, and not the large one too. Nobody has it open.
std::string segment_of_many_runs(const Folder& folder) {
  auto segment = SegmentWriter::create(folder.path(), {1, 0}, 16 * test::kSmallSegment);
  EXPECT_TRUE(segment);
  const std::string text(40, 'x');
  Sequence n = 0;
  for (int turn = 0; turn < 15; ++turn) {
    for (const int records : {1'750, 150, 1'000}) {
      test::Batch batch;
      for (int i = 0; i < records; ++i, ++n) {
        Record record;
        record.keys = {PostingKey{n % 1'000}, PostingKey{1'000'000 + n}};
        record.payload = text;
        batch.add(record);
      }
      EXPECT_TRUE(segment->write(batch.records));
    }
  }
  EXPECT_EQ(segment->run_count(), 30U);
  return segment->path();
}
TEST(PostingsAhead, AreAskedForInRunsOfWhateverSizeBeforeTheFirstIsRead) {
  const Folder folder;
  const std::string path = segment_of_many_runs(folder);
  constexpr PostingKey kKey{7};
  const auto waited_for = [&](bool is_foreseen) {
    forget(path);
    const auto environment = Environment::open(path, Environment::Access::read);
    const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
    const SegmentView view{**environment, *transaction, 1, kSequenceMax};
    if (is_foreseen) view.foresee_newest(kKey, 100);
    const long before = page_faults();
    Sequence shown = 0;
    EXPECT_TRUE(view.newest(kKey, [&](const Record&, const std::byte*) { return ++shown != 0; }));
    EXPECT_EQ(shown, 44U) << "every thousandth of 43,500";
    return page_faults() - before;
  };
  const long alone = waited_for(false);
  const long helped = waited_for(true);
  if (alone < 60) GTEST_SKIP() << "this disk is memory, or forgets nothing";
  EXPECT_LT(helped, alone / 10);
}

TEST(ScanAhead, EndsWithAScanThatStopsEarly) {
  const Folder folder;
  const std::string path = segment(folder);
  forget(path);
  auto reader = test::open_reader(folder.path());
  for (const std::uint64_t limit : {std::uint64_t{3}, std::uint64_t{2'000}}) {
    std::uint64_t shown = 0;
    const auto read = reader.scan(1, [&](const Record& record) {
      EXPECT_EQ(record.sequence, ++shown);
      return shown < limit;
    });
    EXPECT_EQ(*read, limit);
  }
}

}  // namespace
}  // namespace chargemill::runtime::journal
