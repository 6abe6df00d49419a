// Virtual time: every receiver sees one order, whatever the number of workers.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/engine/engine.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Nanos kLatency = 100ms;

EngineOptions virtual_options(unsigned workers) {
  EngineOptions options;
  options.pacing = Pacing::virtual_time;
  options.workers = workers;
  options.latency = kLatency;
  return options;
}

void run_until(Engine& engine, SimTime time) {
  engine.coordinator().go_until(time);
  ASSERT_TRUE(engine.coordinator().await_pause(60s));
}

struct Say {
  std::uint32_t what;
};
struct Entry {
  std::int64_t at_ns;
  std::uint32_t what;
  friend bool operator==(const Entry& a, const Entry& b) {
    return a.at_ns == b.at_ns && a.what == b.what;
  }
};
constexpr std::uint32_t kWoken = 1'000'000;

/// Notes what comes and when; a wish for a wake-up comes as a message above kWoken: after so many
/// milliseconds.
class Diary final : public LeanActor {
 public:
  explicit Diary(caf::actor_config& cfg) : LeanActor(cfg) {}
  std::vector<Entry> entries;  // read while time stands still

 private:
  void on_message(const Message& m) override {
    const auto* say = m.get_if<Say>();
    if (say == nullptr) return drop(m);
    note(say->what);
    if (say->what > kWoken) wake_at(now() + std::chrono::milliseconds{say->what - kWoken});
  }
  void on_wake() override { note(kWoken); }
  void note(std::uint32_t what) { entries.push_back({now().time_since_epoch().count(), what}); }
};

/// Passes on what it gets.
class Relay final : public LeanActor {
 public:
  Relay(caf::actor_config& cfg, Address to) : LeanActor(cfg), to_(to) {}

 private:
  void on_message(const Message& m) override {
    if (const auto* say = m.get_if<Say>()) send(to_, *say);
  }
  const Address to_;
};

/// Never at rest.
class Clockwork final : public LeanActor {
 public:
  static constexpr Nanos kTick = 30ms;  // several in a window
  explicit Clockwork(caf::actor_config& cfg) : LeanActor(cfg) {}
  SimTime struck{};  // read while time stands still

 private:
  void on_message(const Message&) override { on_wake(); }
  void on_wake() override {
    struck = now();
    wake_at(now() + kTick);
  }
};

constexpr std::int64_t ms(std::int64_t n) { return n * 1'000'000; }

TEST(VirtualTime, StandsStillUntilItIsTold) {
  Engine engine{virtual_options(2)};
  auto* const diary = engine.coordinator().spawn<Diary>(0);
  LeanActor::post(diary, Say{kWoken + 5});
  run_until(engine, SimTime{4ms});
  EXPECT_EQ(diary->entries, (std::vector<Entry>{{0, kWoken + 5}}));
  run_until(engine, SimTime{5ms});
  EXPECT_EQ(diary->entries, (std::vector<Entry>{{0, kWoken + 5}, {ms(5), kWoken}}));
}

TEST(VirtualTime, EveryMessageTakesTheLatencyAlsoToANeighbour) {
  for (const unsigned workers : {1U, 2U}) {
    Engine engine{virtual_options(workers)};
    auto* const diary = engine.coordinator().spawn<Diary>(0);
    auto* const near = engine.coordinator().spawn<Relay>(0, diary);
    auto* const far = engine.coordinator().spawn<Relay>(1, diary);
    LeanActor::post(near, Say{1});
    LeanActor::post(far, Say{2});
    run_until(engine, SimTime{1s});
    EXPECT_EQ(diary->entries, (std::vector<Entry>{{ms(100), 1}, {ms(100), 2}})) << workers;
  }
}

// An answer that arrives just when the receiver would give up is in time.
TEST(VirtualTime, AtEqualTimesMessagesComeBeforeTheTimer) {
  Engine engine{virtual_options(1)};
  auto* const diary = engine.coordinator().spawn<Diary>(0);
  auto* const relay = engine.coordinator().spawn<Relay>(0, diary);
  LeanActor::post(relay, Say{7});
  LeanActor::post(diary, Say{kWoken + 100});
  run_until(engine, SimTime{1s});
  EXPECT_EQ(diary->entries,
            (std::vector<Entry>{{0, kWoken + 100}, {ms(100), 7}, {ms(100), kWoken}}));
}

TEST(VirtualTime, AWakeUpThatIsMovedComesOnceAtItsLastTime) {
  Engine engine{virtual_options(1)};
  auto* const diary = engine.coordinator().spawn<Diary>(0);
  auto* const relay = engine.coordinator().spawn<Relay>(0, diary);
  LeanActor::post(diary, Say{kWoken + 150});  // due at 150 ms
  LeanActor::post(relay, Say{kWoken + 900});  // at 100 ms: no, at 1 s
  run_until(engine, SimTime{3s});
  EXPECT_EQ(diary->entries,
            (std::vector<Entry>{{0, kWoken + 150}, {ms(100), kWoken + 900}, {ms(1000), kWoken}}));
}

// Workers that have not come to rest yet must not see the new limit before the posts.
TEST(VirtualTime, WhatIsPostedBeforeTimeIsToldToRunIsHeardBeforeItRuns) {
  for (int i = 0; i < 300; ++i) {
    Engine engine{virtual_options(2)};
    auto* const clockwork = engine.coordinator().spawn<Clockwork>(0);
    auto* const diary = engine.coordinator().spawn<Diary>(1);
    LeanActor::post(clockwork, Say{0});
    LeanActor::post(diary, Say{7});
    run_until(engine, SimTime{1s});
    ASSERT_EQ(diary->entries, (std::vector<Entry>{{0, 7}})) << i;
  }
}

// Time says where it is while it is stopped, and goes on from there.
TEST(VirtualTime, StandsWhereItIsWhenToldTheTimeReached) {
  Engine engine{virtual_options(2)};
  auto* const clockwork = engine.coordinator().spawn<Clockwork>(1);
  LeanActor::post(clockwork, Say{0});
  engine.coordinator().go_until(SimTime{1'000'000h});
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (engine.coordinator().reached() <= SimTime{1s})
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  engine.coordinator().go_until(engine.coordinator().reached());
  ASSERT_TRUE(engine.coordinator().await_pause(60s));
  const SimTime stood = engine.coordinator().reached();
  EXPECT_GT(stood, SimTime{1s});
  EXPECT_GE(clockwork->struck, stood);
  run_until(engine, stood + 1min);
  EXPECT_EQ(engine.coordinator().reached(), stood + 1min);
  EXPECT_GE(clockwork->struck, stood + 1min - Clockwork::kTick);
}

TEST(VirtualTime, SkipsIdleTime) {
  Engine engine{virtual_options(2)};
  auto* const diary = engine.coordinator().spawn<Diary>(1);
  constexpr std::uint32_t kMonthMs = 30U * 24 * 3'600 * 1'000;
  LeanActor::post(diary, Say{kWoken + kMonthMs});
  run_until(engine, SimTime{31 * 24h});  // 27 million windows, of which two hold something
  ASSERT_EQ(diary->entries.size(), 2U);
  EXPECT_EQ(diary->entries[1].at_ns, ms(kMonthMs));
}

// A limit inside a window cuts it; what follows is not lost and not handled twice.
TEST(VirtualTime, StoppingInTheMiddleOfAWindowChangesNothing) {
  std::vector<Entry> whole;
  for (const Nanos step : {Nanos{2s}, Nanos{130ms}, Nanos{7ms}}) {
    Engine engine{virtual_options(2)};
    auto* const diary = engine.coordinator().spawn<Diary>(0);
    std::vector<Relay*> relays;
    for (unsigned i = 0; i < 8; ++i)
      relays.push_back(
          engine.coordinator().spawn<Relay>(i, i == 0 ? Address{diary} : Address{relays.back()}));
    for (std::uint32_t i = 0; i < 8; ++i)
      LeanActor::post(relays[i], Say{i % 3 == 0 ? kWoken + 33 + i : i});
    for (SimTime t{step}; t < SimTime{2s}; t += step) run_until(engine, t);
    run_until(engine, SimTime{2s});
    if (whole.empty()) whole = diary->entries;
    EXPECT_GT(diary->entries.size(), 8U);
    EXPECT_EQ(diary->entries, whole) << step.count();
  }
}

/// At the first word sends it on in two latencies and itself in one; then "2" straight on. Both
/// arrive at the same moment, and "1" was sent first.
class Overtaker final : public LeanActor {
 public:
  Overtaker(caf::actor_config& cfg, Address to) : LeanActor(cfg), to_(to) {}

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Say>() == nullptr) return drop(m);
    send_after(to_, kLatency * 2, Say{1});
    wake_at(now() + kLatency);
  }
  void on_wake() override { send(to_, Say{2}); }
  const Address to_;
};

// Design, section 5: (time, sender, sequence), whether or not somebody stopped in between.
TEST(VirtualTime, MessagesOfOneSenderThatArriveTogetherComeAsTheyWereSent) {
  for (const Nanos step : {Nanos{2s}, Nanos{150ms}, Nanos{kLatency}}) {
    Engine engine{virtual_options(2)};
    auto* const diary = engine.coordinator().spawn<Diary>(0);
    auto* const overtaker = engine.coordinator().spawn<Overtaker>(1, diary);
    LeanActor::post(overtaker, Say{0});
    for (SimTime t{step}; t < SimTime{2s}; t += step) run_until(engine, t);
    run_until(engine, SimTime{2s});
    EXPECT_EQ(diary->entries, (std::vector<Entry>{{ms(200), 1}, {ms(200), 2}})) << step.count();
  }
}

/// Says "1" and then "2", one in a handler of a window and the other in it or in a later one of the
/// same window. "1" travels longer by as much, so both arrive at the same moment of the next.
class Delayer final : public LeanActor {
 public:
  Delayer(caf::actor_config& cfg, Address to, Nanos between)
      : LeanActor(cfg), to_(to), between_(between) {}

 private:
  void on_message(const Message&) override { wake_at(now() + kLatency); }
  void on_wake() override {
    if (!std::exchange(has_begun_, true)) {
      send_after(to_, kLatency + between_, Say{1});
      if (between_ > Nanos{0}) return wake_at(now() + between_);
    }
    send(to_, Say{2});
  }
  const Address to_;
  const Nanos between_;
  bool has_begun_ = false;
};

// Likewise within one window, whether or not a limit cuts it.
TEST(VirtualTime, AMessageWithADelayIsNotOvertakenByOneWithoutThatArrivesWithIt) {
  for (const Nanos between : {Nanos{0}, Nanos{1}, Nanos{50ms}, kLatency - Nanos{1}}) {
    for (const Nanos step : {Nanos{2s}, Nanos{30ms}, Nanos{kLatency}}) {
      Engine engine{virtual_options(2)};
      auto* const diary = engine.coordinator().spawn<Diary>(0);
      auto* const delayer = engine.coordinator().spawn<Delayer>(1, diary, between);
      LeanActor::post(delayer, Say{0});
      for (SimTime t{step}; t < SimTime{2s}; t += step) run_until(engine, t);
      run_until(engine, SimTime{2s});
      const std::int64_t at_ns = ms(200) + between.count();
      EXPECT_EQ(diary->entries, (std::vector<Entry>{{at_ns, 1}, {at_ns, 2}}))
          << between.count() << " " << step.count();
    }
  }
}

// freeze(): messages travel on until none is left, timers stand; thaw() lets them go on.
TEST(VirtualTime, FreezingLetsMessagesArriveAndNoTimerFire) {
  Engine engine{virtual_options(2)};
  auto& coordinator = engine.coordinator();
  auto* const diary = coordinator.spawn<Diary>(0);
  auto* const relay = coordinator.spawn<Relay>(1, diary);
  LeanActor::post(diary, Say{kWoken + 50});
  LeanActor::post(relay, Say{3});
  ASSERT_TRUE(coordinator.freeze(60s));
  EXPECT_EQ(diary->entries, (std::vector<Entry>{{0, kWoken + 50}, {ms(100), 3}}));
  coordinator.thaw();
  run_until(engine, SimTime{1s});
  ASSERT_EQ(diary->entries.size(), 3U);
  EXPECT_EQ(diary->entries[2].what, kWoken);  // late, but not lost
}

class Failing final : public LeanActor {
 public:
  explicit Failing(caf::actor_config& cfg) : LeanActor(cfg) {}

 private:
  void on_message(const Message&) override { throw std::runtime_error("broken"); }
};

TEST(VirtualTime, AHandlerThatThrowsEndsItsOwnActorOnly) {
  Engine engine{virtual_options(2)};
  auto* const diary = engine.coordinator().spawn<Diary>(0);
  auto* const failing = engine.coordinator().spawn<Failing>(1);
  auto* const to_failing = engine.coordinator().spawn<Relay>(0, failing);
  auto* const to_diary = engine.coordinator().spawn<Relay>(1, diary);
  for (int i = 0; i < 3; ++i) LeanActor::post(to_failing, Say{1});
  LeanActor::post(to_diary, Say{2});
  run_until(engine, SimTime{1s});
  EXPECT_EQ(diary->entries.size(), 1U);
  // The first message killed it, the others found nobody.
  EXPECT_EQ(engine.coordinator().worker(1).counters().failures.load(), std::uint64_t{1});
  EXPECT_EQ(engine.coordinator().worker(1).counters().undeliverable.load(), std::uint64_t{2});
}

TEST(VirtualTime, AnEngineThatEndsWithLettersOnTheirWayLeavesNothingBehind) {
  Engine engine{virtual_options(2)};
  auto* const diary = engine.coordinator().spawn<Diary>(0);
  auto* const relay = engine.coordinator().spawn<Relay>(1, diary);
  LeanActor::post(relay, Say{1});
  run_until(engine, SimTime{50ms});
  EXPECT_TRUE(diary->entries.empty());
}  // ASan looks for leaks

// ---- the promise: the same on any number of workers ------------------------------------------

struct Hop {
  std::uint64_t value;
};

/// Mixes what it hears, in the order in which it hears it, and talks at random; now and then it
/// sleeps, or moves its alarm.
class Gossip final : public LeanActor {
 public:
  Gossip(caf::actor_config& cfg, std::uint64_t seed, std::uint32_t id,
         const std::vector<Address>& all)
      : LeanActor(cfg), all_(all), random_(seed, id, Purpose::choice) {}
  std::uint64_t mixed = 0;  // read while time stands still

 private:
  void on_message(const Message& m) override {
    const auto* hop = m.get_if<Hop>();
    if (hop == nullptr) return drop(m);
    mix(hop->value);
    if (random_.below(8) == 0) return;  // else the number of messages would never fall
    const std::uint64_t times = random_.below(7) == 0 ? 2 : 1;
    for (std::uint64_t i = 0; i < times; ++i) tell();
    if (random_.below(3) == 0)
      wake_at(now() + Nanos{static_cast<std::int64_t>(random_.below(3e8))});
  }
  void on_wake() override {
    mix(17);
    tell();
    if (random_.below(4) == 0)
      wake_at(now() + Nanos{static_cast<std::int64_t>(random_.below(5e7))});
  }
  void tell() {
    const Address to = all_[random_.below(all_.size())];
    if (random_.below(4) == 0) {
      send_after(to, kLatency + Nanos{static_cast<std::int64_t>(random_.below(9e8))}, Hop{mixed});
    } else {
      send(to, Hop{mixed});
    }
  }
  void mix(std::uint64_t value) {
    const auto at = static_cast<std::uint64_t>(now().time_since_epoch().count());
    mixed = (mixed ^ value ^ at) * 0x9E3779B97F4A7C15U + 1;
  }

  const std::vector<Address>& all_;
  RandomStream random_;
};

std::vector<std::uint64_t> gossip(std::uint64_t seed, unsigned workers) {
  constexpr std::uint32_t kActors = 300;
  Engine engine{virtual_options(workers)};
  std::vector<Address> all;
  std::vector<Gossip*> actors;
  for (std::uint32_t i = 0; i < kActors; ++i)
    actors.push_back(engine.coordinator().spawn<Gossip>(i * 7 / 5, seed, i, all));
  for (auto* actor : actors) all.emplace_back(actor);
  for (auto* actor : actors) LeanActor::post(actor, Hop{1});
  run_until(engine, SimTime{4s});
  std::vector<std::uint64_t> result;
  result.reserve(actors.size());
  for (const auto* actor : actors) result.push_back(actor->mixed);
  return result;
}

TEST(VirtualTime, GivesEveryActorTheSameHistoryOnAnyNumberOfWorkers) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto one = gossip(seed, 1);
    for (const unsigned workers : {2U, 3U, 8U}) ASSERT_EQ(gossip(seed, workers), one) << workers;
    ASSERT_NE(gossip(seed + 1, 1), one);
  }
}

}  // namespace
}  // namespace chargemill::runtime
