// How long a link waits before it takes silence for loss, by a clock that is moved by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "runtime/cluster/link_receiver.hpp"
#include "runtime/cluster/link_sender.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kPatience = 300ms;
constexpr std::uint32_t kCredit = 4 << 20;

SlabPtr frame_of(std::size_t bytes) {
  SlabPtr slab = SlabPool::make(bytes - FrameLayout::kHeaderBytes);
  slab->grow(bytes - FrameLayout::kHeaderBytes);
  return slab;
}

/// A sender whose receiver answers when the test says so.
struct Sender {
  LinkSender sender{kPatience};
  SimTime now{1h};

  std::uint64_t send() {
    const std::uint64_t sequence = sender.next_sequence();
    sender.keep(frame_of(100));
    EXPECT_NE(sender.due(), nullptr);
    sender.sent(now);
    return sequence;
  }
  /// All below `next` have arrived.
  void hear(std::uint64_t next) {
    std::uint64_t freed = 0;
    EXPECT_TRUE(sender.acknowledge({next, kCredit, false}, now, freed));
  }
  /// Nobody answers until it sends again; how long that took, and how many frames it sends.
  std::pair<Nanos, int> lose_patience() {
    const Nanos waited = sender.deadline() - now;
    now = sender.deadline();
    sender.tick(now);
    int frames = 0;
    for (; sender.due() != nullptr; ++frames) sender.sent(now);
    return {waited, frames};
  }
};

TEST(LinkPatience, DoublesWhileNobodyAnswersAndEndsWithThatOfTcp) {
  Sender link;
  (void)link.send();
  for (const Nanos expected : {300ms, 600ms, 1'200ms, 2'400ms, 4'800ms, 5'000ms, 5'000ms})
    EXPECT_EQ(link.lose_patience(), (std::pair<Nanos, int>{expected, 1}));
}

TEST(LinkPatience, IsFourTimesWhatTheLinkIsSeenToTake) {
  Sender link;
  EXPECT_EQ(link.sender.patience(), kPatience);
  const auto first = link.send();
  link.now += 20ms;
  link.hear(first + 1);
  EXPECT_EQ(link.sender.patience(), kPatience) << "the least";
  const auto second = link.send();
  link.now += 250ms;
  link.hear(second + 1);
  EXPECT_EQ(link.sender.patience(), 1s);
  (void)link.send();
  EXPECT_EQ(link.sender.deadline(), link.now + 1s);
}

TEST(LinkPatience, ShrinksAgainOnALinkThatIsQuickAgain) {
  Sender link;
  const auto slow = link.send();
  link.now += 290ms;
  link.hear(slow + 1);
  EXPECT_EQ(link.sender.patience(), 1'160ms);
  for (int i = 0; i < 20; ++i) {
    const auto quick = link.send();
    link.now += 1ms;
    link.hear(quick + 1);
  }
  EXPECT_EQ(link.sender.patience(), kPatience);
}

// Frames that follow each other closely arrive closely, however long their way is.
TEST(LinkPatience, DoesNotTakeTheTimeBetweenTwoFramesForTheWayOfOne) {
  Sender link;
  const auto first = link.send();
  for (int i = 0; i < 49; ++i) (void)link.send();
  link.now += 250ms;
  for (std::uint64_t next = first + 1; next <= first + 50; ++next) {
    link.hear(next);
    link.now += 1ms;
  }
  EXPECT_EQ(link.sender.patience(), 1s);
}

TEST(LinkPatience, LearnsNothingOfFramesThatWentTwice) {
  Sender link;
  const auto twice = link.send();
  (void)link.lose_patience();
  link.now += 100ms;
  link.hear(twice + 1);
  EXPECT_EQ(link.sender.patience(), 2 * kPatience) << "which of the two was answered?";
  const auto once = link.send();
  link.now += 100ms;
  link.hear(once + 1);
  EXPECT_EQ(link.sender.patience(), 400ms);
}

TEST(LinkPatience, BeginsAnewWhenTheReceiverIsHeardAgain) {
  Sender link;
  (void)link.send();
  for (int i = 0; i < 5; ++i) (void)link.lose_patience();
  link.sender.hurry();
  EXPECT_EQ(link.sender.deadline(), link.now + kPatience);
}

TEST(LinkPatience, IsThatOfANewLinkForANewReceiver) {
  Sender link;
  const auto slow = link.send();
  link.now += 290ms;
  link.hear(slow + 1);
  (void)link.send();
  (void)link.lose_patience();
  (void)link.sender.start_over();
  EXPECT_EQ(link.sender.deadline(), kNever);
  EXPECT_EQ(link.sender.due(), nullptr);
  EXPECT_EQ(link.send(), 1U);
  EXPECT_EQ(link.lose_patience(), (std::pair<Nanos, int>{kPatience, 1}));
}

/// A wire with its speed and its length between the two ends, as links have them: what is handed to
/// it waits there in order, acknowledgements come after 10 ms, or before a sender has to stop.
class Wire {
 public:
  Wire(std::int64_t bytes_per_s, Nanos length) : bytes_per_s_(bytes_per_s), length_(length) {}

  /// Whatever is handed to it is gone, until it is mended.
  void cut(bool is_cut) { is_cut_ = is_cut; }
  void keep(std::size_t bytes) { sender.keep(frame_of(bytes)); }
  void pass(Nanos time) {
    for (const SimTime until = now + time; now < until; now += 1ms) turn();
  }
  [[nodiscard]] std::uint64_t arrived() const { return receiver.next() - 1; }

  LinkSender sender{kPatience};
  LinkReceiver receiver{kCredit};
  SimTime now{};

 private:
  static constexpr std::size_t kFramesWaitingMax = 128;  // in libzmq, on both sides
  static constexpr Nanos kAckAfter = 10ms;
  template <class T>
  struct Due {
    SimTime at;
    T what;
  };
  struct OnTheWire {
    std::uint64_t sequence;
    std::uint32_t bytes;
  };

  void turn() {
    for (; !acks_.empty() && acks_.front().at <= now; acks_.pop_front()) {
      std::uint64_t freed = 0;
      EXPECT_TRUE(sender.acknowledge(acks_.front().what, now, freed));
    }
    sender.tick(now);
    while (const auto* const due = frames_.size() < kFramesWaitingMax ? sender.due() : nullptr) {
      const OnTheWire frame{due->sequence, due->bytes};
      sender.sent(now);
      if (is_cut_) continue;
      free_at_ = std::max(free_at_, now) + Nanos{1s} * frame.bytes / bytes_per_s_;
      frames_.push_back({free_at_ + length_, frame});
    }
    for (; !frames_.empty() && frames_.front().at <= now; frames_.pop_front()) {
      (void)receiver.take(frames_.front().what.sequence, frames_.front().what.bytes);
      owes_since_ = std::min(owes_since_, now);
    }
    if (!receiver.owes_an_ack()) return;
    if (!receiver.is_pressing() && now < owes_since_ + kAckAfter) return;
    acks_.push_back({now + length_, receiver.ack()});
    receiver.acked();
    owes_since_ = kNever;
  }

  const std::int64_t bytes_per_s_;
  const Nanos length_;
  bool is_cut_ = false;
  SimTime free_at_{};
  SimTime owes_since_ = kNever;
  std::deque<Due<OnTheWire>> frames_;
  std::deque<Due<Ack>> acks_;
};

// A frame takes half a second, and as many as the credit allows wait before it.
TEST(LinkPatience, SendsHardlyAnythingTwiceOnASlowWire) {
  constexpr int kFrames = 200;
  Wire wire{125'000, 20ms};  // 1 Mbit/s
  int made = 0;
  for (; made < 60; ++made) wire.keep(FrameLayout::kBytesMax);
  for (int seconds = 0; seconds < 110; ++seconds) {
    while (made < kFrames && wire.sender.kept_bytes() < kCredit) {
      wire.keep(FrameLayout::kBytesMax);
      ++made;
    }
    wire.pass(1s);
  }
  EXPECT_EQ(wire.arrived(), 200U) << "105 s, were there nothing else on the wire";
  EXPECT_TRUE(wire.sender.is_idle());
  EXPECT_LE(wire.sender.resent(), 3U);
}

// After each pause as many frames as before: each burst waits for a whole round trip.
TEST(LinkPatience, SendsHardlyAnythingTwiceOnALongWire) {
  Wire wire{10'000'000, 490ms};
  for (int burst = 0; burst < 20; ++burst) {
    for (int i = 0; i < 5; ++i) wire.keep(1'000);
    wire.pass(3s);
  }
  EXPECT_EQ(wire.arrived(), 100U);
  EXPECT_LE(wire.sender.resent(), 10U) << "until the first answer comes";
}

// Nothing more may be sent that would show the gap.
TEST(LinkPatience, RepeatsInGoodTimeWhatABrokenConnectionLost) {
  Wire wire{10'000'000, 1ms};
  wire.keep(1'000);
  wire.pass(100ms);
  ASSERT_EQ(wire.arrived(), 1U);
  wire.cut(true);
  for (int i = 0; i < 200; ++i) wire.keep(FrameLayout::kBytesMax);
  wire.pass(100ms);
  wire.cut(false);
  wire.pass(1s);
  EXPECT_GT(wire.arrived(), 60U) << "the window";
  wire.pass(3s);
  EXPECT_EQ(wire.arrived(), 201U);
  EXPECT_TRUE(wire.sender.is_idle());
}

}  // namespace
}  // namespace chargemill::runtime
