// A node that may not act any more, whatever runs it is busy with (FE-04).
#include "runtime/engine/tenure.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "runtime/engine/engine.hpp"
#include "runtime/engine/frontier.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Tenures, LastForEverUnlessSomebodySaysOtherwise) {
  Tenure tenure;
  EXPECT_FALSE(tenure.is_over());
  EXPECT_FALSE(tenure.was_ended());
}

TEST(Tenures, AreOverAtTheirTimeAndNotBefore) {
  Tenure tenure;
  tenure.last_until(Tenure::since_boot() + 1h);
  EXPECT_FALSE(tenure.is_over());
  tenure.last_until(Tenure::since_boot());
  EXPECT_TRUE(tenure.is_over());
  EXPECT_FALSE(tenure.was_ended()) << "nobody has said why";
  tenure.last_until(Tenure::since_boot() + 1h);
  EXPECT_FALSE(tenure.is_over()) << "renewed";
  tenure.end();
  EXPECT_TRUE(tenure.is_over());
  EXPECT_TRUE(tenure.was_ended());
}

struct Word {
  std::uint64_t value;
};

class Listener final : public LeanActor {
 public:
  using LeanActor::LeanActor;
  unsigned heard = 0;
  unsigned woken = 0;

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Word>() == nullptr) return drop(m);
    ++heard;
    wake_at(now());
  }
  void on_wake() override { ++woken; }
};

/// There is nobody at the other end.
class Lonely final : public Frontier {
 public:
  std::atomic<unsigned> ends{0};  // written by workers, read by the test

  void send(unsigned, MailBag&) override {}
  void send(unsigned, const std::vector<Arrival>&, const std::vector<Arrival>&) override {}
  WindowGrant agree(const WindowGrant& here) override { return here; }
  Arrived& arrived(unsigned) override { return arrived_; }
  void on_end_of_tenure() override {
    ends.fetch_add(1, std::memory_order_relaxed);  // relaxed: a count
  }

 private:
  Arrived arrived_;
};

constexpr unsigned kWorkers = 2;

EngineOptions options_with(Lonely& frontier) {
  EngineOptions options;
  options.workers = kWorkers;
  options.nodes = 2;
  options.frontier = &frontier;
  return options;
}

// Nobody calls the workers off: whoever runs the node may be reading a journal, and the thread that
// keeps its place may have been stopped with all others.
TEST(Tenures, AreKeptByTheWorkersThemselves) {
  Lonely frontier;
  Engine engine{options_with(frontier)};
  auto& coordinator = engine.coordinator();
  auto* const actor = coordinator.spawn<Listener>(0);
  ASSERT_TRUE(coordinator.freeze(60s));
  coordinator.thaw();
  coordinator.start_clock();
  LeanActor::post(actor, Word{1});
  ASSERT_TRUE(coordinator.freeze(60s));
  EXPECT_EQ(actor->heard, 1U);
  coordinator.thaw();
  unsigned woken = 0;
  coordinator.hold_still([&] {
    woken = actor->woken;
    frontier.tenure().last_until(Tenure::since_boot());
    LeanActor::post(actor, Word{1});
  });
  // relaxed: see there
  while (frontier.ends.load(std::memory_order_relaxed) == 0) std::this_thread::yield();
  coordinator.hold_still([&] {
    EXPECT_EQ(actor->heard, 1U);
    EXPECT_EQ(actor->woken, woken);
  });
  EXPECT_LE(frontier.ends.load(std::memory_order_relaxed), kWorkers) << "each says it once";
}

// Who ends such a run does not wait for workers that will never sleep.
TEST(Tenures, ThatAreOverKeepNobodyWaiting) {
  Lonely frontier;
  Engine engine{options_with(frontier)};
  auto& coordinator = engine.coordinator();
  (void)coordinator.spawn<Listener>(1);
  frontier.tenure().end();
  EXPECT_FALSE(coordinator.freeze(24h));
  coordinator.hold_still([] {});
  // And the engine ends.
}

}  // namespace
}  // namespace chargemill::runtime
