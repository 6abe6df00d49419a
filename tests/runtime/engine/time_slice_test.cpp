#include "runtime/engine/time_slice.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

namespace chargemill::runtime {
namespace {

// The least priority: anybody may take it, also where tests run with less than the usual one.
constexpr int kNice = 19;

TEST(TimeSlice, IsThatOfTheCallingThreadAloneAndLeavesItsNiceness) {
  Nanos before{};
  Nanos after{};
  int nice = 0;
  std::thread{[&] {
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNice);
    before = noted_slice();
    ask_for_slice(kShortSlice);
    after = noted_slice();
    nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)));
  }}.join();
  EXPECT_EQ(nice, kNice);
  EXPECT_EQ(noted_slice(), before);
  if (before == Nanos{0})
    GTEST_SKIP() << "this kernel notes no slice of a thread (Linux 6.12 does)";
  EXPECT_EQ(after, kShortSlice);
  EXPECT_NE(after, before);
}

}  // namespace
}  // namespace chargemill::runtime
