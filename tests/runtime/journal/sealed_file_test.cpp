// A sealed segment read without LMDB, against what LMDB finds in it.
#include "runtime/journal/sealed_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "runtime/base/crc32c.hpp"
#include "runtime/journal/segment_check.hpp"
#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using test::batch_of;
using test::Folder;
using test::kSmallSegment;

constexpr Sequence kRecords = 3'000;

/// A segment of kRecords records in 30 commits; its path.
std::string segment(const Folder& folder, bool is_sealed = true) {
  auto segment = SegmentWriter::create(folder.path(), {1, 0}, 4 * kSmallSegment);
  EXPECT_TRUE(segment);
  for (Sequence n = 1; n <= kRecords; n += 100)
    EXPECT_TRUE(segment->write(batch_of(n, n + 99).records));
  EXPECT_TRUE(!is_sealed || segment->seal());
  return segment->path();
}
std::unique_ptr<SealedFile> open(const std::string& path, Sequence first = 1,
                                 Sequence last_max = kSequenceMax) {
  auto opened = SealedFile::open_all({{path, first, last_max}});
  return std::move(opened.front());
}
std::string bytes_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}
void write(const std::string& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}
/// What it shows, and what it leaves to others.
struct Answer {
  std::vector<Sequence> shown;
  std::vector<Sequence> left;
};
Answer newest(const SealedFile& file, PostingKey key) {
  Answer answer;
  const auto visit = [&](const Record& record, const std::byte*) {
    answer.shown.push_back(record.sequence);
    return true;
  };
  const auto otherwise = [&](Sequence sequence) {
    answer.left.push_back(sequence);
    return Result<bool>{true};
  };
  EXPECT_TRUE(file.newest(key, visit, otherwise));
  return answer;
}

TEST(SealedFile, ShowsEveryRecordOfAKeyNewestFirst) {
  const Folder folder;
  const auto file = open(segment(folder));
  ASSERT_TRUE(file);
  std::vector<Sequence> all(kRecords);
  for (Sequence n = 0; n < kRecords; ++n) all[n] = kRecords - n;
  EXPECT_EQ(newest(*file, test::producer_key(0)).shown, all);
  for (Sequence n = 1; n <= kRecords; n += 7)
    EXPECT_THAT(newest(*file, test::point_key(n)).shown, testing::Contains(n));
  const auto none = newest(*file, PostingKey{12'345});
  EXPECT_TRUE(none.shown.empty() && none.left.empty());
}
TEST(SealedFile, StopsWhenItIsToldTo) {
  const Folder folder;
  const auto file = open(segment(folder));
  ASSERT_TRUE(file);
  std::uint64_t seen = 0;
  const auto stopped = file->newest(
      test::producer_key(0), [&](const Record&, const std::byte*) { return ++seen < 5; },
      [](Sequence) { return Result<bool>{true}; });
  ASSERT_TRUE(stopped);
  EXPECT_FALSE(*stopped);
  EXPECT_EQ(seen, 5U);
}
/// The page and the bytes of the run of a sealed file.
std::pair<std::uint32_t, std::uint64_t> place_of_run(const std::string& file) {
  std::uint32_t page = 0;
  std::uint64_t bytes = 0;
  std::memcpy(&page, file.data() + 2'048 + 8, sizeof page);
  std::memcpy(&bytes, file.data() + 2'048 + 16, sizeof bytes);
  return {page, bytes};
}
TEST(SealedFile, IsToldAsItsFormatSays) {  // FORMAT.md
  const Folder folder;
  const std::string file = bytes_of(segment(folder));
  const std::string hint = file.substr(2'048, 564);
  EXPECT_EQ(hint.substr(0, 8), (std::string{"CMJH\1\0\0\0", 8}));
  const auto [page, bytes] = place_of_run(file);
  EXPECT_EQ(bytes, RunLayout::bytes(2 * kRecords, RunLayout::kVersionWithPages));
  EXPECT_EQ(hint.substr(24, 536), file.substr(page * std::size_t{4'096} + 16, 536));
  std::uint32_t crc = 0;
  std::memcpy(&crc, hint.data() + 560, sizeof crc);
  EXPECT_EQ(crc, crc32c(hint.data(), 560));
}
// It is written piece by piece, where a commit of LMDB's would write all of it at once.
TEST(SealedFile, HasItsRunBehindAllThatLMDBHasTaken) {
  const Folder folder;
  const std::string path = segment(folder);
  const std::string file = bytes_of(path);
  const auto [page, bytes] = place_of_run(file);
  const auto environment = Environment::open(path, Environment::Access::read);
  EXPECT_GT(page, (*environment)->last_page());
  EXPECT_LE(page, (*environment)->last_page() + 9) << "but near";
  EXPECT_EQ(file.size(), (page + (16 + bytes + 4'095) / 4'096) * 4'096);
}
TEST(SealedFile, IsHeldAgainstItsRecordsByWhoeverChecks) {
  const Folder folder;
  const std::string path = segment(folder);
  const auto check = [&] {
    const auto environment = Environment::open(path, Environment::Access::read);
    const auto checked = check_segment(**environment, 1, kSequenceMax);
    return checked ? "" : checked.error().text;
  };
  EXPECT_EQ(check(), "");
  std::string file = bytes_of(path);
  const auto [page, bytes] = place_of_run(file);
  const std::size_t end = page * std::size_t{4'096} + 16 + bytes;
  file[end - 8] = static_cast<char>(file[end - 8] ^ 1);  // which record its last posting means
  write(path, file);
  ASSERT_TRUE(open(path));
  EXPECT_THAT(check(), testing::HasSubstr("its postings are not those of its records"));
}
TEST(SealedFile, IsThereOnlyWithAWholeHint) {
  const Folder folder;
  const std::string path = segment(folder);
  const std::string sound = bytes_of(path);
  for (std::size_t at = 0; at < HintLayout::kBytes; ++at) {
    std::string damaged = sound;
    damaged[HintLayout::kAt + at] = static_cast<char>(damaged[HintLayout::kAt + at] ^ 1);
    write(path, damaged);
    ASSERT_FALSE(open(path)) << "byte " << at;
  }
  // Half a hint, as a power cut may leave it.
  write(path, sound.substr(0, HintLayout::kAt + 512) + std::string(512, '\0') +
                  sound.substr(HintLayout::kAt + 1'024));
  EXPECT_FALSE(open(path));
  write(path, sound.substr(0, HintLayout::kAt + 100));
  EXPECT_FALSE(open(path)) << "the file ends in it";
  write(path, sound);
  EXPECT_TRUE(open(path));
}
TEST(SealedFile, IsThereOnlyIfItsRunIsInTheFileAndOfTheseRecords) {
  const Folder folder;
  const std::string path = segment(folder);
  EXPECT_FALSE(open(path, 2)) << "of another segment";
  EXPECT_FALSE(open(path, 1, kRecords - 1)) << "records that do not count";
  EXPECT_FALSE(open(folder.path() + "/missing"));
  const std::string sound = bytes_of(path);
  write(path, sound.substr(0, sound.size() / 2));
  EXPECT_FALSE(open(path)) << "cut off";
  write(path, sound);
  EXPECT_TRUE(open(path, 1, kRecords));
}
TEST(SealedFile, IsNotThereWhileTheSegmentGrows) {
  const Folder folder;
  EXPECT_FALSE(open(segment(folder, false)));
}
TEST(SealedFile, LeavesARecordToOthersThatIsNotWhereItShouldBe) {
  const Folder folder;
  const std::string path = segment(folder);
  std::string bytes = bytes_of(path);
  EXPECT_GT(test::damage(bytes, test::text_of(0, 17)), 0U);
  write(path, bytes);
  const auto file = open(path);
  ASSERT_TRUE(file);
  const auto answer = newest(*file, test::producer_key(0));
  EXPECT_EQ(answer.left, std::vector<Sequence>{17});
  EXPECT_EQ(answer.shown.size(), kRecords - 1);
}
TEST(SealedFile, AsksForNoMoreThanWillBeShown) {
  const Folder folder;
  const auto file = open(segment(folder));
  ASSERT_TRUE(file);
  const std::vector<const SealedFile*> twice{file.get(), file.get()};
  EXPECT_EQ(foresee_newest(twice, test::point_key(7), 100), 2U);
  EXPECT_EQ(foresee_newest(twice, test::producer_key(0), 100), 0U) << "the first has so many";
  EXPECT_EQ(foresee_newest(twice, test::producer_key(0), kRecords + 1), 1U);
  EXPECT_EQ(foresee_newest({}, test::producer_key(0), 100), 0U);
}

}  // namespace
}  // namespace chargemill::runtime::journal
