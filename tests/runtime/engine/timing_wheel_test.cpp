#include "runtime/engine/timing_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>

#include "tests/support/allocation_count.hpp"
#include "tests/support/traces.hpp"

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
TEST(TimingWheel, KnowsWhoFiresSoonOfTheOpenTickAndNobodyWhoWasCancelled) {
  TimingWheel wheel;
  for (std::uintptr_t n = 1; n <= 3; ++n) (void)wheel.arm(at(Nanos{n}), payload(n));
  const TimerId off = wheel.arm(at(4ns), payload(4));
  (void)wheel.arm(at(1h), payload(5));
  EXPECT_EQ(wheel.soon(0), nullptr) << "no tick is open";
  ASSERT_EQ(wheel.pop(at(1s))->payload, payload(1));
  EXPECT_EQ(wheel.soon(0), payload(2));
  EXPECT_EQ(wheel.soon(1), payload(3));
  EXPECT_EQ(wheel.soon(2), payload(4));
  ASSERT_TRUE(wheel.cancel(off));
  EXPECT_EQ(wheel.soon(2), nullptr);
  EXPECT_EQ(wheel.soon(3), nullptr) << "in an hour is not soon";
}
TEST(TimingWheel, ReachesTwoYears) {
  TimingWheel wheel;
  (void)wheel.arm(at(17'520h), payload(1));
  EXPECT_FALSE(wheel.pop(at(17'519h)));
  EXPECT_TRUE(wheel.pop(at(17'520h)));
}

// The wheel against a sorted list.
enum class What : std::uint8_t {
  arm,
  arm_at_carry,
  cancel,
  cancel_stale,
  pass,
  pass_to_carry,
  look
};
struct Step {
  What what;
  std::uint64_t n;  ///< nanoseconds; which timer; which carry, and how near (below)
};
// Where time goes over into a higher level, the corners are: ticks around the end of the present
// slot of a level.
constexpr std::uint64_t kNearness = 8;
constexpr unsigned level_of(std::uint64_t n) { return 1 + static_cast<unsigned>(n / kNearness); }
constexpr std::int64_t ticks_from_carry(std::uint64_t n) {
  return static_cast<std::int64_t>(n % kNearness) - 4;
}
constexpr Nanos kTick{1 << 15};
std::ostream& operator<<(std::ostream& out, const Step& step) {
  switch (step.what) {
    case What::arm:
      return out << "arm +" << step.n << " ns";
    case What::arm_at_carry:
      return out << "arm at carry " << level_of(step.n) << (ticks_from_carry(step.n) < 0 ? "" : "+")
                 << ticks_from_carry(step.n);
    case What::pass_to_carry:
      return out << "pass to carry " << level_of(step.n)
                 << (ticks_from_carry(step.n) < 0 ? "" : "+") << ticks_from_carry(step.n);
    case What::cancel:
      return out << "cancel " << step.n;
    case What::cancel_stale:
      return out << "cancel stale " << step.n;
    case What::pass:
      return out << "pass " << step.n << " ns";
    case What::look:
      return out << "exact next due";
  }
  return out;
}
Step any_step(RandomStream& random) {
  // Spread over all levels, with many collisions in the same tick.
  const auto reach = [&random](std::uint64_t bits) {
    const std::uint64_t scale = std::uint64_t{1} << random.below(bits);
    return random.below(scale);
  };
  const auto dice = random.below(40);
  if (dice < 14) return {What::arm, reach(50)};
  if (dice < 20) return {What::arm_at_carry, random.below(3 * kNearness)};
  if (dice < 28) return {What::cancel, random.below(4'000)};
  if (dice < 29) return {What::cancel_stale, random.below(4'000)};
  if (dice < 35) return {What::pass, reach(46)};
  if (dice < 39) return {What::pass_to_carry, random.below(3 * kNearness)};
  return {What::look, 0};
}
rc::Seq<Step> simpler(const Step& step) {
  return rc::seq::map(rc::shrink::towards(step.n, std::uint64_t{0}), [step](std::uint64_t n) {
    return Step{step.what, n};
  });
}

class WheelAndList {
 public:
  void play(const Step& step) {
    const Nanos reach{static_cast<std::int64_t>(step.n)};
    switch (step.what) {
      case What::arm:
        arm(now_ + reach);
        break;
      case What::arm_at_carry:
        arm(carry(step.n));
        break;
      case What::cancel:
        if (!live_.empty()) cancel(live_[step.n % live_.size()]);
        break;
      case What::cancel_stale:
        if (!stale_.empty()) RC_ASSERT(!wheel_.cancel(stale_[step.n % stale_.size()]));
        break;
      case What::pass:
        now_ += reach;
        pop_all();
        break;
      case What::pass_to_carry:
        now_ = std::max(now_, carry(step.n));
        pop_all();
        break;
      case What::look:
        RC_ASSERT(wheel_.exact_next_due() == earliest());
        break;
    }
    RC_ASSERT(wheel_.pending() == list_.size());
    RC_ASSERT(wheel_.next_due() <= earliest());
  }

 private:
  /// By due time, then by number: a number is never used twice.
  using Key = std::pair<SimTime, std::uintptr_t>;

  [[nodiscard]] SimTime earliest() const {
    return list_.empty() ? kNever : list_.begin()->first.first;
  }
  [[nodiscard]] SimTime carry(std::uint64_t n) const {
    const Nanos slot = kTick * (std::int64_t{1} << 8U * level_of(n));
    return SimTime{(now_.time_since_epoch() / slot + 1) * slot + ticks_from_carry(n) * kTick};
  }
  void arm(SimTime due) {
    const Key key{due, ++numbers_};
    list_[key] = wheel_.arm(due, payload(numbers_));
    live_.push_back(key);
  }
  void cancel(Key key) {
    RC_ASSERT(wheel_.cancel(list_.at(key)));
    forget(key);
  }
  void pop_all() {
    while (const auto due = wheel_.pop(now_)) {
      RC_ASSERT(due->due == earliest());
      RC_ASSERT(due->due <= now_);
      const Key key{due->due, reinterpret_cast<std::uintptr_t>(due->payload)};
      RC_ASSERT(list_.count(key) == 1U);
      forget(key);
    }
    RC_ASSERT(earliest() > now_);
  }
  void forget(Key key) {
    stale_.push_back(list_.at(key));
    list_.erase(key);
    live_.erase(std::find(live_.begin(), live_.end(), key));
  }

  TimingWheel wheel_;
  std::map<Key, TimerId> list_;
  std::vector<Key> live_;  // the same, in the order of arming
  std::vector<TimerId> stale_;
  SimTime now_{};
  std::uintptr_t numbers_ = 0;
};
TEST(TimingWheel, AgreesWithASortedListWhateverIsArmedCancelledAndPopped) {
  test::check_cases(240, [] {
    WheelAndList both;
    for (const Step& step : *test::any_trace(3'000, any_step, simpler).as("timers"))
      both.play(step);
  });
}

// Actors that join one by one: the worker makes room for each when it comes.
TEST(TimingWheel, MakesRoomForOneMoreATimeWithFewAllocations) {
  if (!test::kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  constexpr std::size_t kTimers = 100'000;
  TimingWheel wheel;
  const std::uint64_t before = test::allocations();
  for (std::size_t timers = 1; timers <= kTimers; ++timers) wheel.reserve(timers);
  EXPECT_LT(test::allocations() - before, 200U) << "each moves all there are";
}

TEST(TimingWheel, AllocatesForNoTimerOnceWarm) {
  if (!test::kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  constexpr Nanos kRound = kTick * (1 << 16);  // each begins at the same place of the lower levels
  constexpr std::uint32_t kTimers = 1'000;
  TimingWheel wheel;
  std::array<TimerId, kTimers> ids{};
  std::uint64_t fired = 0;
  const auto play = [&](int round) {
    const SimTime start = at(kRound * round);
    for (std::uint32_t i = 0; i < kTimers; ++i)
      ids[i] = wheel.arm(start + kTick * (i * 61 % 30'000), payload(i));
    for (std::uint32_t i = 0; i < kTimers; i += 2) (void)wheel.cancel(ids[i]);
    while (wheel.pop(start + kRound - 1ns)) ++fired;
  };
  for (int round = 0; round < 4; ++round) play(round);
  const std::uint64_t before = test::allocations();
  for (int round = 4; round < 20; ++round) play(round);
  EXPECT_EQ(test::allocations() - before, 0U);
  EXPECT_EQ(fired, 20U * kTimers / 2);
  EXPECT_EQ(wheel.pending(), 0U);
}

}  // namespace
}  // namespace chargemill::runtime
