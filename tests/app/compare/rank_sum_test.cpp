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

// The tables' two-sided critical value at 0.05 for 5 against 5 is U = 2. Of C(10, 5) = 252
// arrangements 1, 1, 2, 3 have U = 0, 1, 2, 3.
TEST(RankSum, HasTheTabulatedCriticalValue) {
  const auto two = rank_sum({1, 2, 3, 4, 7}, {5, 6, 8, 9, 10});
  EXPECT_DOUBLE_EQ(two.u, 2.0);
  EXPECT_NEAR(two.p, 2.0 * 4.0 / 252.0, 1e-12);
  const auto three = rank_sum({1, 2, 3, 4, 8}, {5, 6, 7, 9, 10});
  EXPECT_DOUBLE_EQ(three.u, 3.0);
  EXPECT_NEAR(three.p, 2.0 * 7.0 / 252.0, 1e-12);
  EXPECT_LT(two.p, 0.05);
  EXPECT_GT(three.p, 0.05);
}

// By hand: U = 0 + 1/2 + 1/2 + 3/2; ties of 3, 2 and 2 take 24 + 6 + 6 = 36 of 8 * 7; the variance
// is 16/12 * (9 - 36/56) = 78/7; z = (8 - 5/2 - 1/2) / sqrt(78/7) = 1.49786.
TEST(RankSum, CorrectsForTiesAndContinuity) {
  const auto result = rank_sum({1, 2, 2, 3}, {2, 3, 4, 4});
  EXPECT_DOUBLE_EQ(result.u, 2.5);
  EXPECT_NEAR(result.p, 0.13417, 1e-5);
}

// Moving one sample further away from the other never makes chance more likely.
TEST(RankSum, FallsAsTheSamplesPart) {
  for (const double step : {1.0, 0.5}) {  // 0.5: with ties half of the time
    double before = 1.0;
    for (double shift = 0.0; shift <= 12.0; shift += step) {
      std::vector<double> a;
      std::vector<double> b;
      for (int i = 0; i < 10; ++i) {
        a.push_back(i);
        b.push_back(i + 0.25 + shift);
      }
      const double p = rank_sum(a, b).p;
      EXPECT_LE(p, before) << shift;
      before = p;
    }
    EXPECT_NEAR(before, 2.0 / 184'756.0, 1e-12);  // C(20, 10)
  }
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
