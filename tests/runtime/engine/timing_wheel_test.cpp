#include "runtime/engine/timing_wheel.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

TimingWheel::Payload payload(std::uintptr_t n) {
  return reinterpret_cast<void*>(n);  // NOLINT(performance-no-int-to-ptr): a name, never read
}
SimTime at(Nanos since_start) { return SimTime{since_start}; }

TEST(TimingWheel, FiresNothingBeforeItIsDueAndEverythingThen) {
  TimingWheel wheel;
  (void)wheel.arm(at(5ms), payload(1));
  EXPECT_FALSE(wheel.pop(at(5ms - 1ns)));
  const auto due = wheel.pop(at(5ms));
  ASSERT_TRUE(due);
  EXPECT_EQ(due->due, at(5ms));
  EXPECT_FALSE(wheel.pop(at(1h)));
}
TEST(TimingWheel, FiresInOrderOfDueTimeWithinOneTick) {
  TimingWheel wheel;
  for (const auto ns : {900, 100, 500}) (void)wheel.arm(at(Nanos{ns}), payload(1));
  for (const auto ns : {100, 500, 900}) EXPECT_EQ(wheel.pop(at(1s))->due, at(Nanos{ns}));
}
TEST(TimingWheel, TakesATimerForTheTickThatIsBeingFired) {
  TimingWheel wheel;
  (void)wheel.arm(at(10us), payload(1));
  (void)wheel.arm(at(30us), payload(3));
  ASSERT_TRUE(wheel.pop(at(10us)));
  (void)wheel.arm(at(20us), payload(2));
  EXPECT_EQ(wheel.pop(at(1s))->payload, payload(2));
  EXPECT_EQ(wheel.pop(at(1s))->payload, payload(3));
}
TEST(TimingWheel, FiresATimerOfAHigherLevelBeforeALaterOneArmedAfterTheCarry) {
  TimingWheel wheel;
  constexpr auto kTick = Nanos{1 << 15};
  (void)wheel.arm(at(0x103 * kTick), payload(1));  // level 1 as seen from tick 0
  (void)wheel.arm(at(0xFF * kTick), payload(0));
  ASSERT_EQ(wheel.pop(at(0xFF * kTick))->payload, payload(0));  // time stands at the carry
  (void)wheel.arm(at(0x105 * kTick), payload(2));               // level 0 from here
  EXPECT_EQ(wheel.pop(at(1s))->payload, payload(1));
  EXPECT_EQ(wheel.pop(at(1s))->payload, payload(2));
}
TEST(TimingWheel, DeclinesToCancelWhatHasFiredOrWasCancelled) {
  TimingWheel wheel;
  const TimerId first = wheel.arm(at(1ms), payload(1));
  EXPECT_TRUE(wheel.cancel(first));
  EXPECT_FALSE(wheel.cancel(first));
  const TimerId second = wheel.arm(at(1ms), payload(2));  // takes the same place
  EXPECT_FALSE(wheel.cancel(first));
  EXPECT_EQ(wheel.pop(at(1s))->payload, payload(2));
  EXPECT_FALSE(wheel.cancel(second));
  EXPECT_FALSE(wheel.cancel(TimerId{}));
  EXPECT_EQ(wheel.pending(), 0U);
}
TEST(TimingWheel, NamesTheExactNextDueTimeOrNever) {
  TimingWheel wheel;
  EXPECT_EQ(wheel.exact_next_due(), kNever);
  (void)wheel.arm(at(3h + 7ns), payload(1));
  EXPECT_LE(wheel.next_due(), at(3h + 7ns));
  EXPECT_EQ(wheel.exact_next_due(), at(3h + 7ns));
  const TimerId sooner = wheel.arm(at(1s), payload(2));
  EXPECT_EQ(wheel.exact_next_due(), at(1s));
  EXPECT_TRUE(wheel.cancel(sooner));
  EXPECT_EQ(wheel.exact_next_due(), at(3h + 7ns));
}
TEST(TimingWheel, ReachesTwoYears) {
  TimingWheel wheel;
  (void)wheel.arm(at(17'520h), payload(1));
  EXPECT_FALSE(wheel.pop(at(17'519h)));
  EXPECT_TRUE(wheel.pop(at(17'520h)));
}

/// Arms, cancels and pops at random, against a sorted list.
void agree_with_a_sorted_list(unsigned seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random{seed};
  TimingWheel wheel;
  std::multimap<SimTime, std::uintptr_t> model;
  std::map<std::uintptr_t, std::pair<TimerId, SimTime>> armed;
  SimTime now{};
  std::uintptr_t next = 1;
  for (int step = 0; step < 3'000; ++step) {
    const auto dice = random() % 10;
    if (dice < 5) {
      // Spread over all levels, with many collisions in the same tick.
      const auto reach = Nanos{1} * static_cast<std::int64_t>(random() % (1ULL << (random() % 50)));
      const TimerId id = wheel.arm(now + reach, payload(next));
      model.emplace(now + reach, next);
      armed[next++] = {id, now + reach};
    } else if (dice < 7 && !armed.empty()) {
      auto victim = armed.begin();
      std::advance(victim, static_cast<std::ptrdiff_t>(random() % armed.size()));
      ASSERT_TRUE(wheel.cancel(victim->second.first));
      const auto range = model.equal_range(victim->second.second);
      for (auto it = range.first; it != range.second; ++it) {
        if (it->second != victim->first) continue;
        model.erase(it);
        break;
      }
      armed.erase(victim);
    } else {
      now += Nanos{static_cast<std::int64_t>(random() % (1ULL << (random() % 46)))};
      while (const auto due = wheel.pop(now)) {
        ASSERT_FALSE(model.empty());
        ASSERT_EQ(due->due, model.begin()->first);
        const auto number = reinterpret_cast<std::uintptr_t>(due->payload);
        ASSERT_EQ(armed.at(number).second, due->due);
        const auto range = model.equal_range(due->due);
        auto it = range.first;
        while (it != range.second && it->second != number) ++it;
        ASSERT_NE(it, range.second);
        model.erase(it);
        armed.erase(number);
      }
      ASSERT_TRUE(model.empty() || model.begin()->first > now);
    }
    ASSERT_EQ(wheel.pending(), model.size());
    if (!model.empty()) {
      ASSERT_LE(wheel.next_due(), model.begin()->first);
    }
  }
}
TEST(TimingWheel, AgreesWithASortedListWhateverIsArmedCancelledAndPopped) {
  for (unsigned seed = 0; seed < 60; ++seed) agree_with_a_sorted_list(seed);
}

}  // namespace
}  // namespace chargemill::runtime
