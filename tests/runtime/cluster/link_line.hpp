// A small language for tests of the two ends of a link: what they say, and what becomes of it on
// the way.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "runtime/cluster/link_receiver.hpp"
#include "runtime/cluster/link_sender.hpp"

namespace chargemill::runtime {

using namespace std::chrono_literals;

inline constexpr Nanos kPatience = 300ms;
inline constexpr std::uint32_t kCredit = 1'000;
inline constexpr std::size_t kFrame = FrameLayout::kHeaderBytes + 68;  // ten fill the credit

/// A body that says which frame it is.
inline SlabPtr numbered(std::uint64_t number) {
  SlabPtr slab = SlabPool::make(kFrame - FrameLayout::kHeaderBytes);
  store_at(slab->body(), number);
  slab->grow(kFrame - FrameLayout::kHeaderBytes);
  return slab;
}

/// Sender and receiver, and what is between them. What has arrived may wait at the receiver for
/// something else.
struct Line {
  explicit Line(std::uint32_t credit = kCredit) : receiver(credit) {}

  LinkSender sender{kPatience};
  LinkReceiver receiver;
  std::deque<std::uint64_t> frames;  // on their way: the number in the header, equal to the body's
  std::deque<Ack> acks;
  std::vector<std::uint64_t> arrived;
  std::uint64_t made = 0;
  std::uint64_t sent = 0;          // the last that ever went on its way
  std::uint64_t acknowledged = 0;  // the last that the sender knows to be there
  bool holds = false;              // what arrives waits there
  std::uint64_t held = 0;          // frames
  std::uint64_t refused = 0;       // frames, for want of room
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
    const auto verdict = receiver.take(sequence, kFrame);
    if (verdict == LinkReceiver::Verdict::no_room) ++refused;
    if (verdict != LinkReceiver::Verdict::deliver) return;
    arrived.push_back(sequence);
    if (holds) ++held;
    receiver.hold(held * kFrame);
  }
  void let_go(std::uint64_t count) {
    held -= count;
    receiver.hold(held * kFrame);
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
  /// A network that behaves, and a receiver that nothing waits at, until all is there.
  void settle() {
    holds = false;
    let_go(held);
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

}  // namespace chargemill::runtime
