// The bytes of the dashboard's frames: what a reader makes of them is what was there.
#include "app/dashboard/state_frame.hpp"

#include <gtest/gtest.h>

#include <random>

#include "app/dashboard/frame_log.hpp"

namespace chargemill::app::dashboard {
namespace {

using Random = std::mt19937;

StateCode any_code(Random& random) { return static_cast<StateCode>(random() % kStateCodes); }

PackedStates any_states(std::uint32_t points, Random& random) {
  PackedStates states{points};
  for (std::uint32_t i = 0; i < points; ++i) states.set(i, any_code(random));
  return states;
}

TEST(StateFrame, PacksTwoPointsAByteAndDisturbsNoNeighbour) {
  PackedStates states{5};
  EXPECT_EQ(states.bytes().size(), 3U);
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ(states.get(i), StateCode::disconnected);
  EXPECT_EQ(states.bytes()[2], 0x04) << "the half that no point has";
  states.set(2, StateCode::faulted);
  states.set(3, StateCode::charging);
  EXPECT_EQ(states.get(1), StateCode::disconnected);
  EXPECT_EQ(states.get(2), StateCode::faulted);
  EXPECT_EQ(states.get(3), StateCode::charging);
  EXPECT_EQ(states.bytes()[1], 0x15);
}

TEST(StateFrame, TheMapShowsWhatAPersonSeesAndWhoIsAboutToBegin) {  // D-194
  EXPECT_EQ(state_code(DisplayState::activated, false), StateCode::available);
  EXPECT_EQ(state_code(DisplayState::activated, true), StateCode::starting);
  EXPECT_EQ(state_code(DisplayState::supplying, true), StateCode::charging);
  EXPECT_EQ(state_code(DisplayState::stopped, true), StateCode::stopped);
  EXPECT_EQ(state_code(DisplayState::broken, true), StateCode::faulted);
  EXPECT_EQ(state_code(DisplayState::disconnected, true), StateCode::disconnected);
}

TEST(StateFrame, TheHeadIsTwentyTwoBytesInLittleEndianOrder) {
  PackedStates states{1};
  const auto message = encode_frame({1, 0x01020304, 0, 0x0506}, states, nullptr);
  const std::string head{"\x01\x01\x01\0\0\0\x04\x03\x02\x01\0\0\0\0\x06\x05\0\0\0\0\0\0", 22};
  EXPECT_EQ(message.substr(0, kFrameHeadBytes), head);
}

TEST(StateFrame, ReadersThatLoseAnyMessagesHoldWhatWasThereAfterTheNextOneTheyCanUse) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random{seed};
    const auto points = static_cast<std::uint32_t>(1 + random() % 300);
    PackedStates truth = any_states(points, random);
    PackedStates shown{points};
    std::uint32_t held = 0;
    FrameLog log;
    for (int step = 0; step < 60; ++step) {
      for (auto changes = random() % 20; changes > 0; --changes)
        truth.set(static_cast<std::uint32_t>(random() % points), any_code(random));
      log.add(truth, step);
      if (random() % 3 == 0) continue;   // the watcher is slow
      if (random() % 10 == 0) held = 0;  // it has lost what it held
      const auto head = apply_frame(*log.message_for(held), held, shown);
      ASSERT_TRUE(head);
      held = head->number;
      ASSERT_EQ(head->sim_ms, step);
      ASSERT_EQ(shown.bytes(), truth.bytes());
    }
  }
}

TEST(StateFrame, ADamagedMessageIsRefusedAndChangesNothing) {
  Random random{7};
  const PackedStates before = any_states(100, random);
  const PackedStates after = any_states(100, random);
  const auto message = encode_frame({100, 9, 8, 0}, after, &before);
  const auto refuses = [&](const std::string& damaged, std::uint32_t held) {
    PackedStates states = before;
    const bool is_refused = !apply_frame(damaged, held, states);
    return is_refused && states.bytes() == before.bytes();
  };
  for (std::size_t cut = 0; cut < message.size(); ++cut)
    EXPECT_TRUE(refuses(message.substr(0, cut), 8)) << cut;
  EXPECT_TRUE(refuses(message, 7)) << "it does not follow what is held";
  EXPECT_TRUE(refuses("\x02" + message.substr(1), 8)) << "another type";
  PackedStates states = before;
  EXPECT_TRUE(apply_frame(message, 8, states));
  EXPECT_EQ(states.bytes(), after.bytes());
}

TEST(StateFrame, AHundredThousandPointsStayWithinTheMeasuredBounds) {
  Random random{1};
  PackedStates before{100'000};
  for (std::uint32_t i = 0; i < 100'000; ++i) before.set(i, any_code(random));
  PackedStates after = before;
  for (int i = 0; i < 500; ++i)
    after.set(static_cast<std::uint32_t>(random() % 100'000), any_code(random));
  EXPECT_LT(encode_frame({100'000, 1, 0, 0}, before, nullptr).size(), 45'000U);
  EXPECT_LT(encode_frame({100'000, 2, 1, 0}, after, &before).size(), 2'500U);
}

TEST(StateFrame, WhatAWatcherSaysIsFiveBytesOfAKnownKind) {
  for (const auto kind :
       {Said::Kind::taken, Said::Kind::lost, Said::Kind::paused, Said::Kind::resumed}) {
    const auto said = parse_said(to_bytes({kind, 0xFEDCBA98}));
    ASSERT_TRUE(said);
    EXPECT_EQ(said->kind, kind);
    EXPECT_EQ(said->number, 0xFEDCBA98);
  }
  EXPECT_FALSE(parse_said(""));
  EXPECT_FALSE(parse_said(std::string_view{"\0\0\0\0\0", 5}));
  EXPECT_FALSE(parse_said(std::string_view{"\x05\0\0\0\0", 5}));
  EXPECT_FALSE(parse_said(std::string_view{"\x01\0\0\0", 4}));
  EXPECT_FALSE(parse_said(std::string_view{"\x01\0\0\0\0\0", 6}));
}

TEST(FrameLog, CompressesOnceHoweverManyAsk) {
  FrameLog log;
  log.add(PackedStates{1'000}, 0);
  log.add(PackedStates{1'000}, 500);
  const auto first = log.message_for(1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(log.message_for(1), first);
  EXPECT_EQ(log.compressed(), 1U);
  EXPECT_NE(log.message_for(0), first);
  EXPECT_EQ(log.message_for(12'345), log.message_for(0)) << "both are keyframes";
  EXPECT_EQ(log.compressed(), 2U);
}

TEST(FrameLog, WhoeverHoldsFewerPointsGetsAKeyframeAndKnowsTheNewOnes) {
  FrameLog log;
  PackedStates shown{3};
  log.add(PackedStates{3}, 0);
  auto head = apply_frame(*log.message_for(0), 0, shown);
  ASSERT_TRUE(head);
  PackedStates grown{5};
  grown.set(4, StateCode::charging);
  log.add(grown, 500);
  EXPECT_EQ(log.newest(), 2U) << "numbers go on";
  head = apply_frame(*log.message_for(head->number), head->number, shown);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->base, 0U);
  EXPECT_EQ(shown.size(), 5U);
  EXPECT_EQ(shown.get(4), StateCode::charging);
  log.add(grown, 1'000);
  EXPECT_EQ(apply_frame(*log.message_for(2), 2, shown)->base, 2U) << "then differences again";
  const PackedStates few{3};
  EXPECT_FALSE(apply_frame(encode_frame({3, 9, 0, 0}, few, nullptr), 3, shown)) << "nobody leaves";
}

TEST(StateFrame, AMessageMakesRoomForWhatItHoldsAndNotForWhatItSays) {
  auto message = encode_frame({8, 1, 0, 0}, PackedStates{8}, nullptr);
  message[4] = message[5] = '\x7F';  // two billion points
  PackedStates states{8};
  EXPECT_FALSE(apply_frame(message, 0, states));
  EXPECT_EQ(states.size(), 8U);
}

TEST(FrameLog, KeepsEightAndGivesAKeyframeToWhoeverIsFurtherBehind) {
  FrameLog log;
  for (int i = 0; i < 20; ++i) log.add(PackedStates{10}, i);
  EXPECT_EQ(log.newest(), 20U);
  EXPECT_EQ(log.message_for(12), log.message_for(0));
  EXPECT_NE(log.message_for(13), log.message_for(0));
}

}  // namespace
}  // namespace chargemill::app::dashboard
