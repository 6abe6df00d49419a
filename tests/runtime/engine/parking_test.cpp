#include "runtime/engine/parking.hpp"

#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <thread>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "tests/support/still_engine.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

struct Arm {
  SimTime due;
};
struct Number {
  std::uint64_t value;
};
struct Forward {
  Address to;
};

/// Writes down what it hears and when it wakes.
class Diarist final : public LeanActor {
 public:
  using LeanActor::LeanActor;
  std::vector<std::uint64_t> heard;
  std::vector<SimTime> woken;

 private:
  void on_message(const Message& m) override {
    if (const auto* arm = m.get_if<Arm>()) return wake_at(arm->due);
    if (const auto* forward = m.get_if<Forward>()) {
      for (std::uint64_t i = 1; i <= 3; ++i) send(forward->to, Number{i});
      return;
    }
    const auto* number = m.get_if<Number>();
    if (number == nullptr) return drop(m);
    heard.push_back(number->value);
  }
  void on_wake() override { woken.push_back(now()); }
};
using Numbers = std::vector<std::uint64_t>;
using Times = std::vector<SimTime>;

TEST(HandMovedTime, HandlesWhatIsSaidAndFiresNothingWhileItIsFrozen) {
  test::StillEngine still;
  auto* const actor = still.engine.spawn<Diarist>(0);
  LeanActor::post(actor, Arm{SimTime{1s}});
  LeanActor::post(actor, Number{1});
  ASSERT_TRUE(still.engine.freeze(60s));
  EXPECT_EQ(actor->heard, Numbers{1});
  LeanActor::post(actor, Number{2});
  still.pass(2s);
  EXPECT_EQ(actor->heard, (Numbers{1, 2}));
  EXPECT_TRUE(actor->woken.empty());
  still.engine.thaw();
  still.pass(2s);
  EXPECT_EQ(actor->woken, Times{SimTime{1s}});
}

TEST(Parking, OneThatRestsHearsNothingAndIsNotWokenAndGoesOnWithAllThatWaited) {
  test::StillEngine still{2};
  auto* const actor = still.engine.spawn<Diarist>(1);
  auto* const other = still.engine.spawn<Diarist>(0);
  still.settle();
  LeanActor::post(actor, Arm{SimTime{5s}});
  still.settle();
  Coordinator::Parking parking{still.engine};
  const SimTime due = parking.park(*actor);
  EXPECT_EQ(due, SimTime{5s});
  LeanActor::post(other, Forward{actor});
  LeanActor::post(actor, Number{4});
  still.pass(10s);
  EXPECT_TRUE(actor->heard.empty());
  EXPECT_TRUE(actor->woken.empty());
  parking.resume(*actor, due);
  still.settle();
  EXPECT_EQ(actor->heard.size(), 4U);
  still.pass(1s);
  EXPECT_EQ(actor->woken, (Times{SimTime{10s}})) << "what was due meanwhile is due at once";
}

TEST(Parking, AHeirIsWokenWhenTheFormerWantedToBe) {
  test::StillEngine still{2};
  auto* const actor = still.engine.spawn<Diarist>(1);
  still.settle();
  LeanActor::post(actor, Arm{SimTime{5s}});
  still.pass(2s);
  Coordinator::Parking parking{still.engine};
  const SimTime due = parking.park(*actor);
  auto* const heir = still.engine.spawn<Diarist>(0);
  parking.resume(*heir, due);
  EXPECT_EQ(parking.end(*actor), 0U);
  auto* const idle = still.engine.spawn<Diarist>(0);
  parking.resume(*idle, kNever);
  still.pass(10s);
  EXPECT_EQ(heir->woken, (Times{SimTime{5s}}));
  EXPECT_TRUE(idle->woken.empty());
}

TEST(Parking, WhatWaitsForOneThatEndsIsToldInOrder) {
  test::StillEngine still{2};
  auto* const actor = still.engine.spawn<Diarist>(1);
  auto* const other = still.engine.spawn<Diarist>(1);
  still.settle();
  Coordinator::Parking parking{still.engine};
  (void)parking.park(*actor);
  LeanActor::post(other, Forward{actor});
  still.settle();
  LeanActor::post(actor, Number{4});
  Numbers left;
  EXPECT_EQ(
      parking.end(*actor, [&](const Message& m) { left.push_back(m.get_if<Number>()->value); }),
      4U);
  EXPECT_EQ(left, (Numbers{1, 2, 3, 4}));
  still.settle();
}

TEST(Parking, ADeliveryIsBehindWhatWaitsAndBeforeWhatIsSentLater) {
  test::StillEngine still{2};
  auto* const actor = still.engine.spawn<Diarist>(1);
  auto* const beside = still.engine.spawn<Diarist>(1);
  still.settle();
  LeanActor::post(actor, Number{7});
  Coordinator::Parking parking{still.engine};
  parking.deliver(actor, Packet<Number>::make({8}));
  LeanActor::post(beside, Forward{actor});
  still.settle();
  EXPECT_EQ(actor->heard, (Numbers{7, 8, 1, 2, 3}));
}

/// Sends rising numbers to the next of a ring, some at each wake-up.
class Runner final : public LeanActor {
 public:
  Runner(caf::actor_config& cfg, const std::vector<Runner*>* all, std::size_t next)
      : LeanActor(cfg), all_(all), next_(next) {}
  std::uint64_t said = 0, heard = 0, wrong = 0;  // read while the engine stands

 private:
  void on_message(const Message& m) override {
    const auto* number = m.get_if<Number>();
    if (number == nullptr) return drop(m);
    if (number->value == 0) return wake_at(now());
    if (number->value != ++heard) ++wrong;
  }
  void on_wake() override {
    for (int i = 0; i < 3; ++i) send((*all_)[next_], Number{++said});
    wake_at(now() + 1ms);
  }
  const std::vector<Runner*>* const all_;
  const std::size_t next_;
};

TEST(ParkingStress, AnyMayRestAndGoOnAgainAndAgainWhileOthersRun) {
  constexpr std::size_t kRunners = 64;
  EngineOptions options;
  options.workers = 2;
  options.speed = 50.0;
  EngineConfig config{options};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  std::vector<Runner*> all;
  for (std::size_t i = 0; i < kRunners; ++i)
    all.push_back(engine.spawn<Runner>(static_cast<unsigned>(i), &all, (i + 1) % kRunners));
  ASSERT_TRUE(engine.freeze(60s));
  engine.thaw();
  engine.start_clock();
  for (auto* runner : all) LeanActor::post(runner, Number{0});
  RandomStream random{1, 1, Purpose::choice};
  std::vector<std::pair<Runner*, SimTime>> resting;
  for (std::uint64_t round = 0; round < test::stress_count(400); ++round) {
    engine.hold_still([&] {
      Coordinator::Parking parking{engine};
      if (round % 3 == 0) parking.settle();
      for (const auto& [runner, due] : resting) parking.resume(*runner, due);
      resting.clear();
      for (auto* runner : all) {
        if (random.below(4) == 0) resting.emplace_back(runner, parking.park(*runner));
      }
    });
    std::this_thread::yield();
  }
  std::vector<std::uint64_t> before;
  engine.hold_still([&] {
    for (const auto& [runner, due] : resting) Coordinator::Parking{engine}.resume(*runner, due);
    for (auto* runner : all) before.push_back(runner->said);
  });
  // All of them still wake up by themselves.
  for (bool do_all_run = false; !do_all_run;) {
    engine.hold_still([&] {
      do_all_run = true;
      for (std::size_t i = 0; i < kRunners; ++i)
        do_all_run = do_all_run && all[i]->said > before[i];
    });
  }
  ASSERT_TRUE(engine.freeze(60s));
  for (std::size_t i = 0; i < kRunners; ++i) {
    EXPECT_EQ(all[i]->wrong, 0U);
    EXPECT_EQ(all[(i + 1) % kRunners]->heard, all[i]->said);
  }
}

// SH-03: no room for what they do.
TEST(Parking, WorkersThatAreHeldUpStandUntilTheyAreLetGoOn) {
  EngineOptions options;
  options.workers = 2;
  EngineConfig config{options};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  auto* const actor = engine.spawn<Diarist>(0);
  ASSERT_TRUE(engine.freeze(60s));
  engine.thaw();
  engine.hold_up();
  engine.hold_still([] {});  // all stand from here on
  LeanActor::post(actor, Number{1});
  std::this_thread::sleep_for(20ms);
  engine.hold_still([&] {
    EXPECT_TRUE(actor->heard.empty());
    engine.let_go_on();
  });
  ASSERT_TRUE(engine.freeze(60s));
  EXPECT_EQ(actor->heard, (Numbers{1}));
  engine.hold_up();
  engine.hold_still([] {});  // and an engine ends all the same
}

}  // namespace
}  // namespace chargemill::runtime
