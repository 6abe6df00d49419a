#include "app/nodes/continuation.hpp"

#include <gtest/gtest.h>

#include "app/nodes/words.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

TEST(Continuation, IsNoneWhereNobodyHasWritten) {
  EXPECT_FALSE(continuation_of({std::nullopt, std::nullopt}).has_value());
}

TEST(Continuation, GoesOnBehindTheLatestRecordOfAnyNode) {  // D-084
  const auto from = continuation_of({LeftBehind{10s, 3}, std::nullopt, LeftBehind{10s + 1us, 2}});
  ASSERT_TRUE(from.has_value());
  EXPECT_EQ(from->start_unix_s, 11) << "the first whole second that is not before it";
  EXPECT_EQ(from->run, 3U);
}

TEST(JournalAnswer, ComesThroughUnchanged) {
  for (const auto& left : {std::optional<LeftBehind>{}, std::optional{LeftBehind{7us, 2}}}) {
    const auto back = journal_answer_from(to_bytes(JournalAnswer{left, "in use"}));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->trouble, "in use");
    ASSERT_EQ(back->left.has_value(), left.has_value());
    if (!left) continue;
    EXPECT_EQ(back->left->last_time, left->last_time);
    EXPECT_EQ(back->left->run, left->run);
  }
  EXPECT_FALSE(journal_answer_from("x").has_value());
}

}  // namespace
}  // namespace chargemill::app
