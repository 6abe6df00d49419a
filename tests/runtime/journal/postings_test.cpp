// Runs and the ladder that merges them, against sorted lists of facts.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "runtime/journal/run_ladder.hpp"
#include "runtime/journal/run_merger.hpp"

namespace chargemill::runtime::journal {
namespace {

std::vector<std::byte> encoded(const std::vector<Posting>& postings, Sequence first,
                               Sequence last) {
  std::vector<std::byte> bytes(RunLayout::bytes(postings.size()));
  RunEncoder encoder{static_cast<std::uint32_t>(postings.size()), 0, first, last, bytes.data()};
  for (const Posting& posting : postings) encoder.add(posting);
  return bytes;
}
bool by_key(const Posting& a, const Posting& b) {
  return a.key != b.key ? a.key < b.key : a.offset < b.offset;
}
/// Adds a run of `count` postings for record `n` to the ladder; returns the size of what it became.
std::uint32_t climb(RunLadder& ladder, Sequence n, std::uint32_t count) {
  const auto plan = ladder.plan(count);
  const auto& runs = ladder.runs();
  const Sequence first = plan.swallowed == 0 ? n : runs[runs.size() - plan.swallowed].first;
  for (std::size_t i = 0; i < plan.swallowed; ++i) count += runs[runs.size() - 1 - i].count;
  ladder.replace(plan.swallowed, {first, n, count, plan.level});
  return count;
}

TEST(PostingRun, FindsTheEndOfEveryKeyAsASearchThroughAllDoes) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random{seed};
    const auto count = static_cast<std::uint32_t>(random() % 3'000);  // up to six fences
    const std::uint64_t keys = 1 + random() % 1'500;
    std::vector<Posting> postings;
    for (std::uint32_t i = 0; i < count; ++i) postings.push_back({PostingKey{random() % keys}, i});
    std::sort(postings.begin(), postings.end(), by_key);
    const auto bytes = encoded(postings, 100, 100 + count);
    const auto run = RunView::over({bytes.data(), bytes.size()});
    ASSERT_TRUE(run);
    for (std::uint64_t key = 0; key <= keys; ++key) {
      const auto above = std::count_if(postings.begin(), postings.end(),
                                       [&](const Posting& p) { return p.key <= PostingKey{key}; });
      ASSERT_EQ(run->end_of(PostingKey{key}), above);
    }
  }
}
TEST(PostingRun, SaysInWhichPageARecordIsIfItWasTold) {
  const std::vector<Posting> postings{{PostingKey{1}, 2}, {PostingKey{1}, 3}, {PostingKey{5}, 0}};
  const std::vector<std::uint32_t> pages{70, 71, 72, 73};
  std::vector<std::byte> bytes(RunLayout::bytes(3, RunLayout::kVersionWithPages));
  RunEncoder encoder{3, 15, 100, 103, bytes.data(), pages.data()};
  for (const Posting& posting : postings) encoder.add(posting);
  const auto run = RunView::over({bytes.data(), bytes.size()});
  ASSERT_TRUE(run && run->has_pages());
  EXPECT_EQ(run->end_of(PostingKey{1}), 2U);
  EXPECT_EQ(run->sequence(1), 103U);
  EXPECT_EQ(run->page(1), 73U);
  EXPECT_EQ(run->page(2), 70U);
  EXPECT_FALSE(RunView::over({bytes.data(), bytes.size() - 1}));
  const auto without = encoded(postings, 100, 103);
  EXPECT_FALSE(RunView::over({without.data(), without.size()})->has_pages());
}
TEST(PostingRun, FindsEveryKeyByWayOfItsCoarseFences) {
  for (const std::uint32_t count : {0U, 1U, 511U, 32'768U, 32'769U, 100'000U}) {
    SCOPED_TRACE(count);
    std::mt19937 random{count};
    std::vector<Posting> postings;
    for (std::uint32_t i = 0; i < count; ++i) postings.push_back({PostingKey{random() % 5'000}, i});
    std::sort(postings.begin(), postings.end(), by_key);
    const std::vector<std::uint32_t> pages(count + 1, 9);
    std::vector<std::byte> bytes(RunLayout::bytes(count, RunLayout::kVersionWithPages));
    RunEncoder encoder{count, 15, 1, count + 1, bytes.data(), pages.data()};
    for (const Posting& posting : postings) encoder.add(posting);
    const auto run = RunView::over({bytes.data(), bytes.size()});
    ASSERT_TRUE(run);
    for (std::uint64_t key = 0; key <= 5'000; key += 7) {
      const auto end = std::upper_bound(
          postings.begin(), postings.end(), PostingKey{key},
          [](PostingKey wanted, const Posting& posting) { return wanted < posting.key; });
      ASSERT_EQ(run->end_of(PostingKey{key}), end - postings.begin()) << key;
    }
  }
}
TEST(PostingRun, SortsByAnyKeysAndKeepsEqualOnesInOrder) {
  std::vector<Posting> scratch;
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937_64 random{seed};
    const std::uint64_t mask = random() & random();  // which bits differ at all
    std::vector<Posting> postings;
    const auto count = static_cast<std::uint32_t>(random() % 2'000);
    for (std::uint32_t i = 0; i < count; ++i) postings.push_back({PostingKey{random() & mask}, i});
    std::vector<Posting> expected = postings;
    std::sort(expected.begin(), expected.end(), by_key);
    sort_by_key(postings, scratch);
    const auto same = [](const Posting& a, const Posting& b) {
      return a.key == b.key && a.offset == b.offset;
    };
    ASSERT_TRUE(
        std::equal(postings.begin(), postings.end(), expected.begin(), expected.end(), same));
  }
}
TEST(PostingRun, RefusesBytesThatAreNotOneRun) {
  const auto bytes = encoded({{PostingKey{1}, 0}, {PostingKey{2}, 1}}, 1, 2);
  EXPECT_TRUE(RunView::over({bytes.data(), bytes.size()}));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(RunView::over({bytes.data(), cut}));
}

TEST(RunLadder, KeepsTheNumberOfRunsLogarithmicAndWritesAPostingOnceALevel) {
  RunLadder ladder{1'000'000};
  std::uint64_t written = 0;
  for (Sequence n = 1; n <= 4'096; ++n) {
    written += climb(ladder, n, 1);
    ASSERT_LE(ladder.runs().size(), 3U * 6U + 1U);
  }
  EXPECT_EQ(ladder.runs().size(), 1U) << "4^6 runs are one run of level 6";
  EXPECT_EQ(ladder.runs().front().level, 6U);
  EXPECT_LE(written, 4'096U * 7U);
}
TEST(RunLadder, NeverMakesARunLargerThanItsLimitAndHasTwoForEachThatWouldBeFull) {
  for (const std::uint32_t count : {1U, 3U, 30U, 40U, 50U, 60U, 101U}) {
    RunLadder ladder{100};
    for (Sequence n = 1; n <= 1'000; ++n)
      ASSERT_LE(climb(ladder, n, count), std::max(100U, count)) << count;
    EXPECT_LE(ladder.runs().size(), 2U * 1'000U * count / 100U + 20U) << count;
  }
}
TEST(RunLadder, LeavesNoSmallRunsBehindWhenALargeOneComes) {
  RunLadder ladder{100};
  std::uint32_t sum = 0;
  Sequence n = 0;
  for (unsigned burst = 0; burst < 100; ++burst) {
    for (unsigned small = 0; small < 11; ++small, ++sum) (void)climb(ladder, ++n, 1);
    (void)climb(ladder, ++n, 40);
    sum += 40;
  }
  EXPECT_LE(ladder.runs().size(), 2U * sum / 100U + 20U);
}
TEST(SwallowedRuns, AreToldByTheirLevelsAndSizes) {
  std::mt19937 random{7};
  for (const std::uint32_t most : {1U, 10U, 60U, 100U}) {
    SCOPED_TRACE(most);
    RunLadder ladder{100};
    std::vector<RunInfo> written;  // nothing is ever deleted
    std::uint64_t counted = 0;
    std::uint64_t missed = 0;
    for (Sequence n = 1; n <= 500; ++n) {
      (void)climb(ladder, n, 1 + static_cast<std::uint32_t>(random()) % most);
      written.push_back(ladder.runs().back());
      SwallowedRuns swallowed;
      auto run = ladder.runs().rbegin();
      for (auto one = written.rbegin(); one != written.rend(); ++one) {
        const bool is_told = swallowed.have(one->level, one->count);
        const bool counts = run != ladder.runs().rend() && run->last == one->last;
        ASSERT_TRUE(is_told || counts) << "one of them would be asked for";
        if (!counts) continue;
        ++run;
        ++counted;
        if (is_told) ++missed;
      }
      ASSERT_EQ(run, ladder.runs().rend());
    }
    EXPECT_LE(missed * 10, counted);
  }
}
TEST(RunLayout, KnowsAboutHowManyPostingsSoManyBytesAre) {
  for (std::size_t count = 0; count < 5'000; ++count) {
    const std::size_t about = RunLayout::count_about(RunLayout::bytes(count));
    ASSERT_LE(about, count);
    ASSERT_LE(count, about + 1);
  }
  EXPECT_EQ(RunLayout::count_about(0), 0U);
  EXPECT_EQ(RunLayout::count_about(RunLayout::kHeaderBytes + 5), 0U);
}
TEST(RunMerger, MergesRunsInOrderOfKeyThenOfRecordAgainAndAgain) {
  std::mt19937 random{3};
  RunMerger merger;
  for (const std::uint32_t parts : {13U, 1U, 2U, 7U, 8U, 3U}) {
    std::vector<Posting> all;
    std::vector<std::vector<std::byte>> kept;
    for (std::uint32_t part = 0; part < parts; ++part) {
      std::vector<Posting> list;
      for (std::uint32_t i = 0; i < 50; ++i)
        list.push_back({PostingKey{random() % 20}, part * 50 + i});
      all.insert(all.end(), list.begin(), list.end());
      std::sort(list.begin(), list.end(), by_key);
      for (Posting& posting : list) posting.offset -= part * 50;
      if (part + 1 == parts) {  // the newest is of the commit itself
        merger.add(list, part * 50);
        continue;
      }
      kept.push_back(encoded(list, 1 + part * 50, 50 + part * 50));
      merger.add(*RunView::over({kept.back().data(), kept.back().size()}), part * 50);
    }
    std::sort(all.begin(), all.end(), by_key);
    ASSERT_EQ(merger.count(), all.size());
    std::vector<std::byte> bytes(RunLayout::bytes(all.size()));
    RunEncoder encoder{static_cast<std::uint32_t>(all.size()), 1, 1, parts * 50, bytes.data()};
    merger.merge_into(encoder);
    const auto merged = RunView::over({bytes.data(), bytes.size()});
    ASSERT_TRUE(merged);
    for (std::uint32_t i = 0; i < merged->count(); ++i) {
      ASSERT_EQ(merged->key(i), all[i].key);
      ASSERT_EQ(merged->offset(i), all[i].offset);
    }
    EXPECT_EQ(merger.count(), 0U);
  }
}

}  // namespace
}  // namespace chargemill::runtime::journal
