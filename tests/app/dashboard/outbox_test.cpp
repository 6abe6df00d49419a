// What one watcher is told: texts in order, of states and pulses only the newest.
#include "app/dashboard/outbox.hpp"

#include <gtest/gtest.h>

namespace chargemill::app::dashboard {
namespace {

Outbox::Text text(const char* words) { return std::make_shared<const std::string>(words); }

/// One watcher's box and the frames of all.
struct Story {
  /// What is said next: a text, `key`, `+N` (N frames further), `end`; empty: nothing.
  std::string next() {
    const auto message = box.next(log);
    if (!message) return "";
    if (message->bytes == nullptr) return "end";
    if (message->is_text) return *message->bytes;
    const auto head = apply_frame(*message->bytes, held, states);
    EXPECT_TRUE(head) << "it does not follow frame " << held;
    const auto before = std::exchange(held, head->number);
    return head->base == 0 ? "key" : "+" + std::to_string(held - before);
  }
  void sample(int times = 1) {
    for (; times > 0; --times) log.add(PackedStates{10}, 0);
  }
  bool take() { return box.hear({Said::Kind::taken, held}); }

  FrameLog log;
  Outbox box;
  PackedStates states{10};
  std::uint32_t held = 0;
};

TEST(Outbox, BeginsWithAKeyframeAndGoesOnWithDifferences) {
  Story story;
  EXPECT_EQ(story.next(), "") << "there is nothing yet";
  story.sample();
  EXPECT_EQ(story.next(), "key");
  EXPECT_TRUE(story.take());
  EXPECT_EQ(story.next(), "") << "it has the newest";
  story.sample();
  EXPECT_EQ(story.next(), "+1");
}

TEST(Outbox, OneWhoIsSlowSeesFewerStatesAndNeverOlderOnes) {
  Story story;
  story.sample();
  EXPECT_EQ(story.next(), "key");
  story.sample(5);
  EXPECT_EQ(story.next(), "") << "the one under way is not taken yet";
  EXPECT_TRUE(story.take());
  EXPECT_EQ(story.next(), "+5");
  EXPECT_TRUE(story.take());
  story.sample(FrameLog::kKept + 1);
  EXPECT_EQ(story.next(), "key") << "what it holds is not kept any more";
}

TEST(Outbox, AKeyframeComesNowAndThenAndWhenItIsAskedFor) {
  Story story;
  std::string all;
  for (std::uint32_t i = 0; i < 2 * Outbox::kKeyEvery + 1; ++i) {
    story.sample();
    if (story.next() == "key") all += std::to_string(i) + " ";
    EXPECT_TRUE(story.take());
  }
  EXPECT_EQ(all, "0 20 40 ");
  story.sample();
  EXPECT_TRUE(story.box.hear({Said::Kind::lost, 0}));
  EXPECT_EQ(story.next(), "key");
}

TEST(Outbox, TextsComeInOrderAndOfPulsesTheNewest) {
  Story story;
  story.sample();
  story.box.set_pulse(text("old"));
  story.box.add(text("a"));
  story.box.add(text("b"));
  story.box.set_pulse(text("new"));
  EXPECT_EQ(story.next(), "a");
  EXPECT_EQ(story.next(), "b");
  EXPECT_EQ(story.next(), "new");
  EXPECT_EQ(story.next(), "key");
}

TEST(Outbox, WhatFindsNoRoomIsNamed) {  // law 6
  Story story;
  for (std::size_t i = 0; i < Outbox::kTextsMax + 3; ++i) story.box.add(text("x"));
  for (std::size_t i = 0; i < Outbox::kTextsMax; ++i) EXPECT_EQ(story.next(), "x");
  EXPECT_EQ(story.next(), *Outbox::missed());
  EXPECT_EQ(story.next(), "");
}

TEST(Outbox, APausedWatcherIsToldEverythingButStates) {
  Story story;
  story.sample();
  EXPECT_TRUE(story.box.hear({Said::Kind::paused, 0}));
  EXPECT_EQ(story.next(), "");
  story.box.add(text("a"));
  EXPECT_EQ(story.next(), "a");
  EXPECT_TRUE(story.box.hear({Said::Kind::resumed, 0}));
  EXPECT_EQ(story.next(), "key");
}

TEST(Outbox, EndsAfterItsLastWordsAndHowItEnded) {
  Story story;
  story.sample();
  story.box.add(text("over"));
  story.box.end();
  EXPECT_EQ(story.next(), "over");
  EXPECT_EQ(story.next(), "key");
  story.sample();
  EXPECT_EQ(story.next(), "end") << "once is enough";
}

TEST(Outbox, EndsWithTheNewestStatesForWhoeverHasOlderOnes) {
  Story paused;
  paused.sample();
  EXPECT_EQ(paused.next(), "key");
  EXPECT_TRUE(paused.take());
  EXPECT_TRUE(paused.box.hear({Said::Kind::paused, 0}));
  paused.sample(3);
  EXPECT_EQ(paused.next(), "");
  paused.box.end();
  EXPECT_EQ(paused.next(), "key") << "nobody answers who resumes later";
  EXPECT_EQ(paused.held, 4U);
  EXPECT_EQ(paused.next(), "end");

  Story slow;
  slow.sample();
  EXPECT_EQ(slow.next(), "key");
  slow.sample();
  slow.box.end();
  EXPECT_EQ(slow.next(), "key") << "whether it took the one before is not known";
  EXPECT_EQ(slow.next(), "end");

  Story quick;
  quick.sample();
  EXPECT_EQ(quick.next(), "key");
  quick.box.end();
  EXPECT_EQ(quick.next(), "end") << "it has the newest, or it is under way";
}

TEST(Outbox, WhoTakesWhatWasNeverSentIsDone) {
  Story story;
  story.box.add(text("a"));
  EXPECT_FALSE(story.box.hear({Said::Kind::taken, 0})) << "nothing is under way";
  EXPECT_EQ(story.next(), "end");
  Story other;
  other.sample();
  EXPECT_EQ(other.next(), "key");
  other.sample();
  EXPECT_FALSE(other.box.hear({Said::Kind::taken, 77}));
  EXPECT_EQ(other.next(), "end") << "it is told nothing any more";
}

TEST(Outbox, AnAnswerThatCrossedALossIsNotTakenForTheNewOne) {
  Story story;
  story.sample();
  EXPECT_EQ(story.next(), "key");
  EXPECT_TRUE(story.box.hear({Said::Kind::lost, 0}));
  story.sample();
  EXPECT_EQ(story.next(), "key");
  story.sample();
  EXPECT_TRUE(story.box.hear({Said::Kind::taken, 1}));
  EXPECT_EQ(story.next(), "") << "the second one is still under way";
  EXPECT_TRUE(story.take());
  EXPECT_EQ(story.next(), "+1");
}

}  // namespace
}  // namespace chargemill::app::dashboard
