// Bags that come back: by script on one thread, then between threads. The proof idea: each bag
// carries a number that its receiver expects, so whoever writes into one that is still being read,
// or has it twice, is seen.
#include "runtime/engine/returned_bags.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

struct Number {
  std::uint64_t value;
};
void put(MailBag& bag, std::uint64_t number) {
  const Number content{number};
  ASSERT_TRUE(bag.try_add(nullptr, Packet<Number>::kKind, &content));
}
std::uint64_t number_in(const MailBag& bag) {
  return static_cast<const Number*>(bag.begin()->letter.content())->value;
}

TEST(ReturnedBags, GivesBackAllAtOnceTheNewestFirst) {
  ReturnedBags returned;
  MailBag a;
  MailBag b;
  EXPECT_EQ(returned.take_all(), nullptr);
  ASSERT_TRUE(returned.push(&a));
  ASSERT_TRUE(returned.push(&b));
  MailBag* const first = returned.take_all();
  ASSERT_EQ(first, &b);
  EXPECT_EQ(first->inbound_next, &a);
  EXPECT_EQ(a.inbound_next, nullptr);
  EXPECT_EQ(returned.take_all(), nullptr);
  ASSERT_TRUE(returned.push(&b)) << "a bag may come back as often as it likes";
  EXPECT_EQ(returned.take_all(), &b);
  EXPECT_EQ(b.inbound_next, nullptr);
}

// A limit on everything (style guide, habit 12): what a burst needed is not kept for ever.
TEST(ReturnedBags, RefusesOneMoreThanItMayHold) {
  ReturnedBags returned;
  const auto bags = std::make_unique<MailBag[]>(ReturnedBags::kBagsMax + 1);
  for (std::size_t i = 0; i < ReturnedBags::kBagsMax; ++i) ASSERT_TRUE(returned.push(&bags[i]));
  MailBag& last = bags[ReturnedBags::kBagsMax];
  EXPECT_FALSE(returned.push(&last));
  std::size_t count = 0;
  for (const InboundNode* bag = returned.take_all(); bag != nullptr; bag = bag->inbound_next)
    ++count;
  EXPECT_EQ(count, ReturnedBags::kBagsMax);
  EXPECT_TRUE(returned.push(&last)) << "there is room again";
  EXPECT_EQ(returned.take_all(), &last);
}

/// Expects its numbers in order, and gives each bag back.
void receive(InboundQueue& inbound, ReturnedBags& returned, std::uint64_t first, std::uint64_t step,
             std::uint64_t end) {
  for (std::uint64_t expected = first; expected < end;) {
    InboundNode* node = inbound.take_all();
    if (node == nullptr) std::this_thread::yield();
    while (node != nullptr) {
      auto* const bag = static_cast<MailBag*>(node);
      node = node->inbound_next;
      ASSERT_FALSE(bag->is_empty());
      ASSERT_EQ(number_in(*bag), expected);
      expected += step;
      bag->clear();
      ASSERT_TRUE(returned.push(bag));
    }
  }
}

TEST(ReturnedBags, TravelBetweenOneSenderAndManyReceiversAndNoneIsLostOrHadTwice) {
  constexpr std::size_t kBags = 64;
  constexpr std::size_t kReceivers = 3;
  const std::uint64_t letters = test::stress_count(100'000);
  ReturnedBags returned;
  std::vector<InboundQueue> inbound(kReceivers);
  std::vector<std::thread> receivers;
  for (std::size_t r = 0; r < kReceivers; ++r) {
    receivers.emplace_back([&, r] { receive(inbound[r], returned, r, kReceivers, letters); });
  }
  const auto bags = std::make_unique<MailBag[]>(kBags);
  for (std::size_t i = 0; i < kBags; ++i) ASSERT_TRUE(returned.push(&bags[i]));
  MailBag* spare = nullptr;
  for (std::uint64_t n = 0; n < letters;) {
    if (spare == nullptr) spare = returned.take_all();
    if (spare == nullptr) {
      std::this_thread::yield();
      continue;
    }
    MailBag* const bag = spare;
    spare = static_cast<MailBag*>(bag->inbound_next);
    EXPECT_TRUE(bag->is_empty()) << "somebody still has it";
    put(*bag, n);
    (void)inbound[n % kReceivers].push(bag);
    ++n;
  }
  for (auto& receiver : receivers) receiver.join();
  std::size_t back = 0;
  for (auto* const list : {spare, returned.take_all()})
    for (const InboundNode* bag = list; bag != nullptr; bag = bag->inbound_next) ++back;
  EXPECT_EQ(back, kBags);
}

}  // namespace
}  // namespace chargemill::runtime
