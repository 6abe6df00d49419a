// The two ends of a link against a network that does whatever it likes.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

#include "runtime/cluster/link_receiver.hpp"
#include "runtime/cluster/link_sender.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using Verdict = LinkReceiver::Verdict;

constexpr Nanos kPatience = 300ms;
constexpr std::uint32_t kCredit = 1'000;
constexpr std::size_t kFrame = FrameLayout::kHeaderBytes + 68;  // ten fill the credit

/// A body that says which frame it is.
SlabPtr numbered(std::uint64_t number) {
  SlabPtr slab = SlabPool::make(kFrame - FrameLayout::kHeaderBytes);
  store_at(slab->body(), number);
  slab->grow(kFrame - FrameLayout::kHeaderBytes);
  return slab;
}

/// Sender and receiver, and what is between them.
struct Line {
  LinkSender sender{kPatience};
  LinkReceiver receiver{kCredit};
  std::deque<std::uint64_t> frames;  // on their way: the number in the header, equal to the body's
  std::deque<Ack> acks;
  std::vector<std::uint64_t> arrived;
  std::uint64_t made = 0;
  std::uint64_t sent = 0;          // the last that ever went on its way
  std::uint64_t acknowledged = 0;  // the last that the sender knows to be there
  SimTime now{};

  void make() { sender.keep(numbered(++made)); }
  bool send() {
    const auto* const due = sender.due();
    if (due == nullptr) return false;
    EXPECT_EQ(load_at<std::uint64_t>(due->frame->body()), due->sequence);
    frames.push_back(due->sequence);
    sent = std::max(sent, due->sequence);
    sender.sent(now);
    return true;
  }
  void deliver(std::uint64_t sequence) {
    if (receiver.take(sequence, kFrame) == Verdict::deliver) arrived.push_back(sequence);
  }
  void say() {
    acks.push_back(receiver.ack());
    receiver.acked();
  }
  void hear(const Ack& ack) {
    std::uint64_t freed = 0;
    EXPECT_TRUE(sender.acknowledge(ack, now, freed));
    acknowledged = std::max(acknowledged, ack.next - 1);
  }
  /// A network that behaves, until all is there.
  void settle() {
    for (int round = 0; round < 10'000 && !(sender.is_idle() && frames.empty()); ++round) {
      while (send()) continue;
      while (!frames.empty()) {
        deliver(frames.front());
        frames.pop_front();
      }
      if (receiver.owes_an_ack()) say();
      while (!acks.empty()) {
        hear(acks.front());
        acks.pop_front();
      }
      now += kPatience / 4;
      sender.tick(now);
    }
  }
  [[nodiscard]] bool has_all_once_in_order() const {
    return arrived.size() == made && has_each_once_in_order();
  }
  [[nodiscard]] bool has_each_once_in_order() const {
    for (std::size_t i = 0; i < arrived.size(); ++i) {
      if (arrived[i] != i + 1) return false;
    }
    return true;
  }
};

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

/// Frames that have all arrived wait at the receiver for something else.
struct Hall : Line {
  std::uint64_t held = 0;  // frames

  /// As much as goes arrives; how many frames that was.
  std::uint64_t pass() {
    const auto before = arrived.size();
    while (send()) continue;
    for (; !frames.empty(); frames.pop_front()) deliver(frames.front());
    held += arrived.size() - before;
    receiver.hold(held * kFrame);
    if (receiver.owes_an_ack()) say();
    for (; !acks.empty(); acks.pop_front()) hear(acks.front());
    return arrived.size() - before;
  }
  void let_go(std::uint64_t count) {
    held -= count;
    receiver.hold(held * kFrame);
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

enum class Mishap {
  make,
  send,
  deliver,
  lose,
  repeat,
  swap,
  say,
  hear,
  lose_ack,
  break_line,
  wait
};

// Within an incarnation nothing is lost and nothing doubled, whatever the transport does, and what
// the sender keeps is what nobody has acknowledged.
TEST(LinkProperties, LosesAndDoublesNothingWhateverTheNetworkDoes) {
  rc::check("any history, then a network that behaves", [] {
    const auto steps = *rc::gen::container<std::vector<Mishap>>(
        rc::gen::weightedElement<Mishap>({{6, Mishap::make},
                                          {8, Mishap::send},
                                          {8, Mishap::deliver},
                                          {2, Mishap::lose},
                                          {2, Mishap::repeat},
                                          {2, Mishap::swap},
                                          {4, Mishap::say},
                                          {4, Mishap::hear},
                                          {1, Mishap::lose_ack},
                                          {1, Mishap::break_line},
                                          {1, Mishap::wait}}));
    Line line;
    std::optional<std::uint64_t> seen;
    for (const Mishap step : steps) {
      line.now += 1ms;
      switch (step) {
        case Mishap::make:
          line.make();
          break;
        case Mishap::send:
          (void)line.send();
          break;
        case Mishap::deliver:
          if (line.frames.empty()) break;
          seen = line.frames.front();
          line.deliver(*seen);
          line.frames.pop_front();
          break;
        case Mishap::lose:
          if (!line.frames.empty()) line.frames.pop_front();
          break;
        case Mishap::repeat:
          if (seen) line.deliver(*seen);
          break;
        case Mishap::swap:
          if (line.frames.size() > 1) std::swap(line.frames.front(), line.frames.back());
          break;
        case Mishap::say:
          line.say();
          break;
        case Mishap::hear:
          if (line.acks.empty()) break;
          line.hear(line.acks.front());
          line.acks.pop_front();
          break;
        case Mishap::lose_ack:
          if (!line.acks.empty()) line.acks.pop_front();
          break;
        case Mishap::break_line:
          line.frames.clear();
          line.acks.clear();
          break;
        case Mishap::wait:
          line.now += LinkSender::kPatienceMax;
          line.sender.tick(line.now);
      }
      RC_ASSERT(line.sender.kept_bytes() == (line.made - line.acknowledged) * kFrame);
      RC_ASSERT(line.has_each_once_in_order());
      RC_ASSERT(line.acknowledged <= line.arrived.size());
      RC_ASSERT(line.arrived.size() <= line.sent);
    }
    line.settle();
    RC_ASSERT(line.has_all_once_in_order());
    RC_ASSERT(line.sender.kept_bytes() == 0U);
  });
}

}  // namespace
}  // namespace chargemill::runtime
