// When people are told that records are lost.
#include "app/simulation/journal_news.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

TEST(LossNews, AreToldAtTheFirstLossAndWheneverItIsTenTimesAsMuch) {
  LossNews news;
  EXPECT_FALSE(news.take(0));
  EXPECT_EQ(news.take(1), "records found no room in the journal and are lost, so far 1");
  EXPECT_FALSE(news.take(1));
  EXPECT_FALSE(news.take(9));
  EXPECT_TRUE(news.take(10));
  EXPECT_FALSE(news.take(99));
  EXPECT_TRUE(news.take(5'000)) << "two steps at once are one line";
  EXPECT_FALSE(news.take(9'999));
  EXPECT_TRUE(news.take(10'000));
}
TEST(LossNews, AreToldOfAFirstLossThatIsLarge) {
  LossNews news;
  EXPECT_TRUE(news.take(1'000'000));
  EXPECT_FALSE(news.take(9'999'999));
}

}  // namespace
}  // namespace chargemill::app
