// Both breakers, step by step: the trace of D-160 and what the table of D-150 says.
#include <gtest/gtest.h>

#include "runtime/resilience/circuit_breaker.hpp"
#include "runtime/resilience/local_breaker.hpp"

namespace chargemill::runtime {
namespace {

constexpr BreakerLimits kLimits{3, Millis{30'000}, 2};

/// A local breaker with its limits at hand, so that both kinds are driven alike.
class Local {
 public:
  explicit Local(const BreakerLimits& limits) : limits_(limits) {}
  auto try_acquire(SimTime now) { return breaker_.try_acquire(limits_, now); }
  [[nodiscard]] bool would_admit(SimTime now) const { return breaker_.would_admit(limits_, now); }
  void record_failure(SimTime now) { breaker_.record_failure(limits_, now); }
  void record_success() { breaker_.record_success(limits_); }
  void succeeded(Permit permit) { breaker_.succeeded(permit, limits_); }
  void failed(Permit permit, SimTime now) { breaker_.failed(permit, limits_, now); }
  void release(Permit permit) { breaker_.release(permit); }
  void reset() { breaker_.reset(); }
  [[nodiscard]] BreakerMode mode() const { return breaker_.mode(); }

 private:
  LocalBreaker breaker_;
  const BreakerLimits limits_;
};

template <class T>
struct BreakerTest : testing::Test {
  T breaker{kLimits};
  SimTime now{Millis{1'000}};

  void fail() { breaker.record_failure(now); }
  void succeed() { breaker.record_success(); }
  [[nodiscard]] bool ask() { return breaker.try_acquire(now).has_value(); }
  void open() {
    for (int i = 0; i < 3; ++i) fail();
  }
};
using Kinds = testing::Types<CircuitBreaker, Local>;
TYPED_TEST_SUITE(BreakerTest, Kinds, );

TEST(BreakerLimits, AreThoseOfTheReferenceUnlessSaidOtherwise) {  // D-149
  EXPECT_EQ(BreakerLimits{}.failures_max, 5U);
  EXPECT_EQ(BreakerLimits{}.cooldown, Millis{60'000});
  EXPECT_EQ(BreakerLimits{}.probes, 2U);
}

TYPED_TEST(BreakerTest, FollowsTheTraceOfTheReference) {  // D-160
  auto& t = *this;
  t.fail();
  t.fail();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::closed);
  t.succeed();
  t.fail();
  t.fail();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::closed) << "only consecutive failures count (D-153)";
  t.fail();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::open);
  EXPECT_FALSE(t.ask());
  t.now += Millis{29'900};
  EXPECT_FALSE(t.ask()) << "29.9 s no (D-152)";
  EXPECT_EQ(t.breaker.mode(), BreakerMode::open);
  t.now += Millis{100};
  EXPECT_TRUE(t.ask()) << "30.0 s yes";
  EXPECT_EQ(t.breaker.mode(), BreakerMode::half_open);
  EXPECT_TRUE(t.ask());
  EXPECT_FALSE(t.ask()) << "the limit: exactly two probes (D-151)";
  t.succeed();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::half_open);
  EXPECT_FALSE(t.ask());
  t.succeed();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::closed);
  EXPECT_TRUE(t.ask());
  t.open();
  t.now += Millis{30'000};
  EXPECT_TRUE(t.ask());
  EXPECT_EQ(t.breaker.mode(), BreakerMode::half_open);
  t.fail();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::open);
  EXPECT_FALSE(t.ask()) << "opened-at is renewed";
  t.succeed();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::open) << "no closing before the time-out (D-156)";
  t.now += Millis{30'000};
  EXPECT_TRUE(t.ask());
  t.succeed();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::half_open);
  EXPECT_TRUE(t.ask());
  EXPECT_FALSE(t.ask());
  t.succeed();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::closed);
}

TYPED_TEST(BreakerTest, LookingChangesNothing) {  // D-152: reading never moves the state
  auto& t = *this;
  t.open();
  t.now += Millis{30'000};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(t.breaker.would_admit(t.now));
  EXPECT_EQ(t.breaker.mode(), BreakerMode::open);
  EXPECT_TRUE(t.ask());
  EXPECT_TRUE(t.breaker.would_admit(t.now));
  EXPECT_TRUE(t.ask());
  EXPECT_FALSE(t.breaker.would_admit(t.now));
}

TYPED_TEST(BreakerTest, AFailureWhileOpenDoesNotRenewTheRest) {  // D-150
  auto& t = *this;
  t.open();
  t.now += Millis{20'000};
  t.fail();
  t.now += Millis{10'000};
  EXPECT_TRUE(t.ask());
}

TYPED_TEST(BreakerTest, AReleasedProbeGivesItsPlaceBack) {  // D-154
  auto& t = *this;
  t.open();
  t.now += Millis{30'000};
  const auto first = t.breaker.try_acquire(t.now);
  const auto second = t.breaker.try_acquire(t.now);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(t.ask());
  t.breaker.release(*first);
  EXPECT_TRUE(t.ask());
  EXPECT_FALSE(t.ask());
}

// A slow answer says nothing about the peer of today.
TYPED_TEST(BreakerTest, OutcomesOfAnEarlierEpochDoNotCount) {
  auto& t = *this;
  const auto early = t.breaker.try_acquire(t.now);
  t.open();
  t.now += Millis{30'000};
  const auto probe = t.breaker.try_acquire(t.now);
  ASSERT_TRUE(early && probe);
  t.breaker.succeeded(*early);
  t.breaker.succeeded(*early);
  EXPECT_EQ(t.breaker.mode(), BreakerMode::half_open) << "two late successes close nothing";
  t.breaker.failed(*early, t.now);
  EXPECT_EQ(t.breaker.mode(), BreakerMode::half_open) << "a late failure opens nothing";
  t.breaker.release(*early);
  EXPECT_TRUE(t.ask());
  EXPECT_FALSE(t.ask()) << "a late release frees no place";
  t.breaker.failed(*probe, t.now);
  EXPECT_EQ(t.breaker.mode(), BreakerMode::open);
}

TYPED_TEST(BreakerTest, ResetClosesInAnyState) {  // D-157
  auto& t = *this;
  t.open();
  t.breaker.reset();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::closed);
  t.open();
  t.now += Millis{30'000};
  EXPECT_TRUE(t.ask());
  t.breaker.reset();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::closed);
  t.fail();
  t.fail();
  EXPECT_EQ(t.breaker.mode(), BreakerMode::closed) << "the count began anew";
}

}  // namespace
}  // namespace chargemill::runtime
