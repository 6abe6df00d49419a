// Many actors, real threads: nothing lost, nothing twice, nobody left asleep, a clean end.
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <functional>
#include <thread>

#include "runtime/base/random_stream.hpp"
#include "runtime/engine/coordinator.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

struct Token {
  std::uint32_t hops;
};
struct Wire {
  Address next;
};

/// Passes each token on to the next of its ring, which lives on another worker.
class Passer final : public LeanActor {
 public:
  Passer(caf::actor_config& cfg, std::atomic<std::uint64_t>* ended)
      : LeanActor(cfg), ended_(ended) {}
  std::uint64_t passed = 0;  // read when the engine is frozen

 private:
  void on_message(const Message& m) override {
    if (const auto* wire = m.get_if<Wire>()) {
      next_ = wire->next;
      return;
    }
    const auto* token = m.get_if<Token>();
    if (token == nullptr) return drop(m);
    ++passed;
    if (token->hops > 0) return send(next_, Token{token->hops - 1});
    ended_->fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
  }

  std::atomic<std::uint64_t>* const ended_;
  Address next_ = nullptr;
};

// The tests' own counters are relaxed throughout: each has its value to say and nothing to order.

/// Until `holds`; what is lost shows as half a minute in which `engine` handles nothing.
void wait_until(const Coordinator& engine, const std::function<bool()>& holds) {
  const auto handled = [&] {
    std::uint64_t sum = 0;
    for (unsigned w = 0; w < engine.workers(); ++w)
      sum += engine.worker(w).counters().messages.load(std::memory_order_relaxed);  // relaxed: look
    return sum;
  };
  std::uint64_t seen = handled();
  auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) {
      ASSERT_NE(handled(), seen) << "a message or a wake-up was lost";
      seen = handled();
      deadline += 30s;
    }
    std::this_thread::yield();
  }
}

/// Nobody wakes by itself: a lost wake-up is never made good.
EngineOptions that_sleep_until_woken(unsigned workers) {
  EngineOptions options;
  options.workers = workers;
  options.sleep_max = 1h;
  return options;
}

// Few tokens: the workers fall asleep all the time. Many tokens: the queues are never empty.
void pass_tokens(unsigned workers, std::size_t tokens, std::uint64_t messages) {
  EngineConfig config{that_sleep_until_woken(workers)};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  engine.start_clock();
  std::atomic<std::uint64_t> ended{0};
  std::vector<Passer*> ring;
  for (unsigned i = 0; i < 64; ++i) ring.push_back(engine.spawn<Passer>(i, &ended));
  for (unsigned i = 0; i < 64; ++i) LeanActor::post(ring[i], Wire{ring[(i + 1) % 64]});
  const auto hops = static_cast<std::uint32_t>(messages / tokens - 1);
  for (std::size_t t = 0; t < tokens; ++t) LeanActor::post(ring[t % 64], Token{hops});
  wait_until(engine, [&] { return ended.load(std::memory_order_relaxed) == tokens; });
  ASSERT_TRUE(engine.freeze(60s));
  std::uint64_t passed = 0;
  for (const auto* passer : ring) passed += passer->passed;
  EXPECT_EQ(passed, tokens * (hops + std::uint64_t{1}));
}

TEST(CoordinatorStress, PassesFewTokensBetweenSleepyWorkersWithoutLosingAWakeUp) {
  pass_tokens(2, 1, test::stress_count(100'000));
  pass_tokens(3, 2, test::stress_count(100'000));
}
TEST(CoordinatorStress, PassesManyTokensBetweenBusyWorkersWithoutLosingAMessage) {
  pass_tokens(2, 1'000, test::stress_count(test::kMessages));
  pass_tokens(4, 5'000, test::stress_count(2'000'000));
}

/// Sends each rumour on to any other, near or far, as its own numbers choose.
class Gossip final : public LeanActor {
 public:
  Gossip(caf::actor_config& cfg, std::vector<Gossip*>* all, std::uint64_t seed,
         std::atomic<std::uint64_t>* ended)
      : LeanActor(cfg), all_(all), random_(seed, 0, Purpose::choice), ended_(ended) {}

 private:
  void on_message(const Message& m) override {
    const auto* token = m.get_if<Token>();
    if (token == nullptr) return drop(m);
    if (token->hops > 0) return send((*all_)[random_.below(all_->size())], Token{token->hops - 1});
    ended_->fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
  }

  std::vector<Gossip*>* const all_;
  RandomStream random_;
  std::atomic<std::uint64_t>* const ended_;
};

// An actor that gets messages from its own worker and from several others at once: one that runs
// for a local message must not take a remote one whose sender has not yet put it into the inbound
// queue, or it would come to stand there twice.
TEST(CoordinatorStress, TakesLocalAndRemoteMessagesOfManySendersAtOnce) {
  EngineConfig config{that_sleep_until_woken(3)};
  std::vector<Gossip*> all;
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  std::atomic<std::uint64_t> ended{0};
  for (unsigned i = 0; i < 9; ++i) all.push_back(engine.spawn<Gossip>(i, &all, i, &ended));
  constexpr std::uint64_t kTokens = 6;
  const auto hops = static_cast<std::uint32_t>(test::stress_count(400'000));
  for (std::uint64_t t = 0; t < kTokens; ++t) LeanActor::post(all[t], Token{hops});
  wait_until(engine, [&] { return ended.load(std::memory_order_relaxed) == kTokens; });
}

struct Tick {};
/// Wakes every millisecond and tells a neighbour.
class Beater final : public LeanActor {
 public:
  explicit Beater(caf::actor_config& cfg) : LeanActor(cfg) {}
  std::uint64_t beats = 0;

 private:
  void on_message(const Message&) override { wake_at(now() + 1ms); }
  void on_wake() override {
    ++beats;
    wake_at(now() + 1ms);
  }
};

TEST(Coordinator, StopsAtItsHorizonToTheNanosecondAndStandsStillWhenFrozen) {
  EngineOptions options;
  options.workers = 2;
  options.speed = 20.0;
  EngineConfig config{options};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  engine.set_horizon(SimTime{2s});
  std::vector<Beater*> beaters;
  for (unsigned i = 0; i < 100; ++i) beaters.push_back(engine.spawn<Beater>(i));
  for (auto* beater : beaters) LeanActor::post(beater, Tick{});
  wait_until(engine, [&] { return engine.worker(0).is_asleep() && engine.worker(1).is_asleep(); });
  engine.start_clock();
  wait_until(engine, [&] { return engine.reached() == SimTime{2s}; });
  ASSERT_TRUE(engine.freeze(60s));
  for (const auto* beater : beaters) EXPECT_EQ(beater->beats, 2'000U);
}
TEST(Coordinator, EndsManyActorsInBoundedTimeWithMessagesStillUnderWay) {
  std::atomic<std::uint64_t> ended{0};
  const auto start = std::chrono::steady_clock::now();
  {
    EngineConfig config{{}};
    caf::actor_system system{config};
    auto& engine = Coordinator::of(system);
    std::vector<Passer*> ring;
    const auto actors = static_cast<unsigned>(test::stress_count(50'000));
    for (unsigned i = 0; i < actors; ++i) ring.push_back(engine.spawn<Passer>(i, &ended));
    for (std::size_t i = 0; i < ring.size(); ++i)
      LeanActor::post(ring[i], Wire{ring[(i + 1) % ring.size()]});
    for (auto* passer : ring) LeanActor::post(passer, Token{1'000'000});
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 60s);
}

struct Gone {};
/// Ends after half of what it is sent, while the rest is on its way.
class Mayfly final : public LeanActor {
 public:
  static constexpr unsigned kTokens = 32;

  Mayfly(caf::actor_config& cfg, Address keeper, std::atomic<std::uint64_t>* destroyed)
      : LeanActor(cfg), keeper_(keeper), destroyed_(destroyed) {}
  Mayfly(const Mayfly&) = delete;
  Mayfly& operator=(const Mayfly&) = delete;
  ~Mayfly() override { destroyed_->fetch_add(1, std::memory_order_relaxed); }  // a counter

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Token>() == nullptr) return drop(m);
    if (++seen_ < kTokens / 2) return;
    send(keeper_, Gone{});
    quit();
  }

  const Address keeper_;
  std::atomic<std::uint64_t>* const destroyed_;
  unsigned seen_ = 0;
};

/// Has one mayfly after the other, on another worker.
class Keeper final : public LeanActor {
 public:
  Keeper(caf::actor_config& cfg, Coordinator* engine, unsigned home, std::uint64_t generations,
         std::atomic<std::uint64_t>* destroyed, std::atomic<std::uint64_t>* ended)
      : LeanActor(cfg),
        engine_(engine),
        home_(home),
        left_(generations),
        destroyed_(destroyed),
        ended_(ended) {}

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Gone>() == nullptr) return drop(m);
    if (left_-- == 0) {
      ended_->fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
      return;
    }
    const Address next = engine_->spawn<Mayfly>(home_, Address{this}, destroyed_);
    for (unsigned i = 0; i < Mayfly::kTokens; ++i) send(next, Token{0});
  }

  Coordinator* const engine_;
  const unsigned home_;
  std::uint64_t left_;
  std::atomic<std::uint64_t>* const destroyed_;
  std::atomic<std::uint64_t>* const ended_;
};

// A letter that was sent to a living actor may arrive when it is dead, and must find it there.
TEST(CoordinatorStress, CountsWhatOtherWorkersSentToAnActorThatDiesMeanwhile) {
  const std::uint64_t generations = test::stress_count(20'000);
  std::atomic<std::uint64_t> destroyed{0};
  std::atomic<std::uint64_t> ended{0};
  {
    EngineOptions options;
    options.workers = 3;
    EngineConfig config{options};
    caf::actor_system system{config};
    auto& engine = Coordinator::of(system);
    constexpr unsigned kKeepers = 6;
    for (unsigned i = 0; i < kKeepers; ++i) {
      auto* const keeper =
          engine.spawn<Keeper>(i, &engine, i + 1, generations / kKeepers, &destroyed, &ended);
      LeanActor::post(keeper, Gone{});
    }
    wait_until(engine, [&] { return ended.load(std::memory_order_relaxed) == kKeepers; });
    ASSERT_TRUE(engine.freeze(60s));
    std::uint64_t lost = 0;
    for (unsigned w = 0; w < engine.workers(); ++w)
      lost += engine.worker(w).counters().undeliverable.load(std::memory_order_relaxed);  // a look
    EXPECT_EQ(lost, generations / kKeepers * kKeepers * Mayfly::kTokens / 2);
  }
  EXPECT_EQ(destroyed.load(), generations / 6 * 6) << "all memory is given back";
}

}  // namespace
}  // namespace chargemill::runtime
