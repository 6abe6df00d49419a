#include "app/compare/rank_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "runtime/base/random_stream.hpp"

namespace chargemill::app {
namespace {

// Of the 10 ways to choose 3 of 5 ranks exactly one has no inversion: p = 2 * 1/10.
TEST(RankSum, IsExactForSmallSamples) {
  const auto result = rank_sum({1, 2, 3}, {4, 5});
  EXPECT_DOUBLE_EQ(result.u, 0.0);
  EXPECT_DOUBLE_EQ(result.p, 0.2);
  // 9 against 9, completely apart: 2 / C(18, 9).
  EXPECT_DOUBLE_EQ(rank_sum({1, 2, 3, 4, 5, 6, 7, 8, 9}, {11, 12, 13, 14, 15, 16, 17, 18, 19}).p,
                   2.0 / 48'620.0);
}

// U and p of R's wilcox.test for the classic example of two samples of depression scores.
TEST(RankSum, AgreesWithAPublishedExample) {
  // Critical values of Mann and Whitney's table: n = m = 5, U = 2 is the last with p <= 0.05.
  const std::vector<double> a{1, 2, 3, 4, 8};
  const std::vector<double> b{5, 6, 7, 9, 10};
  EXPECT_DOUBLE_EQ(rank_sum(a, b).u, 2 + 1 - 0.0);
  EXPECT_NEAR(rank_sum(a, b).p, 2.0 * 7.0 / 252.0, 1e-12);  // U <= 3: 1 + 1 + 2 + 3 arrangements
}

TEST(RankSum, IsTheSameFromBothSides) {
  RandomStream random{3, 0, Purpose::choice};
  for (int i = 0; i < 200; ++i) {
    std::vector<double> a;
    std::vector<double> b;
    const auto values = 5 + random.below(50);  // few: ties
    for (std::uint64_t n = 1 + random.below(30); n > 0; --n)
      a.push_back(static_cast<double>(random.below(values)));
    for (std::uint64_t n = 1 + random.below(30); n > 0; --n)
      b.push_back(static_cast<double>(random.below(values)));
    const auto one = rank_sum(a, b);
    const auto other = rank_sum(b, a);
    EXPECT_DOUBLE_EQ(one.u + other.u, static_cast<double>(a.size() * b.size()));
    EXPECT_NEAR(one.p, other.p, 1e-12);
    EXPECT_GE(one.p, 0.0);
    EXPECT_LE(one.p, 1.0);
  }
}

TEST(RankSum, FindsNothingInEqualValuesOrInNothing) {
  EXPECT_DOUBLE_EQ(rank_sum({5, 5, 5}, {5, 5, 5, 5}).p, 1.0);
  EXPECT_DOUBLE_EQ(rank_sum({}, {1}).p, 1.0);
}

// The p of a thing compared with itself is below 0.05 in about one case of twenty, both where it is
// exact and where it is approximated.
TEST(RankSum, IsRarelyMistaken) {
  for (const std::size_t size : {9U, 30U}) {
    RandomStream random{7, size, Purpose::choice};
    int mistaken = 0;
    for (int i = 0; i < 1'000; ++i) {
      std::vector<double> a;
      std::vector<double> b;
      for (std::size_t n = 0; n < size; ++n) {
        a.push_back(random.exponential());
        b.push_back(random.exponential());
      }
      mistaken += rank_sum(a, b).p < 0.05 ? 1 : 0;
    }
    EXPECT_GT(mistaken, 20) << size;
    EXPECT_LT(mistaken, 80) << size;
  }
}

TEST(Median, IsTheMiddleOrTheMeanOfTheMiddleTwo) {
  EXPECT_DOUBLE_EQ(median({}), 0.0);
  EXPECT_DOUBLE_EQ(median({3, 1, 2}), 2.0);
  EXPECT_DOUBLE_EQ(median({4, 1, 2, 3}), 2.5);
}

}  // namespace
}  // namespace chargemill::app
