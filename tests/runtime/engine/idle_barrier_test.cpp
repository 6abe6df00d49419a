// What it costs to wait for others who take their time.
#include <gtest/gtest.h>
#include <time.h>

#include <chrono>
#include <thread>

#include "runtime/base/units.hpp"
#include "runtime/engine/window_barrier.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

Nanos cpu_of_this_thread() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + Nanos{used.tv_nsec};
}

// The last to arrive waits for other processes; here they take 300 ms.
TEST(IdleBarrier, CostsNextToNothingWhileOtherProcessesAreAwaited) {
  for (const bool may_spin : {false, true}) {
    SCOPED_TRACE(testing::Message() << "may spin: " << may_spin);
    ThreadBarrier barrier{2, may_spin, [](const WindowGrant& here) {
                            std::this_thread::sleep_for(300ms);
                            return here;
                          }};
    Nanos used[2];
    const auto meet = [&](unsigned participant) {
      const Nanos before = cpu_of_this_thread();
      (void)barrier.meet(participant, {1, 1});
      used[participant] = cpu_of_this_thread() - before;
    };
    std::thread other{[&] { meet(1); }};
    meet(0);
    other.join();
    EXPECT_LT(used[0] + used[1], 30ms);
  }
}

}  // namespace
}  // namespace chargemill::runtime
