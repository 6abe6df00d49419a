#include "app/commands/reminder.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr Reminder::Time kBegin{1h};

/// The seconds left at each time that something is said, looked at as often as the commands do.
std::vector<seconds> said(Reminder reminder, std::chrono::milliseconds every) {
  std::vector<seconds> all;
  for (auto now = kBegin; now < kBegin + 2min; now += every) {
    if (reminder.is_due(now)) all.push_back(reminder.left(now));
  }
  return all;
}

TEST(Reminder, ComesEveryTenSecondsUntilTheWaitIsOver) {
  EXPECT_EQ(said({kBegin, kBegin + 35s}, 200ms), (std::vector<seconds>{35s, 25s, 15s, 5s}));
  EXPECT_EQ(said({kBegin + 10s, kBegin + 35s}, 50ms), (std::vector<seconds>{25s, 15s, 5s}));
}
TEST(Reminder, DoesNotSayThatNothingIsLeft) {
  Reminder reminder{kBegin, kBegin + 30s};
  EXPECT_TRUE(reminder.is_due(kBegin));
  EXPECT_TRUE(reminder.is_due(kBegin + 29s + 900ms));
  EXPECT_EQ(reminder.left(kBegin + 29s + 900ms), 1s);
  Reminder late{kBegin, kBegin + 30s};
  EXPECT_FALSE(late.is_due(kBegin + 30s + 1ms));
  EXPECT_TRUE(late.is_over(kBegin + 30s + 1ms));
  EXPECT_FALSE(late.is_over(kBegin + 30s));
}

}  // namespace
}  // namespace chargemill::app
