// What signals ask for: the run to stop, or this node to leave it.
#include "app/simulation/stop_request.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace chargemill::app {
namespace {

/// A handler runs before kill() of one's own process comes back.
void get(int signal) { ASSERT_EQ(::kill(::getpid(), signal), 0); }

TEST(StopRequest, ASignalAsksTheRunToStopAndNobodyToLeave) {
  const StopRequest stop{false};
  EXPECT_EQ(stop.signal(), 0);
  get(SIGTERM);
  EXPECT_EQ(stop.signal(), SIGTERM);
  EXPECT_FALSE(stop.is_asked_to_leave());
}

TEST(StopRequest, WhereANodeMayLeaveSigtermAsksForThatAndSigintForTheEnd) {
  {
    const StopRequest stop{false};
    stop.let_leave(true);
    get(SIGTERM);
    EXPECT_EQ(stop.leave_signal(), SIGTERM);
    EXPECT_EQ(stop.signal(), 0) << "the run goes on";
  }
  const StopRequest stop{false};
  EXPECT_FALSE(stop.is_asked_to_leave()) << "that was another one";
  stop.let_leave(true);
  get(SIGINT);
  EXPECT_FALSE(stop.is_asked_to_leave());
  EXPECT_EQ(stop.signal(), SIGINT);
}

TEST(StopRequest, OneThatMayNotLeaveAnyMoreStopsTheRun) {
  const StopRequest stop{false};
  stop.let_leave(true);
  stop.let_leave(false);
  get(SIGTERM);
  EXPECT_FALSE(stop.is_asked_to_leave());
  EXPECT_EQ(stop.signal(), SIGTERM);
}

TEST(StopRequest, WhoCannotLeaveStopsTheRunInstead) {
  const StopRequest stop{false};
  stop.let_leave(true);
  get(SIGTERM);
  stop.stop_instead();
  EXPECT_EQ(stop.signal(), SIGTERM);
}

// It did not lead when it was asked: the run need not end with it.
TEST(StopRequest, WhoLeadsFromNowOnLeavesIfItWasAskedToStopBefore) {
  for (const int number : {SIGTERM, SIGINT}) {
    const StopRequest stop{false};
    get(number);
    EXPECT_EQ(stop.signal(), number);
    stop.leave_instead();
    EXPECT_EQ(stop.signal(), 0) << "the run goes on";
    EXPECT_TRUE(stop.is_asked_to_leave());
    EXPECT_EQ(stop.leave_signal(), number);
    stop.stop_instead();
    EXPECT_EQ(stop.signal(), number) << "where nobody else could lead";
  }
}

// There is no moment in which it would end the process, or the run.
TEST(StopRequest, WhoLeadsFromNowOnLeavesIfItIsAskedTo) {
  const StopRequest stop{false};
  stop.leave_instead();
  EXPECT_FALSE(stop.is_asked_to_leave());
  get(SIGTERM);
  EXPECT_EQ(stop.signal(), 0);
  EXPECT_TRUE(stop.is_asked_to_leave());
}

// What comes twice within a quarter of a second was meant once.
TEST(StopRequest, ASecondSignalWhileANodeLeavesStopsTheRun) {
  using Clock = std::chrono::steady_clock;
  for (int tries = 0; tries < 100; ++tries) {
    const StopRequest stop{false};
    stop.let_leave(true);
    const auto begun = Clock::now();
    get(SIGTERM);
    get(SIGTERM);
    // Whoever was kept from a processor in between has not asked twice at once.
    if (Clock::now() - begun > std::chrono::milliseconds{200}) continue;
    EXPECT_EQ(stop.signal(), 0);
    const auto later = Clock::now() + std::chrono::milliseconds{300};
    while (Clock::now() < later) std::this_thread::yield();
    get(SIGTERM);
    EXPECT_EQ(stop.signal(), SIGTERM);
    EXPECT_TRUE(stop.is_asked_to_leave());
    return;
  }
  ADD_FAILURE() << "no two signals at once";
}

}  // namespace
}  // namespace chargemill::app
