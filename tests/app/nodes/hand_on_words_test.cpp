// What the node that leads says to the one that is to lead after it.
#include "app/nodes/hand_on_words.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

HandedOn a_hand_over() {
  HandedOn what;
  what.token = 21;
  what.by = 2;
  what.has_nothing = true;
  what.stood_ns = 1'767'632'400'123'456'789;
  what.latencies.request_decision.record(Nanos{1'500'000}, 7);
  what.latencies.tick_lateness.record(Nanos{12'345}, 2);
  return what;
}

TEST(HandOnWords, AreReadAsTheyWereSaidAndNothingElseIs) {
  const std::string bytes = to_bytes(a_hand_over());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(handed_on_from(std::string_view{bytes}.substr(0, size), 3).has_value()) << size;
  EXPECT_FALSE(handed_on_from(bytes + 'x', 3).has_value());
  const auto read = handed_on_from(bytes, 3);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->token, 21);
  EXPECT_EQ(read->by, 2U);
  EXPECT_TRUE(read->has_nothing);
  EXPECT_EQ(read->stood_ns, a_hand_over().stood_ns);
  EXPECT_EQ(read->latencies.request_decision.count(), 7U);
  EXPECT_EQ(read->latencies.tick_lateness.max(), Nanos{12'345});
  EXPECT_EQ(read->latencies.session_start.count(), 0U);
}

TEST(HandOnWords, ComeFromANodeOfTheNetworkThatHasLed) {
  EXPECT_FALSE(handed_on_from(to_bytes(a_hand_over()), 2).has_value()) << "no such node";
  auto wrong = a_hand_over();
  wrong.token = -1;
  EXPECT_FALSE(handed_on_from(to_bytes(wrong), 3).has_value());
  wrong = a_hand_over();
  wrong.stood_ns = -1;  // a difference to now would be beyond 64 bits at worst
  EXPECT_FALSE(handed_on_from(to_bytes(wrong), 3).has_value());
}

}  // namespace
}  // namespace chargemill::app
