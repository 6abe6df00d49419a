// No trouble of a journal hides another, and none is told too often.
#include "runtime/journal/trouble_news.hpp"

#include <gtest/gtest.h>

namespace chargemill::runtime::journal {
namespace {

using namespace std::chrono_literals;
using Time = TroubleNews::Time;
using Mention = std::optional<std::string>;

constexpr Time kBegin{5s};

TEST(TroubleNews, OfABatchIsToldOnceASecondUnlessTheStateChanges) {
  TroubleNews news;
  EXPECT_TRUE(news.failed(false, kBegin));
  EXPECT_FALSE(news.failed(false, kBegin + 999ms));
  EXPECT_TRUE(news.failed(true, kBegin + 999ms));
  EXPECT_FALSE(news.failed(false, kBegin + 1500ms));
  EXPECT_TRUE(news.failed(false, kBegin + 1999ms));
}
TEST(TroubleNews, HasAnEndIfItWasTold) {
  TroubleNews news;
  EXPECT_FALSE(news.ended()) << "nothing was wrong";
  EXPECT_TRUE(news.failed(false, kBegin));
  EXPECT_TRUE(news.ended());
  EXPECT_FALSE(news.ended()) << "once";
  EXPECT_FALSE(news.failed(false, kBegin + 1ms));
  EXPECT_FALSE(news.ended()) << "nobody has heard of the second one";
}
TEST(TroubleNews, BesideTheWritingNeitherHidesAFailureNorIsHiddenByOne) {
  TroubleNews news;
  news.mention("not removed");
  EXPECT_EQ(news.next_mention(kBegin), Mention{"not removed"});
  EXPECT_TRUE(news.failed(false, kBegin + 1ms));
  EXPECT_TRUE(news.ended());

  TroubleNews other;
  EXPECT_TRUE(other.failed(false, kBegin));
  other.mention("not sealed");
  EXPECT_EQ(other.next_mention(kBegin + 1ms), Mention{"not sealed"});
}
TEST(TroubleNews, BesideTheWritingWaitsForItsTurnAndHasNoEnd) {
  TroubleNews news;
  EXPECT_EQ(news.next_mention(kBegin), Mention{});
  news.mention("not sealed");
  EXPECT_EQ(news.next_mention(kBegin), Mention{"not sealed"});
  news.mention("not removed");
  EXPECT_EQ(news.next_mention(kBegin + 999ms), Mention{});
  EXPECT_EQ(news.next_mention(kBegin + 1s), Mention{"not removed"});
  EXPECT_EQ(news.next_mention(kBegin + 5s), Mention{}) << "once";
  EXPECT_FALSE(news.ended());
}
TEST(TroubleNews, ThatWaitsWhenTheJournalEndsIsToldThen) {
  TroubleNews news;
  EXPECT_EQ(news.last_mention(), Mention{});
  news.mention("not sealed");
  EXPECT_EQ(news.next_mention(kBegin), Mention{"not sealed"});
  news.mention("not removed");
  EXPECT_EQ(news.last_mention(), Mention{"not removed"});
}

}  // namespace
}  // namespace chargemill::runtime::journal
