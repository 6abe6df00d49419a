#include "runtime/engine/window_barrier.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "runtime/base/random_stream.hpp"

namespace chargemill::runtime {
namespace {

TEST(WindowGrant, IsTheLeastOfAllAndStopsIfAnybodyStops) {
  WindowProposal a{7, 100, 3, true, false};
  WindowProposal b{5, 200, 0, true, true};
  const WindowGrant grant = combine(a, b);
  EXPECT_EQ(grant.earliest, 5);
  EXPECT_EQ(grant.limit_ns, 100);
  EXPECT_EQ(grant.orders, 3U);
  EXPECT_TRUE(grant.timers);
  EXPECT_TRUE(grant.stop);
  b.timers = false;
  EXPECT_FALSE(combine(a, b).timers);
}

TEST(ThreadBarrier, LetsASingleParticipantPass) {
  ThreadBarrier barrier{1};
  EXPECT_EQ(barrier.meet(0, {42, 7}).earliest, 42);
  EXPECT_EQ(barrier.meet(0, {43, 7}).earliest, 43);
}

// What each wrote before a meeting is read by all others after it, without a lock: ThreadSanitizer
// watches, and a participant that ran ahead would show a number of the wrong round.
TEST(ThreadBarrierStress, NobodyRunsAheadAndEverybodySeesAll) {
  for (const unsigned participants : {2U, 3U, 5U}) {
    const std::int64_t rounds = participants == 2 ? 200'000 : 5'000;
    ThreadBarrier barrier{participants};
    std::vector<std::int64_t> desks(std::size_t{participants} * 2, 0);  // two halves, as a lane has
    std::vector<std::int64_t> wrong(participants, 0);
    std::vector<std::thread> threads;
    for (unsigned me = 0; me < participants; ++me) {
      threads.emplace_back([&, me] {
        for (std::int64_t round = 1; round <= rounds; ++round) {
          const auto half = static_cast<std::size_t>(round & 1) * participants;
          desks[half + me] = round * 10 + me;
          const WindowGrant grant = barrier.meet(me, {round + me, round, 0, true, false});
          if (grant.earliest != round || grant.limit_ns != round) ++wrong[me];
          for (unsigned other = 0; other < participants; ++other) {
            if (desks[half + other] != round * 10 + other) ++wrong[me];
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (unsigned me = 0; me < participants; ++me) EXPECT_EQ(wrong[me], 0) << participants;
  }
}

}  // namespace
}  // namespace chargemill::runtime
