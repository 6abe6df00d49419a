// Who is cut for silence, and who for a message that does not become complete.
#include "runtime/net/sender_watch.hpp"

#include <gtest/gtest.h>

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using Finding = SenderWatch::Finding;

constexpr SenderWatch::Sight kQuiet{1, true, false};
constexpr SenderWatch::Sight kHalf{1, true, true};

SenderWatch watch() {
  SenderWatch result{5min, 10s};
  result.begin(0s);
  EXPECT_EQ(result.look(kQuiet, 1s), Finding::fine);  // its first message
  return result;
}

TEST(SenderWatch, AMessageThatComesInTwoReadsAfterALongPauseIsWaitedFor) {  // D-134
  SenderWatch at = watch();
  EXPECT_EQ(at.look(kQuiet, 60s), Finding::fine);
  EXPECT_EQ(at.look(kHalf, 61s), Finding::fine) << "it has only just begun";
  EXPECT_EQ(at.look(kHalf, 70s), Finding::fine);
  EXPECT_EQ(at.look({2, true, false}, 70s + 999ms), Finding::fine) << "it is complete";
}

TEST(SenderWatch, AMessageThatStandsStillIsSlowWithinItsTimeout) {
  SenderWatch at = watch();
  EXPECT_EQ(at.look(kHalf, 2s), Finding::fine);
  EXPECT_EQ(at.look(kHalf, 12s - 1ns), Finding::fine);
  EXPECT_EQ(at.look(kHalf, 12s), Finding::slow) << "bytes that trickle change nothing";
}

TEST(SenderWatch, EachMessageHasItsOwnTime) {
  SenderWatch at = watch();
  for (std::uint64_t heard = 2; heard < 100; ++heard) {
    const Nanos now = std::chrono::seconds{heard * 9};
    EXPECT_EQ(at.look({heard, true, true}, now), Finding::fine) << heard;
    EXPECT_EQ(at.look({heard, true, true}, now + 5s), Finding::fine) << heard;
  }
}

TEST(SenderWatch, SilenceIsIdleAndWaitingForAnAnswerIsNot) {  // D-143
  SenderWatch at = watch();
  EXPECT_EQ(at.look({1, false, false}, 1h), Finding::fine) << "it is not its turn";
  EXPECT_EQ(at.look(kQuiet, 1h + 5min - 1ns), Finding::fine);
  EXPECT_EQ(at.look(kQuiet, 1h + 5min), Finding::idle);
}

}  // namespace
}  // namespace chargemill::runtime
