// A scan whose pages are not in memory is read ahead of; one whose pages are is left alone.
#include "runtime/journal/scan_ahead.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

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

TEST(ScanAhead, ReadsOnOnceAScanHasWaitedForTheDisk) {
  const Folder folder;
  const std::string path = segment(folder);
  forget(path);
  const Outcome alone = scan(path, false);
  if (alone.waited_for < 500) GTEST_SKIP() << "this disk is memory, or forgets nothing";
  forget(path);
  const Outcome helped = scan(path, true);
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
