// The chain of segments, without the journal's thread and queues.
#include "runtime/journal/segment_chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "runtime/journal/sealed_file.hpp"
#include "runtime/journal/segment_file.hpp"
#include "runtime/journal/segment_reader.hpp"
#include "tests/runtime/journal/batch.hpp"
#include "tests/runtime/journal/story.hpp"

namespace chargemill::runtime::journal {
namespace {

using test::Batch;
using test::batch_of;
using test::Folder;
using test::kSmallSegment;
using test::leave;

ChainOptions options_for(const Folder& folder) {
  ChainOptions options;
  options.directory = folder.path();
  options.segment_bytes = kSmallSegment;
  return options;
}
/// Writes the records from next() to `upto` at once; how often it failed before it succeeded.
unsigned tries_until_written(SegmentChain& chain, Sequence upto) {
  const auto batch = batch_of(chain.next(), upto);
  unsigned failed = 0;
  for (; failed < 3; ++failed) {
    const Sequence before = chain.next();
    const auto written = chain.write(batch.records);
    if (written) break;
    EXPECT_NE(written.error().text.find("MDB_MAP_FULL"), std::string::npos) << written.error().text;
    EXPECT_EQ(chain.next(), before);
  }
  EXPECT_EQ(chain.next(), upto + 1);
  return failed;
}

TEST(SegmentChain, WritesABatchThatFoundTheMapFullIntoTheNextSegmentOnce) {
  const Folder folder;
  {
    auto chain = SegmentChain::open(options_for(folder));
    ASSERT_TRUE(chain);
    // Twelve times what a journal writes at once into such a segment.
    unsigned failures = 0;
    for (Sequence n = 3'000; n <= 30'000; n += 3'000) failures += tries_until_written(*chain, n);
    EXPECT_GE(failures, 2U) << "the map was full";
  }
  EXPECT_EQ(test::tally_of(folder.path(), 1).upto[0], 30'000U);
  auto again = SegmentChain::open(options_for(folder));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->next(), 30'001U);
}
TEST(SegmentChain, SealsWhatIsFullWithOneRunOfAllPostings) {
  const Folder folder;
  {
    auto chain = SegmentChain::open(options_for(folder));
    ASSERT_TRUE(chain);
    while (chain->next() < 30'000)
      ASSERT_TRUE(chain->write(batch_of(chain->next(), chain->next() + 99).records));
    EXPECT_FALSE(chain->take_failure());
  }
  auto names = *list_segments(folder.path());
  ASSERT_GT(names.size(), 3U);
  names.pop_back();  // it grows
  for (const SegmentName name : names) {
    const auto environment =
        Environment::open(path_of(folder.path(), name), Environment::Access::read);
    const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
    const auto seal = read_seal(**environment, *transaction);
    ASSERT_TRUE(seal && *seal);
    const auto file =
        SealedFile::open_all({{path_of(folder.path(), name), name.first, kSequenceMax}});
    ASSERT_TRUE(file.front());
    EXPECT_EQ(file.front()->run().count(), 2 * (*seal)->count);
  }
}
std::optional<Seal> seal_of(const Folder& folder, Sequence first) {
  const auto environment =
      Environment::open(path_of(folder.path(), {first, 0}), Environment::Access::read);
  const auto transaction = Transaction::begin(**environment, MDB_RDONLY);
  return *read_seal(**environment, *transaction);
}
TEST(SegmentChain, SealsWhatAKilledWriterLeftWholeAndNothingElse) {
  const Folder folder;
  leave(folder.path(), 1, 200);
  leave(folder.path(), 201, 400);
  leave(folder.path(), 401, 640);  // its commit of the last 40 failed: they were written again
  leave(folder.path(), 601, 700);
  {
    auto chain = SegmentChain::open(options_for(folder));
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->next(), 701U) << "which it does not wait with";
    ASSERT_TRUE(chain->write(batch_of(701, 710).records));
    EXPECT_FALSE(chain->take_failure());
  }
  for (const Sequence first : {1U, 201U}) {
    const auto seal = seal_of(folder, first);
    ASSERT_TRUE(seal) << first;
    EXPECT_EQ(seal->count, 200U);
    EXPECT_EQ(seal->time_max, Micros{static_cast<std::int64_t>(first + 199)});
  }
  EXPECT_FALSE(seal_of(folder, 401)) << "its manifest would count what does not count";
  EXPECT_FALSE(seal_of(folder, 601)) << "it grows";
  EXPECT_EQ(test::tally_of(folder.path(), 1).upto[0], 710U);
}
TEST(SegmentChain, GoesOnThoughASegmentThatWasLeftCannotBeSealed) {
  const Folder folder;
  leave(folder.path(), 1, 200);
  leave(folder.path(), 201, 300);
  test::spoil(path_of(folder.path(), {1, 0}), 17);
  auto chain = SegmentChain::open(options_for(folder));
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->next(), 301U);
  std::optional<Error> why;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (!why && std::chrono::steady_clock::now() < patience) why = chain->take_failure();
  ASSERT_TRUE(why);
  EXPECT_NE(why->text.find("record 17 is damaged"), std::string::npos) << why->text;
  ASSERT_TRUE(chain->write(batch_of(301, 310).records));
}
/// Goes on until so many more segments have been begun.
void begin_more(SegmentChain& chain, std::uint64_t segments) {
  const std::uint64_t upto = chain.begun() + segments;
  while (chain.begun() < upto)
    ASSERT_TRUE(chain.write(batch_of(chain.next(), chain.next() + 99).records));
}
/// Three segments, the first two without their seals.
void leave_three(const Folder& folder) {
  leave(folder.path(), 1, 250);
  leave(folder.path(), 251, 500);
  leave(folder.path(), 501, 550);
}
/// Until both are sealed; the first may have been dropped by then.
void wait_for_seals(const Folder& folder) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  const auto is_done = [&](Sequence first) {
    return is_gone(path_of(folder.path(), {first, 0})) || seal_of(folder, first);
  };
  while (!is_done(1) || !is_done(251)) ASSERT_LT(std::chrono::steady_clock::now(), patience);
}
TEST(SegmentChain, CountsSealsThatCameLaterAmongTheBytesThatItKeeps) {
  const Folder folder;
  auto options = options_for(folder);
  leave_three(folder);
  const std::uint64_t bare = bytes_of(path_of(folder.path(), {1, 0}));
  {
    auto chain = SegmentChain::open(options);
    ASSERT_TRUE(chain);
    wait_for_seals(folder);
    ASSERT_TRUE(chain->write(batch_of(551, 560).records));
  }
  const std::uint64_t sealed = bytes_of(path_of(folder.path(), {1, 0}));
  ASSERT_GT(sealed, bare);
  folder.clear();
  leave_three(folder);
  options.retain_bytes = bare + sealed;
  auto chain = SegmentChain::open(options);
  ASSERT_TRUE(chain);
  wait_for_seals(folder);
  ASSERT_TRUE(chain->write(batch_of(551, 560).records));
  EXPECT_EQ(list_segments(folder.path())->front().first, 251U);
}
TEST(SegmentChain, TakesNoMoreAtOnceThanTheSegmentThatGrowsHasRoomFor) {
  const Folder folder;
  auto options = options_for(folder);
  {
    auto chain = SegmentChain::open(options);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->batch_bytes_max(), kSmallSegment / SegmentWriter::kBatchShare);
    ASSERT_TRUE(chain->write(batch_of(1, 100).records));
  }
  options.segment_bytes = 8 * kSmallSegment;
  auto chain = SegmentChain::open(options);
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->batch_bytes_max(), kSmallSegment / SegmentWriter::kBatchShare) << "it is small";
  begin_more(*chain, 1);
  EXPECT_EQ(chain->batch_bytes_max(), 8 * kSmallSegment / SegmentWriter::kBatchShare);
}
TEST(SegmentChain, ReplacesASegmentThatFailedBeforeItHeldAnything) {
  const Folder folder;
  const auto sound = batch_of(1, 100);
  {
    auto chain = SegmentChain::open(options_for(folder));
    ASSERT_TRUE(chain);
    const auto huge = batch_of(1, 20'000);
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(chain->write(huge.records)) << "more than the map";
    EXPECT_EQ(chain->next(), 1U);
    ASSERT_TRUE(chain->write(sound.records));
  }
  const auto names = list_segments(folder.path());
  ASSERT_EQ(names->size(), 1U);
  EXPECT_EQ(names->front().generation, 3U);
  EXPECT_EQ(test::tally_of(folder.path(), 1).upto[0], 100U);
}
TEST(SegmentChain, TriesAgainToRemoveWhatCouldNotBeRemovedAndSaysSo) {
  const Folder folder;
  auto options = options_for(folder);
  options.retain_bytes = 2 * kSmallSegment;
  auto chain = SegmentChain::open(options);
  ASSERT_TRUE(chain);
  begin_more(*chain, 2);
  // What no permission keeps from being unlinked, a folder in its place does.
  const std::string oldest = path_of(folder.path(), {1, 0});
  const std::string aside = folder.path() + "/aside";
  std::filesystem::rename(oldest, aside);
  std::filesystem::create_directory(oldest);
  begin_more(*chain, 4);
  EXPECT_EQ(list_segments(folder.path())->size(), 6U) << "none before it is, so none behind it";
  const auto why = chain->take_failure();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->text.find("cannot remove " + oldest + ": "), 0U) << why->text;
  EXPECT_FALSE(chain->take_failure()) << "once";
  std::filesystem::remove(oldest);
  std::filesystem::rename(aside, oldest);
  begin_more(*chain, 1);
  EXPECT_FALSE(chain->take_failure());
  const auto left = list_segments(folder.path());
  EXPECT_LE(left->size(), 4U);
  EXPECT_GT(left->front().first, 1U);
  const Sequence last = chain->next() - 1;
  EXPECT_EQ(*test::open_reader(folder.path()).check(), last - left->front().first + 1);
}
TEST(SegmentChain, RemovesNothingWhileItCannotBeToldWhatIsNeededAndSaysSo) {
  const Folder folder;
  auto options = options_for(folder);
  options.retain_bytes = kSmallSegment;
  int asked = 0;
  bool is_known = false;
  options.needed_from = [&]() -> Result<Sequence> {
    ++asked;
    if (!is_known) return failure(ErrorKind::environment, "a page is unsound");
    return kSequenceMax;
  };
  auto chain = SegmentChain::open(options);
  ASSERT_TRUE(chain);
  begin_more(*chain, 5);
  EXPECT_EQ(list_segments(folder.path())->size(), 5U) << "any of them may be needed";
  EXPECT_GE(asked, 2);
  EXPECT_LE(asked, 4) << "once a segment";
  const auto why = chain->take_failure();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->text,
            "cannot tell what a restart needs, so nothing is removed: a page is unsound");
  is_known = true;
  begin_more(*chain, 1);
  EXPECT_LE(list_segments(folder.path())->size(), 3U);
  EXPECT_FALSE(chain->take_failure());
}
TEST(SegmentChain, SaysAtItsBeginningThatASegmentCannotBeRead) {
  const Folder folder;
  leave(folder.path(), 1, 200);
  leave(folder.path(), 201, 300);
  std::ofstream{path_of(folder.path(), {1, 0}), std::ios::trunc} << "no segment";
  auto chain = SegmentChain::open(options_for(folder));
  ASSERT_TRUE(chain) << "the last one says where to go on";
  EXPECT_EQ(chain->next(), 301U);
  const auto why = chain->take_failure();
  ASSERT_TRUE(why);
  EXPECT_NE(why->text.find(path_of(folder.path(), {1, 0})), std::string::npos) << why->text;
  ASSERT_TRUE(chain->write(batch_of(301, 310).records));
}
/// Those of which the clock was ahead.
Batch batch_ahead(Sequence from, Sequence upto, Micros ahead) {
  Batch batch;
  for (Sequence n = from; n <= upto; ++n) {
    const std::string text = test::text_of(0, n);
    Record record = test::record_of(0, n, text);
    record.time += ahead;
    batch.add(record);
  }
  return batch;
}
TEST(SegmentChain, DropsByAgeAlsoAfterTheClockWasSetBack) {
  const Folder folder;
  auto options = options_for(folder);
  options.retain_age = Micros{10'000};  // record n is of microsecond n
  Sequence ahead = 0;
  {
    auto chain = SegmentChain::open(options);
    ASSERT_TRUE(chain);
    begin_more(*chain, 1);
    for (const Sequence upto = chain->next() + 9'000; chain->next() < upto;)
      ASSERT_TRUE(chain->write(
          batch_ahead(chain->next(), chain->next() + 99, std::chrono::hours{9}).records));
    ahead = chain->next();
  }
  auto chain = SegmentChain::open(options);
  ASSERT_TRUE(chain);
  ASSERT_TRUE(chain->write(batch_of(ahead, ahead + 99).records));
  EXPECT_LT(list_segments(folder.path())->front().first, ahead) << "what is young is kept";
  begin_more(*chain, 8);
  const auto left = list_segments(folder.path());
  EXPECT_GT(left->front().first, ahead) << "and nothing for ever";
  EXPECT_LE(left->front().first, chain->next() - 10'000) << "nothing young is dropped";
  const Sequence last = chain->next() - 1;
  EXPECT_EQ(*test::open_reader(folder.path()).check(), last - left->front().first + 1);
}
TEST(SegmentChain, CountsOnlyTheLastGenerationOfASegment) {
  const Folder folder;
  // As a power cut may leave it: the removal of the one that failed is not on disk.
  for (const std::uint32_t generation : {0U, 2U, 10U}) {
    auto segment = SegmentWriter::create(folder.path(), {1, generation}, kSmallSegment);
    ASSERT_TRUE(segment && segment->write(batch_of(1, 1 + generation).records));
  }
  EXPECT_EQ(test::tally_of(folder.path(), 1).upto[0], 11U);
  auto chain = SegmentChain::open(options_for(folder));
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->next(), 12U);
  std::vector<std::string> left;
  for (const auto& file : std::filesystem::directory_iterator{folder.path()})
    left.push_back(file.path().string());
  std::sort(left.begin(), left.end());
  const std::string counts = path_of(folder.path(), {1, 10});
  EXPECT_EQ(left, (std::vector<std::string>{counts, counts + "-lock"})) << "the others are gone";
}
TEST(SegmentChain, TakesNoLockFromASegmentThatMayBeThere) {
  const Folder folder;
  const std::string there = path_of(folder.path(), {1, 0});
  const std::string gone = path_of(folder.path(), {5, 0});
  std::filesystem::create_symlink(there, there);  // whoever looks for it hears of an error
  for (const auto& path : {there, gone}) std::ofstream{path + "-lock"} << "readers";
  remove_leftovers(folder.path());
  EXPECT_TRUE(std::filesystem::exists(there + "-lock"));
  EXPECT_FALSE(std::filesystem::exists(gone + "-lock"));
}

}  // namespace
}  // namespace chargemill::runtime::journal
