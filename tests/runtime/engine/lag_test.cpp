// A host that holds one worker's thread up holds model time up: nobody runs away from mail that
// was sent to it, asleep or not (design, section 5).
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <csignal>
#include <ctime>
#include <functional>
#include <thread>

#include "runtime/engine/coordinator.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

// Written by the test, read by the held thread's signal handler; and the other way round.
// seq_cst (all): the plainest order; nothing here is fast.
std::atomic<bool> is_held{false};
std::atomic<bool> has_stopped{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // for the handler

/// What a host does to a thread: it does not run.
void hold(int) {
  has_stopped = true;
  const timespec nap{0, 1'000'000};
  while (is_held) ::nanosleep(&nap, nullptr);
}

struct Hello {};
struct WhoAreYou {};

/// Counts what it hears, and knows its thread.
class Listener final : public LeanActor {
 public:
  explicit Listener(caf::actor_config& cfg) : LeanActor(cfg) {}
  // seq_cst (both): written here, read by the test.
  std::atomic<std::uint64_t> heard{0};
  std::atomic<pthread_t> thread{};

 private:
  void on_message(const Message& m) override {
    if (m.get_if<WhoAreYou>() != nullptr) {
      thread = ::pthread_self();
      return;
    }
    if (m.get_if<Hello>() == nullptr) return drop(m);
    ++heard;
  }
};

/// A timer a millisecond; says hello once, when it is told to.
class Beater final : public LeanActor {
 public:
  Beater(caf::actor_config& cfg, Address listener) : LeanActor(cfg), listener_(listener) {}
  // seq_cst (all): written here, read by the test; `must_greet` the other way round.
  std::atomic<std::int64_t> reached_ns{0};
  std::atomic<std::int64_t> greeted_ns{-1};
  std::atomic<bool> must_greet{false};

 private:
  void on_message(const Message&) override { wake_at(now() + 1ms); }
  void on_wake() override {
    reached_ns = now().time_since_epoch().count();
    if (must_greet.exchange(false)) {
      send(listener_, Hello{});
      greeted_ns = reached_ns.load();
    }
    wake_at(now() + 1ms);
  }

  const Address listener_;
};

void wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!holds()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

TEST(Lag, OfASleeperWithMailHoldsTheOthersUp) {
  EngineOptions options;
  options.workers = 2;
  options.lead_max = 50ms;
  options.sleep_max = 1h;
  EngineConfig config{options};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  auto* const listener = engine.spawn<Listener>(1);
  auto* const beater = engine.spawn<Beater>(0, Address{listener});
  LeanActor::post(listener, WhoAreYou{});
  LeanActor::post(beater, Hello{});
  engine.start_clock();
  const auto second = Nanos{1s}.count();
  wait_until(
      [&] { return beater->reached_ns > second; });  // a sleeper without mail holds nobody up
  wait_until([&] { return engine.worker(1).is_asleep(); });

  struct sigaction action = {};
  action.sa_handler = hold;
  struct sigaction before = {};
  ASSERT_EQ(::sigaction(SIGUSR2, &action, &before), 0);
  is_held = true;
  ASSERT_EQ(::pthread_kill(listener->thread, SIGUSR2), 0);
  wait_until([] { return has_stopped.load(); });
  const std::int64_t free_ns = beater->reached_ns;
  wait_until([&] { return beater->reached_ns > free_ns + second; });  // held, but nothing to do
  beater->must_greet = true;
  wait_until([&] { return beater->greeted_ns >= 0; });
  const auto wall_target = [&] {
    return engine.model_clock().target(ModelClock::wall_now()).time_since_epoch().count();
  };
  wait_until([&] { return wall_target() > beater->greeted_ns + second; });
  EXPECT_LE(beater->reached_ns, beater->greeted_ns + Nanos{options.lead_max}.count())
      << "a time-out would have fired for want of a processor";
  EXPECT_EQ(listener->heard, 0U);

  is_held = false;
  wait_until([&] { return listener->heard == 1; });
  const std::int64_t late_ns = wall_target();
  wait_until([&] { return beater->reached_ns >= late_ns; });  // and catches up
  ASSERT_EQ(::sigaction(SIGUSR2, &before, nullptr), 0);
}

/// Answers by counting, and at the first word arms a timer.
class Napper final : public LeanActor {
 public:
  explicit Napper(caf::actor_config& cfg) : LeanActor(cfg) {}
  // seq_cst (both): written here, read by the test.
  std::atomic<std::uint64_t> heard{0};
  std::atomic<std::uint64_t> woken{0};

 private:
  void on_message(const Message&) override {
    if (heard == 0) wake_at(now() + 1ms);
    ++heard;
  }
  void on_wake() override { ++woken; }
};

// Else two workers that write to each other would look for single timers at each word.
TEST(Lag, MailEndsASleepAndNotTheNapOfTheTimers) {
  EngineOptions options;
  options.workers = 1;
  options.nap_min = 1min;
  EngineConfig config{options};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  auto* const napper = engine.spawn<Napper>(0);
  engine.start_clock();
  wait_until([&] { return engine.worker(0).is_asleep(); });
  LeanActor::post(napper, Hello{});
  wait_until([&] { return napper->heard == 1; });
  const auto due = engine.model_clock().target(ModelClock::wall_now()) + 1ms;
  wait_until([&] { return engine.model_clock().target(ModelClock::wall_now()) > due; });
  LeanActor::post(napper, Hello{});
  wait_until([&] { return napper->heard == 2; });
  wait_until([&] { return engine.worker(0).is_asleep(); });
  EXPECT_EQ(napper->woken, 0U);
}

}  // namespace
}  // namespace chargemill::runtime
