// The two ends of a link against a network, step by step. Against one that does whatever it likes:
// link_properties_test.cpp.
#include <gtest/gtest.h>

#include <deque>

#include "tests/runtime/cluster/link_line.hpp"

namespace chargemill::runtime {
namespace {

using Verdict = LinkReceiver::Verdict;

TEST(Link, CarriesFramesOnceAndInOrder) {
  Line line;
  for (int i = 0; i < 25; ++i) line.make();
  line.settle();
  EXPECT_TRUE(line.has_all_once_in_order());
  EXPECT_EQ(line.sender.resent(), 0U);
  EXPECT_EQ(line.sender.kept_bytes(), 0U);
}

TEST(Link, HasNoMoreUnderWayThanTheReceiverGaveCreditFor) {
  Line line;
  line.make();
  EXPECT_TRUE(line.send());
  line.deliver(1);
  line.say();
  line.hear(line.acks.front());  // now the sender knows the credit
  for (int i = 0; i < 25; ++i) line.make();
  int sent = 0;
  while (line.send()) ++sent;
  EXPECT_EQ(sent, 10) << "ten frames are 1,000 bytes";
}

TEST(Link, SendsAFrameThatIsLargerThanTheCreditAlone) {
  Line line;
  line.make();
  (void)line.send();
  line.hear({2, 10, false});
  line.make();
  line.make();
  EXPECT_TRUE(line.send());
  EXPECT_FALSE(line.send());
}

TEST(Link, GoesBackToAGapAtOnceAndOnlyOnceForEach) {
  Line line;
  for (int i = 0; i < 5; ++i) line.make();
  while (line.send()) continue;
  line.frames.pop_front();  // the first is lost
  for (const auto sequence : line.frames) line.deliver(sequence);
  EXPECT_TRUE(line.receiver.is_pressing());
  const Ack ack = line.receiver.ack();
  EXPECT_TRUE(ack.has_gap);
  line.hear(ack);
  line.hear(ack);  // a second frame had asked for the same
  line.frames.clear();
  while (line.send()) continue;
  EXPECT_EQ(line.frames.size(), 5U);
  line.settle();
  EXPECT_TRUE(line.has_all_once_in_order());
}

TEST(Link, AsksWithTheFirstFrameAndThenRepeatsAllThatIsKeptWhenNobodyAnswers) {
  Line line;
  for (int i = 0; i < 3; ++i) line.make();
  while (line.send()) continue;
  line.frames.clear();
  EXPECT_EQ(line.sender.deadline(), line.now + kPatience);
  line.sender.tick(line.now + kPatience - 1ns);
  EXPECT_EQ(line.sender.due(), nullptr);
  line.now += kPatience;
  line.sender.tick(line.now);
  while (line.send()) continue;
  EXPECT_EQ(line.frames, (std::deque<std::uint64_t>{1}));
  line.frames.clear();
  EXPECT_EQ(line.sender.deadline(), line.now + 2 * kPatience);
  line.now += 2 * kPatience;
  line.sender.tick(line.now);
  while (line.send()) continue;
  EXPECT_EQ(line.frames, (std::deque<std::uint64_t>{1, 2, 3}));
}

TEST(Link, RepeatsAllWhenNothingButTheFirstFrameArrives) {
  Line line;
  for (int i = 0; i < 4; ++i) line.make();
  while (line.send()) continue;
  line.frames.clear();
  line.now += kPatience;
  line.sender.tick(line.now);
  (void)line.send();
  line.deliver(1);
  line.hear(line.receiver.ack());
  EXPECT_EQ(line.sender.due(), nullptr);
  line.now = line.sender.deadline();
  line.sender.tick(line.now);
  line.frames.clear();
  while (line.send()) continue;
  EXPECT_EQ(line.frames, (std::deque<std::uint64_t>{2, 3, 4}));
}

TEST(Link, DoesNotBelieveAReceiverThatHasMoreThanWasSent) {
  Line line;
  line.make();
  line.make();
  (void)line.send();
  std::uint64_t freed = 0;
  EXPECT_FALSE(line.sender.acknowledge({3, kCredit, false}, line.now, freed));
  EXPECT_FALSE(line.sender.acknowledge({0, kCredit, false}, line.now, freed));
  EXPECT_EQ(freed, 0U);
  EXPECT_TRUE(line.sender.acknowledge({2, kCredit, false}, line.now, freed));
  EXPECT_EQ(freed, kFrame);
}

/// All that has arrived waits at the receiver.
struct Hall : Line {
  Hall() { holds = true; }

  /// As much as goes arrives; how many frames that was.
  std::uint64_t pass() {
    const auto before = arrived.size();
    while (send()) continue;
    for (; !frames.empty(); frames.pop_front()) deliver(frames.front());
    if (receiver.owes_an_ack()) say();
    for (; !acks.empty(); acks.pop_front()) hear(acks.front());
    return arrived.size() - before;
  }
};

// What waits at the receiver has room in the window of its sender.
TEST(Link, LeavesNoMoreToAReceiverThanItHasRoomFor) {
  Hall line;
  line.make();
  EXPECT_EQ(line.pass(), 1U) << "now the sender knows the credit";
  for (int i = 0; i < 49; ++i) line.make();
  for (int round = 0; round < 20; ++round) {
    (void)line.pass();
    EXPECT_LE(line.held, 10U);
    line.now += LinkSender::kPatienceMax;
    line.sender.tick(line.now);
  }
  EXPECT_EQ(line.held, 10U) << "ten frames are 1,000 bytes";
  EXPECT_EQ(line.sender.kept_bytes(), 40 * kFrame);
  line.let_go(10);
  EXPECT_TRUE(line.receiver.is_pressing());
  line.settle();
  EXPECT_TRUE(line.has_all_once_in_order());
}

TEST(Link, TakesNothingOfASenderThatDoesNotCareForTheRoomThereIs) {
  LinkReceiver receiver{kCredit};
  for (std::uint64_t sequence = 1; sequence <= 10; ++sequence) {
    EXPECT_EQ(receiver.take(sequence, kFrame), Verdict::deliver);
    receiver.hold(sequence * kFrame);
  }
  EXPECT_EQ(receiver.ack().credit, 0U);
  EXPECT_EQ(receiver.take(11, kFrame), Verdict::no_room);
  EXPECT_EQ(receiver.take(12, kFrame), Verdict::early);
  EXPECT_FALSE(receiver.ack().has_gap) << "it would be sent in vain";
  EXPECT_EQ(receiver.ack().next, 11U);
  receiver.hold(9 * kFrame);
  EXPECT_TRUE(receiver.is_pressing());
  EXPECT_TRUE(receiver.ack().has_gap);
  EXPECT_EQ(receiver.ack().credit, kFrame);
  EXPECT_EQ(receiver.take(11, kFrame), Verdict::deliver);
}

TEST(Link, GoesBackToWhatHadNoRoomAlsoWhereItHadGoneBackBefore) {
  Line line;
  for (int i = 0; i < 3; ++i) line.make();
  while (line.send()) continue;
  line.hear({2, kCredit, true});  // the second is lost
  while (line.send()) continue;
  line.hear({2, 0, false});  // and has no room when it comes again
  EXPECT_EQ(line.sender.due(), nullptr);
  line.hear({2, kCredit, true});
  ASSERT_NE(line.sender.due(), nullptr);
  EXPECT_EQ(line.sender.due()->sequence, 2U);
}

}  // namespace
}  // namespace chargemill::runtime
