#include "runtime/engine/lean_actor.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/still_engine.hpp"

namespace chargemill::test {
struct Number {
  int n;
};
}  // namespace chargemill::test
// It stays inside the process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chargemill::test::Number)

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using test::Number;

struct Throw {};
struct Die {};
struct WakeAt {
  SimTime due;
};

/// Notes all that happens to it.
class Recorder final : public LeanActor {
 public:
  struct Log {
    std::vector<int> numbers;
    std::vector<SimTime> wakes;
    int downs = 0;
    int failures = 0;
    bool destroyed = false;
  };
  Recorder(caf::actor_config& cfg, Log* log, bool survives = false)
      : LeanActor(cfg), log_(log), survives_(survives) {}
  ~Recorder() override { log_->destroyed = true; }

  void watch(const caf::actor& whom) { monitor(whom); }

 private:
  void on_message(const Message& m) override {
    if (const auto* number = m.get_if<Number>()) return log_->numbers.push_back(number->n);
    if (m.get_if<Throw>() != nullptr) throw std::runtime_error("told to");
    if (m.get_if<Die>() != nullptr) return quit();
    if (const auto* wake = m.get_if<WakeAt>()) return wake_at(wake->due);
    drop(m);
  }
  void on_wake() override { log_->wakes.push_back(now()); }
  void on_down(const caf::down_msg&) override { ++log_->downs; }
  AfterFailure on_failure(std::string_view) override {
    ++log_->failures;
    return survives_ ? AfterFailure::survive : AfterFailure::terminate;
  }

  Log* const log_;
  const bool survives_;
};

TEST(LeanActor, HandlesPacketsInTheOrderOfTheirSender) {
  Recorder::Log log;
  test::StillEngine still;
  auto* const actor = still.engine.spawn<Recorder>(0, &log);
  for (int n = 0; n < 1'000; ++n) LeanActor::post(actor, Number{n});
  still.settle();
  ASSERT_EQ(log.numbers.size(), 1'000U);
  for (int n = 0; n < 1'000; ++n) EXPECT_EQ(log.numbers[static_cast<std::size_t>(n)], n);
}
TEST(LeanActor, UnderstandsMessagesOfOrdinaryCafActors) {
  Recorder::Log log;
  test::StillEngine still;
  auto handle = still.system.spawn<Recorder>(&log);
  caf::anon_send(handle, Number{7});
  still.settle();
  EXPECT_EQ(log.numbers, std::vector<int>{7});
  caf::anon_send_exit(handle, caf::exit_reason::user_shutdown);
  still.settle();
}
TEST(LeanActor, WakesAtTheTimeItAskedForAndSeesThatTime) {
  Recorder::Log log;
  test::StillEngine still;
  auto* const actor = still.engine.spawn<Recorder>(0, &log);
  LeanActor::post(actor, WakeAt{SimTime{5s}});
  still.pass(1s);
  LeanActor::post(actor, WakeAt{SimTime{3s}});  // replaces the former wish
  still.pass(10s);
  EXPECT_EQ(log.wakes, std::vector<SimTime>{SimTime{3s}});
}
/// Asks to be woken an hour ago.
class Latecomer final : public LeanActor {
 public:
  explicit Latecomer(caf::actor_config& cfg) : LeanActor(cfg) {}
  std::atomic<bool> woken{false};  // seq_cst: written here, read by the test
  [[nodiscard]] std::uint64_t label() const noexcept override { return 77; }

 private:
  void on_message(const Message&) override { wake_at(now() - 1h); }
  void on_wake() override { woken = true; }
};

TEST(LeanActor, WhoAsksForAWakeUpInThePastHasItAtOnceAndTheEngineIsNotLate) {
  EngineOptions options;
  options.workers = 1;
  options.measure_from = SimTime{-2h};
  EngineConfig config{options};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  auto* const latecomer = engine.spawn<Latecomer>(0);
  engine.start_clock();
  LeanActor::post(latecomer, Number{1});
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!latecomer->woken && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  ASSERT_TRUE(latecomer->woken);
  const auto lateness = engine.worker(0).tick_lateness().snapshot();
  EXPECT_EQ(lateness.count(), 1U);
  EXPECT_LT(lateness.max(), Nanos{30min}) << "a machine's own delays are shorter";
  const auto slowest = engine.worker(0).slowest_ticks().samples(SimTime{});
  ASSERT_EQ(slowest.size(), lateness.max() > Nanos{0} ? 1U : 0U);
  if (!slowest.empty()) {
    EXPECT_EQ(slowest[0].lasted, lateness.max());
    EXPECT_EQ(slowest[0].about, 77U) << "whose timer it was";
  }
}
TEST(LeanActor, EndsAloneWhenItsHandlerThrowsAndTellsItsMonitors) {
  Recorder::Log victim;
  Recorder::Log watcher;
  Recorder::Log bystander;
  test::StillEngine still;
  auto* const throws = still.engine.spawn<Recorder>(0, &victim);
  auto* const watches = still.engine.spawn<Recorder>(0, &watcher);
  auto* const stands_by = still.engine.spawn<Recorder>(0, &bystander);
  watches->watch(caf::actor_cast<caf::actor>(throws));
  LeanActor::post(throws, Throw{});
  LeanActor::post(throws, Number{1});
  LeanActor::post(stands_by, Number{2});
  still.settle();
  EXPECT_EQ(victim.failures, 1);
  EXPECT_TRUE(victim.numbers.empty());
  EXPECT_TRUE(victim.destroyed);
  EXPECT_EQ(watcher.downs, 1);
  EXPECT_EQ(bystander.numbers, std::vector<int>{2});
}
TEST(LeanActor, SurvivesItsFailureIfItSaysSo) {
  Recorder::Log log;
  test::StillEngine still;
  auto* const actor = still.engine.spawn<Recorder>(0, &log, true);
  LeanActor::post(actor, Throw{});
  LeanActor::post(actor, Number{1});
  still.settle();
  EXPECT_EQ(log.failures, 1);
  EXPECT_EQ(log.numbers, std::vector<int>{1});
}
TEST(LeanActor, ObeysAnExitMessageAndTellsAnOrdinaryCafActorThatMonitorsIt) {
  Recorder::Log log;
  EngineConfig config{EngineOptions{1, Pacing::paced, 1.0, Millis{100}, Nanos{0}}};
  caf::actor_system system{config};
  auto handle = system.spawn<Recorder>(&log);
  caf::scoped_actor self{system};
  self->monitor(handle);
  self->send_exit(handle, caf::exit_reason::user_shutdown);
  bool down = false;
  self->receive([&](const caf::down_msg& m) { down = m.reason == caf::exit_reason::user_shutdown; },
                caf::after(std::chrono::seconds(10)) >> [] { FAIL() << "no down message"; });
  EXPECT_TRUE(down);
}
TEST(LeanActor, AnswersARequestThatItDoesNotKnowWithAnError) {
  Recorder::Log log;
  EngineConfig config{EngineOptions{1, Pacing::paced, 1.0, Millis{100}, Nanos{0}}};
  caf::actor_system system{config};
  auto handle = system.spawn<Recorder, caf::hidden>(&log);
  caf::scoped_actor self{system};
  bool refused = false;
  self->request(handle, caf::infinite, std::string{"who are you?"})
      .receive([] { FAIL() << "answered"; },
               [&](const caf::error& e) { refused = e == caf::sec::unexpected_message; });
  EXPECT_TRUE(refused);
}
TEST(LeanActor, ReleasesWhatWaitsForAnActorThatQuits) {
  Recorder::Log log;
  test::StillEngine still;
  auto* const actor = still.engine.spawn<Recorder>(0, &log);
  LeanActor::post(actor, Die{});
  for (int n = 0; n < 10; ++n) LeanActor::post(actor, Number{n});
  still.settle();
  EXPECT_TRUE(log.destroyed);
  EXPECT_TRUE(log.numbers.empty());
  EXPECT_EQ(still.engine.worker(0).counters().undeliverable.load(), 10U);
}
/// Spawns a child beside itself and ends it before its worker has looked into the inbound queue.
class Parent final : public LeanActor {
 public:
  using LeanActor::LeanActor;
  Recorder::Log log;

 private:
  void on_message(const Message&) override {
    auto* const child = worker().coordinator().spawn<Recorder>(worker().index(), &log);
    send(child, Die{});
  }
};
TEST(LeanActor, MayEndBeforeItsWorkerKnowsIt) {
  test::StillEngine still;
  auto* const parent = still.engine.spawn<Parent>(0);
  for (int i = 0; i < 100; ++i) LeanActor::post(parent, Number{i});
  still.settle();
  EXPECT_TRUE(parent->log.destroyed);
}

// An activation that is cut short after 256 messages is not the end of what came from elsewhere.
TEST(LeanActor, ComesBackForWhatOtherThreadsSentWhileItWasCutShort) {
  Recorder::Log log;
  test::StillEngine still;
  auto* const actor = still.engine.spawn<Recorder>(0, &log);
  still.settle();
  for (int n = 0; n < 600; ++n) LeanActor::post(actor, Number{n});
  still.settle();
  for (int n = 600; n < 1'200; ++n) LeanActor::post(actor, Number{n});
  still.settle();
  EXPECT_EQ(log.numbers.size(), 1'200U);
  EXPECT_EQ(still.engine.worker(0).counters().waiting.load(), 0U);
  EXPECT_EQ(still.engine.worker(0).counters().waiting_max.load(), 600U);
}

TEST(Coordinator, LetsTimePassInTheOrderOfDueTimesAcrossWorkers) {
  Recorder::Log even;
  Recorder::Log odd;
  test::StillEngine still{2};
  auto* const a = still.engine.spawn<Recorder>(0, &even);
  auto* const b = still.engine.spawn<Recorder>(1, &odd);
  LeanActor::post(a, WakeAt{SimTime{2s}});
  LeanActor::post(b, WakeAt{SimTime{1s}});
  still.pass(1'500ms);
  EXPECT_TRUE(even.wakes.empty());
  EXPECT_EQ(odd.wakes.size(), 1U);
  still.pass(500ms);
  EXPECT_EQ(even.wakes, std::vector<SimTime>{SimTime{2s}});
}

}  // namespace
}  // namespace chargemill::runtime
