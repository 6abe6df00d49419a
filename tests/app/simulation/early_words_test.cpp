// What a node that follows keeps for later.
#include "app/simulation/early_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace chargemill::app {
namespace {

using Message = EarlyWords::Message;

Message said_by(unsigned node, const std::string& text) {
  return {node, text, false, false, false};
}

std::vector<std::string> texts_of(const std::deque<Message>& messages) {
  std::vector<std::string> texts;
  for (const auto& message : messages) texts.push_back(message.text);
  return texts;
}

TEST(EarlyWords, WaitForWhoeverSaidThemToLead) {
  EarlyWords words;
  EXPECT_FALSE(words.next(0).has_value());
  words.keep(said_by(2, "a"));
  words.keep(said_by(2, "b"));
  EXPECT_FALSE(words.next(0).has_value()) << "as far as is known another one leads";
  const auto first = words.next(2);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->text, "a");
  const auto second = words.next(2);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->text, "b");
  EXPECT_FALSE(words.next(2).has_value());
}

TEST(EarlyWords, AreNotKeptWithoutBound) {
  EarlyWords words;
  for (std::size_t i = 0; i < 2 * EarlyWords::kMax; ++i) {
    words.keep(said_by(2, std::to_string(i)));
    EXPECT_FALSE(words.next(0).has_value());
  }
  EXPECT_EQ(words.take_all(1).size(), EarlyWords::kMax);
}

// Orders that came back to this node because it was about to lead, and what others have said to it
// since; the node itself hears them as a leader.
TEST(EarlyWords, AreAllForTheNodeOnceItLeads) {
  EarlyWords words;
  words.keep(said_by(2, "order from 2"));
  words.keep_for_the_lead("order");
  EXPECT_THAT(texts_of(words.take_all(1)), testing::ElementsAre("order", "order from 2"));
  EXPECT_TRUE(words.take_all(1).empty());
}

TEST(EarlyWords, GoBackToWhoeverLeadsIfTheNodeDoesNot) {
  EarlyWords words;
  words.keep(said_by(2, "a"));
  words.keep_for_the_lead("order");
  EXPECT_THAT(words.take_for_the_lead(), testing::ElementsAre("order"));
  EXPECT_TRUE(words.take_for_the_lead().empty());
  EXPECT_THAT(texts_of(words.take_all(1)), testing::ElementsAre("a"));
}

}  // namespace
}  // namespace chargemill::app
