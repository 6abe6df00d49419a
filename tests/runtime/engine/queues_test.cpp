// The lock-free parts, first by script on one thread, then under load on several. The proof idea:
// each producer numbers its messages; the consumer checks that it sees every number once and in
// order.
#include <gtest/gtest.h>

#include <thread>

#include "runtime/base/wake_signal.hpp"
#include "runtime/engine/inbound_queue.hpp"
#include "runtime/engine/mailbox.hpp"
#include "runtime/engine/packet.hpp"
#include "runtime/engine/ready_ring.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

struct Numbered {
  unsigned producer;
  std::uint64_t number;
};
const Numbered& value(const caf::mailbox_element* e) {
  return static_cast<const Packet<Numbered>*>(e)->value();
}

TEST(InboundQueue, TellsExactlyThePusherThatFindsTheConsumerAsleep) {
  InboundQueue queue;
  InboundNode a;
  InboundNode b;
  EXPECT_FALSE(queue.push(&a));
  EXPECT_FALSE(queue.try_sleep()) << "something waits";
  EXPECT_EQ(queue.take_all(), &a);
  ASSERT_TRUE(queue.try_sleep());
  EXPECT_TRUE(queue.is_asleep());
  EXPECT_TRUE(queue.push(&a));
  EXPECT_FALSE(queue.push(&b)) << "only the first pusher wakes";
  queue.stay_awake();
  InboundNode* const first = queue.take_all();
  EXPECT_EQ(first, &a);
  EXPECT_EQ(first->inbound_next, &b);
}
TEST(InboundQueue, ForgetsTheSleepWhenTheConsumerWakesByItself) {
  InboundQueue queue;
  InboundNode a;
  ASSERT_TRUE(queue.try_sleep());
  queue.stay_awake();
  EXPECT_FALSE(queue.push(&a));
  EXPECT_EQ(queue.take_all(), &a);
}
TEST(WakeSignal, RemembersAWakeUpThatCameBeforeTheSleep) {
  WakeSignal signal;
  signal.wake();
  signal.sleep(1h);  // returns at once
}
TEST(RemoteMailbox, HoldsWhatCameBeforeItsBirthAndRefusesAfterItsClose) {
  RemoteMailbox box;
  EXPECT_EQ(box.push(Packet<Numbered>::make({0, 1})), RemoteMailbox::Push::queued);
  auto* waiting = box.take_all();
  ASSERT_NE(waiting, nullptr);
  EXPECT_EQ(value(waiting).number, 1U);
  waiting->request_deletion(false);
  EXPECT_EQ(box.push(Packet<Numbered>::make({0, 2})), RemoteMailbox::Push::must_schedule);
  auto* late = box.close();
  ASSERT_NE(late, nullptr);
  late->request_deletion(false);
  auto* refused = Packet<Numbered>::make({0, 3});
  EXPECT_EQ(box.push(refused), RemoteMailbox::Push::closed);
  refused->request_deletion(false);
}
TEST(LocalMailbox, IsFirstInFirstOut) {
  LocalMailbox box;
  EXPECT_EQ(box.take_all(), nullptr);
  for (std::uint64_t n = 0; n < 3; ++n) box.push(Packet<Numbered>::make({0, n}));
  auto* element = box.take_all();
  for (std::uint64_t n = 0; n < 3; ++n) {
    ASSERT_NE(element, nullptr);
    EXPECT_EQ(value(element).number, n);
    auto* next = static_cast<caf::mailbox_element*>(element->next);
    element->request_deletion(false);
    element = next;
  }
  EXPECT_EQ(element, nullptr);
}

TEST(LocalMailbox, TakesAListBehindWhatWaitsAndGivesOneAtATime) {
  LocalMailbox box;
  EXPECT_EQ(box.pop(), nullptr);
  caf::mailbox_element* list = nullptr;  // 2, 3
  for (const std::uint64_t n : {3U, 2U}) {
    auto* const element = Packet<Numbered>::make({0, n});
    element->next = list;
    list = element;
  }
  for (std::uint64_t n = 0; n < 2; ++n) box.push(Packet<Numbered>::make({0, n}));
  box.append(list);
  for (std::uint64_t n = 0; n < 4; ++n) {
    ASSERT_FALSE(box.empty());
    auto* const element = box.pop();
    EXPECT_EQ(value(element).number, n);
    if (n == 1) box.push(Packet<Numbered>::make({0, 4}));  // while it is being emptied
    element->request_deletion(false);
  }
  auto* const last = box.pop();
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(value(last).number, 4U);
  last->request_deletion(false);
  EXPECT_TRUE(box.empty());
}

TEST(ReadyRing, KeepsItsOrderWhileItGrows) {
  ReadyRing<int> ring{4};
  int in = 0;
  int out = 0;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 7; ++i) ring.push(in++);
    for (int i = 0; i < 5; ++i) ASSERT_EQ(ring.pop(), out++);
  }
  while (!ring.empty()) ASSERT_EQ(ring.pop(), out++);
  EXPECT_EQ(in, out);
}

TEST(RemoteMailbox, LosesNothingAndKeepsEachProducersOrderUnderLoad) {
  const std::uint64_t per_producer = test::stress_count(300'000);
  constexpr unsigned kProducers = 3;
  RemoteMailbox box;
  (void)box.take_all();
  std::vector<std::thread> producers;
  for (unsigned p = 0; p < kProducers; ++p) {
    producers.emplace_back([&box, p, per_producer] {
      for (std::uint64_t n = 0; n < per_producer; ++n)
        ASSERT_NE(box.push(Packet<Numbered>::make({p, n})), RemoteMailbox::Push::closed);
    });
  }
  std::uint64_t expected[kProducers] = {};
  std::uint64_t total = 0;
  while (total < kProducers * per_producer) {
    auto* element = box.take_all();
    while (element != nullptr) {
      auto* next = static_cast<caf::mailbox_element*>(element->next);
      ASSERT_EQ(value(element).number, expected[value(element).producer]++);
      element->request_deletion(false);
      element = next;
      ++total;
    }
  }
  for (auto& producer : producers) producer.join();
}

// A lost wake-up leaves the consumer asleep for an hour, far beyond the test's own time limit.
TEST(InboundQueue, LosesNoWakeUpBetweenAConsumerThatKeepsFallingAsleepAndItsProducers) {
  const std::uint64_t rounds = test::stress_count(200'000);
  constexpr unsigned kProducers = 2;
  InboundQueue queue;
  WakeSignal signal;
  struct Item : InboundNode {
    std::atomic<bool> free{true};
  };
  std::vector<std::thread> producers;
  std::vector<std::vector<Item>> items(kProducers);
  for (auto& own : items) own = std::vector<Item>(8);
  for (unsigned p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (std::uint64_t n = 0; n < rounds; ++n) {
        Item& item = items[p][n % items[p].size()];
        // acquire: the consumer is done with the node; pairs with its release.
        while (!item.free.load(std::memory_order_acquire)) std::this_thread::yield();
        item.free.store(false, std::memory_order_relaxed);  // relaxed: published by push()
        if (queue.push(&item)) signal.wake();
      }
    });
  }
  std::uint64_t seen = 0;
  while (seen < kProducers * rounds) {
    InboundNode* node = queue.take_all();
    if (node == nullptr && queue.try_sleep()) {
      signal.sleep(1h);
      queue.stay_awake();
    }
    while (node != nullptr) {
      InboundNode* next = node->inbound_next;
      static_cast<Item*>(node)->free.store(true, std::memory_order_release);  // see above
      node = next;
      ++seen;
    }
  }
  for (auto& producer : producers) producer.join();
}

}  // namespace
}  // namespace chargemill::runtime
