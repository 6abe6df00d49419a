// Nodes that share one virtual time and cannot agree any more: their workers leave, their actors
// stay for whoever looks at them, until the engine ends.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "runtime/engine/engine.hpp"
#include "runtime/engine/frontier.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// There is no way to another node.
class Severed final : public Frontier {
 public:
  std::atomic<bool> was_asked{false};  // written by the last worker to meet, read by the test

  void send(unsigned, MailBag&) override {}
  void send(unsigned, const std::vector<Arrival>&, const std::vector<Arrival>&) override {}
  WindowGrant agree(const WindowGrant& here) override {
    WindowGrant grant = here;
    grant.stop = true;
    was_asked.store(true, std::memory_order_relaxed);  // relaxed: it says only that it was so
    return grant;
  }
  Arrived& arrived(unsigned worker) override { return arrived_[worker]; }

 private:
  Arrived arrived_[2];
};

/// Tells when it is gone.
class Mortal final : public LeanActor {
 public:
  Mortal(caf::actor_config& cfg, std::atomic<unsigned>& gone) : LeanActor(cfg), gone_(gone) {}
  ~Mortal() override { gone_.fetch_add(1, std::memory_order_relaxed); }  // relaxed: a count

 private:
  void on_message(const Message& m) override { drop(m); }
  std::atomic<unsigned>& gone_;
};

TEST(FailedMeeting, LeavesTheActorsToWhoeverOwnsTheEngine) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<unsigned> gone{0};
    Severed frontier;
    {
      EngineOptions options;
      options.pacing = Pacing::virtual_time;
      options.workers = 2;
      options.nodes = 2;
      options.latency = 100ms;
      options.frontier = &frontier;
      Engine engine{options};
      for (unsigned worker = 0; worker < 2; ++worker)
        (void)engine.coordinator().spawn<Mortal>(worker, gone);
      engine.coordinator().go_until(SimTime{1h});
      const auto deadline = Clock::now() + 60s;
      while (!frontier.was_asked.load(std::memory_order_relaxed)) ASSERT_LT(Clock::now(), deadline);
      // Workers that took their actors along did so at once.
      const auto long_after = Clock::now() + 10ms;
      while (Clock::now() < long_after) {
        ASSERT_EQ(gone.load(std::memory_order_relaxed), 0U) << "in round " << round;
        std::this_thread::yield();
      }
    }
    EXPECT_EQ(gone.load(std::memory_order_relaxed), 2U) << "with the engine";
  }
}

}  // namespace
}  // namespace chargemill::runtime
