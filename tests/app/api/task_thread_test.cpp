// One task after the other, and how long it has been at one.
#include "app/api/task_thread.hpp"

#include <gtest/gtest.h>

#include <future>

namespace chargemill::app::api {
namespace {

using namespace std::chrono_literals;

TEST(TaskThread, SaysHowLongItHasBeenAtOneTask) {  // what /livez asks
  std::promise<void> begun;
  std::promise<void> may_end;
  TaskThread thread{"test", 4};
  EXPECT_EQ(thread.busy_for(), 0ns);
  ASSERT_TRUE(thread.post()([&] {
    begun.set_value();
    may_end.get_future().wait();
  }));
  begun.get_future().wait();
  const Nanos first = thread.busy_for();
  EXPECT_GT(first, 0ns);
  EXPECT_GT(thread.busy_for(), first) << "and counts on";
  may_end.set_value();
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (thread.busy_for() > 0ns && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(thread.busy_for(), 0ns);
}

}  // namespace
}  // namespace chargemill::app::api
