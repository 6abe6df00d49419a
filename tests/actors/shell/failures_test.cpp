#include "actors/shell/failures.hpp"

#include <gtest/gtest.h>

#include "actors/shell/injected_crash.hpp"

namespace chargemill {
namespace {

TEST(Failures, TheFirstOfAnActorThatNobodyCanDoWithoutIsKept) {  // law 6
  Failures failures;
  EXPECT_FALSE(failures.happened());
  failures.report("central shard", "no such point");
  failures.report("fleet", "out of memory");
  EXPECT_TRUE(failures.happened());
  EXPECT_EQ(failures.text(), "central shard: no such point");
  EXPECT_EQ(failures.survived().count, 0U);
}

TEST(Failures, ThoseThatARestartMendsAreCountedAndDoNotEndTheRun) {  // law 6
  Failures failures;
  failures.survive("charge point", "bad variant access");
  failures.survive("driver", "out of memory");
  EXPECT_FALSE(failures.happened());
  EXPECT_EQ(failures.survived().count, 2U);
  EXPECT_EQ(failures.survived().first, "charge point: bad variant access");
}

TEST(Failures, ACrashThatAScenarioAskedForIsNoDefect) {  // D-119
  EXPECT_TRUE(is_injected(InjectedCrash{}.what()));
  EXPECT_FALSE(is_injected("out of memory"));
}

}  // namespace
}  // namespace chargemill
