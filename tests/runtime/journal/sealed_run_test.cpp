// A run searched in its file, against the same run searched in memory; and the file itself.
#include "runtime/journal/sealed_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <fstream>
#include <random>
#include <string>

#include "runtime/journal/page_layout.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using test::Folder;
using Access = FilePieces::Access;

constexpr std::uint32_t kPage = 3;  // where the run begins
constexpr Sequence kFirst = 1'000;

/// A run in memory and in a file.
struct AnyRun {
  std::vector<std::byte> bytes;
  std::string path;
  RunHint hint;

  /// Of `count` postings of keys from 1 to `keys`.
  AnyRun(const Folder& folder, unsigned seed, std::uint32_t count, std::uint64_t keys)
      : bytes(RunLayout::bytes(count, RunLayout::kVersionWithPages)), path(folder.path() + "/run") {
    std::mt19937 random{seed};
    std::vector<Posting> postings;
    std::vector<std::uint32_t> pages{0};  // one more: of none there is no address
    for (std::uint32_t i = 0; i < count; ++i) {
      postings.push_back({PostingKey{1 + random() % keys}, i});
      pages.push_back(static_cast<std::uint32_t>(random() % 1'000));
    }
    std::vector<Posting> scratch;
    sort_by_key(postings, scratch);
    RunEncoder encoder{count, 2, kFirst, kFirst + count, bytes.data(), pages.data()};
    for (const Posting& posting : postings) encoder.add(posting);
    std::ofstream file{path, std::ios::binary};
    file << std::string(kPage * PageLayout::kBytes + PageLayout::kHeader, '\0');
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    hint.page = kPage;
    hint.bytes = bytes.size();
    std::copy_n(bytes.begin(), hint.head.size(), hint.head.begin());
  }
};

void expect_same_answers(const SealedRun& run, const RunView& view, PostingKey key) {
  SealedRun::Keys keys;
  ASSERT_EQ(run.end_of(key, keys), view.end_of(key));
  for (const std::uint64_t limit : {1U, 100U, 2'000U}) {
    const auto wanted = view.newest_of(key, limit);
    const auto range = run.newest_before(wanted.end, key, limit, keys);
    ASSERT_TRUE(range);
    ASSERT_EQ(range->begin, wanted.begin);
    const auto places = run.places(*range);
    ASSERT_TRUE(places);
    for (std::uint32_t i = range->begin; i < range->end; ++i) {
      ASSERT_EQ((*places)[i - range->begin].offset, view.offset(i));
      ASSERT_EQ((*places)[i - range->begin].page, view.page(i));
    }
  }
  for (const Sequence from : {Sequence{1}, kFirst + view.count() / 2, kFirst + view.count() + 1})
    ASSERT_EQ(run.count_from(key, from), view.count_from(key, from)) << from;
}

TEST(SealedRun, AnswersAsTheSameRunInMemory) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const Folder folder;
    std::mt19937 random{seed};
    // Few keys fill blocks of their own, many share one; 40,000 have more fences than coarse ones.
    const std::uint32_t counts[] = {0, 1, 511, 512, 513, 5'000, 40'000};
    const std::uint64_t keys = 1 + random() % (seed % 2 == 0 ? 3 : 3'000);
    const AnyRun any{folder, seed, counts[seed % 7], keys};
    const auto view = RunView::over({any.bytes.data(), any.bytes.size()});
    ASSERT_TRUE(view);
    for (const Access access : {Access::descriptor, Access::mapping}) {
      const auto file = FilePieces::open(any.path, access);
      ASSERT_TRUE(file);
      ASSERT_EQ(file->access(), access);
      const auto run = SealedRun::in(*file, any.hint);
      ASSERT_TRUE(run);
      ASSERT_EQ(run->first(), view->first());
      ASSERT_EQ(run->last(), view->last());
      for (const std::uint64_t key : {std::uint64_t{0}, std::uint64_t{1}, keys, keys + 1,
                                      1 + random() % keys, 1 + random() % keys})
        expect_same_answers(*run, *view, PostingKey{key});
    }
  }
}
TEST(SealedRun, ShowsAllThatItHasInOrder) {
  const Folder folder;
  const AnyRun any{folder, 7, 3'000, 40};
  const auto view = RunView::over({any.bytes.data(), any.bytes.size()});
  const auto file = FilePieces::open(any.path, Access::descriptor);
  std::uint32_t i = 0;
  ASSERT_TRUE(SealedRun::in(*file, any.hint)->each([&](PostingKey key, Sequence sequence) {
    EXPECT_EQ(key, view->key(i));
    EXPECT_EQ(sequence, view->sequence(i++));
  }));
  EXPECT_EQ(i, 3'000U);
}
TEST(SealedRun, IsThereOnlyIfAllOfItIsInTheFile) {
  const Folder folder;
  const AnyRun any{folder, 1, 1'000, 40};
  const auto file = FilePieces::open(any.path, Access::descriptor);
  EXPECT_TRUE(SealedRun::in(*file, any.hint));
  RunHint hint = any.hint;
  ++hint.bytes;
  EXPECT_FALSE(SealedRun::in(*file, hint)) << "not the size of so many postings";
  hint = any.hint;
  hint.page = kPage + 1;
  EXPECT_FALSE(SealedRun::in(*file, hint)) << "the file ends before";
  hint.page = ~std::uint32_t{0};
  EXPECT_FALSE(SealedRun::in(*file, hint));
  hint = any.hint;
  hint.head[RunLayout::kVersionAt] = std::byte{RunLayout::kVersion};
  EXPECT_FALSE(SealedRun::in(*file, hint)) << "it would not know the pages";
}
// A mapping would end the process.
TEST(SealedRun, SaysSoWhenItsFileHasBecomeShorter) {
  const Folder folder;
  const AnyRun any{folder, 1, 1'000, 40};
  const auto file = FilePieces::open(any.path, Access::descriptor);
  const auto run = SealedRun::in(*file, any.hint);
  ASSERT_TRUE(run);
  ASSERT_EQ(::truncate(any.path.c_str(), kPage * PageLayout::kBytes), 0);
  SealedRun::Keys keys;
  const auto end = run->end_of(PostingKey{7}, keys);
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().text, testing::HasSubstr(any.path + ": has become shorter"));
  EXPECT_FALSE(run->count_from(PostingKey{7}, 1));
  EXPECT_FALSE(run->places({0, 10}));
}
TEST(FilePieces, ReadsWhatLiesThereAndNothingBeyondItsEnd) {
  const Folder folder;
  const std::string path = folder.path() + "/file";
  std::ofstream{path} << "0123456789";
  for (const Access access : {Access::descriptor, Access::mapping}) {
    const auto file = FilePieces::open(path, access);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->bytes(), 10U);
    char to[4] = {};
    file->foresee(2, 3);
    ASSERT_TRUE(file->read(2, 3, to));
    EXPECT_STREQ(to, "234");
    EXPECT_TRUE(file->read(10, 0, to));
    EXPECT_FALSE(file->read(8, 3, to));
    EXPECT_FALSE(file->read(~std::uint64_t{0}, 3, to));
    file->foresee(10, 4'096);
    file->foresee(~std::uint64_t{0}, 1);
  }
}
TEST(FilePieces, AreNotThereOfNoFileOrAnEmptyOne) {
  const Folder folder;
  EXPECT_FALSE(FilePieces::open(folder.path() + "/missing", Access::descriptor));
  std::ofstream{folder.path() + "/empty"}.flush();
  EXPECT_FALSE(FilePieces::open(folder.path() + "/empty", Access::descriptor));
  EXPECT_FALSE(FilePieces::open(folder.path() + "/empty", Access::mapping));
}

}  // namespace
}  // namespace chargemill::runtime::journal
