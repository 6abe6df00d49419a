// What a paced worker does between two timers, and between two looks at what others sent to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/engine/coordinator.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

// All that the functions of a test share is touched on the first worker only, unless it is atomic.
// relaxed (all of a test's own): numbers that somebody waits for; they order nothing.

void wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!holds()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

struct Begin {};
struct Arm {
  SimTime due;
};
/// Goes to and fro between two actors, so that each link is an activation.
struct Chain {
  std::uint32_t links;
};
struct Question {};
struct Answer {};

/// Does what its test says at wake-ups and messages.
class Puppet final : public LeanActor {
 public:
  struct Strings {
    std::function<void(Puppet&)> wake = [](Puppet&) {};
    std::function<void(Puppet&, const Message&)> hear = [](Puppet&, const Message&) {};
    std::function<void(const Puppet&)> foresee_wake = [](const Puppet&) {};
  };
  Puppet(caf::actor_config& cfg, const Strings* strings) : LeanActor(cfg), strings_(strings) {}
  template <class T>
  void tell(Address to, const T& content) {
    send(to, content);
  }
  [[nodiscard]] SimTime time() const { return now(); }

 private:
  void on_message(const Message& m) override {
    if (const auto* arm = m.get_if<Arm>()) return wake_at(arm->due);
    strings_->hear(*this, m);
  }
  void on_wake() override { strings_->wake(*this); }
  void foresee_wake() const override { strings_->foresee_wake(*this); }

  const Strings* const strings_;
};

/// Workers; on the first alarms that are due at one time, and two who pass a chain to and fro.
class Stage {
 public:
  /// `wake`: of each alarm. `pass`: of each link of a chain, with how many are left.
  Stage(std::size_t alarms, std::function<void(Puppet&)> wake,
        std::function<void(std::uint32_t)> pass, unsigned workers = 2)
      : config_(options(workers)), system_(config_), engine_(Coordinator::of(system_)) {
    alarm_.wake = std::move(wake);
    link_.hear = [this, pass = std::move(pass)](Puppet& self, const Message& m) {
      const std::uint32_t left = m.get_if<Chain>()->links - 1;
      pass(left);
      if (left > 0) self.tell(&self == links_[0] ? links_[1] : links_[0], Chain{left});
    };
    conductor_.hear = [this](Puppet& self, const Message&) {
      for (auto* alarm : alarms_) self.tell(alarm, Arm{self.time() + 1ms});
    };
    for (std::size_t i = 0; i < alarms; ++i) alarms_.push_back(engine_.spawn<Puppet>(0, &alarm_));
    for (int i = 0; i < 2; ++i) links_.push_back(engine_.spawn<Puppet>(0, &link_));
    conducts_ = engine_.spawn<Puppet>(0, &conductor_);
    engine_.start_clock();
  }
  /// Arms all alarms before any can ring. Once all workers sleep.
  void begin() {
    await_rest();
    LeanActor::post(conducts_, Begin{});
  }
  void await_rest() {
    wait_until([this] {
      for (unsigned i = 0; i < engine_.workers(); ++i) {
        if (!engine_.worker(i).is_asleep()) return false;
      }
      return true;
    });
  }
  void foreseen(std::function<void(const Puppet&)> f) { alarm_.foresee_wake = std::move(f); }
  [[nodiscard]] Address chain() const { return links_[0]; }
  [[nodiscard]] Coordinator& engine() { return engine_; }

 private:
  static EngineOptions options(unsigned workers) {
    EngineOptions result;
    result.workers = workers;
    return result;
  }

  Puppet::Strings alarm_;
  Puppet::Strings link_;
  Puppet::Strings conductor_;
  std::vector<Puppet*> alarms_;
  std::vector<Puppet*> links_;
  Puppet* conducts_ = nullptr;
  EngineConfig config_;
  caf::actor_system system_;
  Coordinator& engine_;
};

// Engine README, limits.
TEST(CoordinatorTimers, LeaveOtherQueuesUnseenForAThousandActivationsHoweverManyAreDue) {
  Stage* stage = nullptr;
  Puppet* asker = nullptr;
  Puppet* respondent = nullptr;
  std::uint64_t others_activations = 0;
  std::size_t woken = 0;
  std::uint64_t links = 0;  // since the answer lies in the first worker's queue
  std::atomic<std::uint64_t> links_before_answer{0};
  const Puppet::Strings asks{{}, [&](Puppet&, const Message&) {
                               links_before_answer.store(links + 1, std::memory_order_relaxed);
                             }};
  const Puppet::Strings responds{{},
                                 [&](Puppet& self, const Message&) { self.tell(asker, Answer{}); }};
  const auto activations_of_other = [&] {
    // acquire: what that worker sent before is in our queue; pairs with release in run_batch().
    return stage->engine().worker(1).counters().activations.load(std::memory_order_acquire);
  };
  Stage scene{200,
              [&](Puppet& self) {
                if (++woken == 1) {
                  others_activations = activations_of_other();
                  return self.tell(respondent, Question{});
                }
                // Sent by now; and the other worker has nothing else to do.
                if (woken == 2)
                  wait_until([&] { return activations_of_other() > others_activations; });
                self.tell(stage->chain(), Chain{100});
              },
              [&](std::uint32_t) { ++links; }};
  stage = &scene;
  asker = scene.engine().spawn<Puppet>(0, &asks);
  respondent = scene.engine().spawn<Puppet>(1, &responds);
  scene.begin();
  wait_until([&] { return links_before_answer.load(std::memory_order_relaxed) > 0; });
  EXPECT_LE(links_before_answer.load(), 1'024U + 16U) << "and what stood before it in the ring";
}

// Engine README, limits. Alarms that cause nothing: it is their own number that counts.
TEST(CoordinatorTimers, LeaveOtherQueuesUnseenFor256OfThemHoweverManyAreDue) {
  Stage* stage = nullptr;
  Puppet* asker = nullptr;
  Puppet* respondent = nullptr;
  std::uint64_t others_activations = 0;
  std::uint64_t woken = 0;
  std::atomic<std::uint64_t> woken_before_answer{0};
  const Puppet::Strings asks{{}, [&](Puppet&, const Message&) {
                               woken_before_answer.store(woken, std::memory_order_relaxed);
                             }};
  const Puppet::Strings responds{{},
                                 [&](Puppet& self, const Message&) { self.tell(asker, Answer{}); }};
  const auto activations_of_other = [&] {
    // acquire: as in the test above.
    return stage->engine().worker(1).counters().activations.load(std::memory_order_acquire);
  };
  Stage scene{1'000,
              [&](Puppet& self) {
                if (++woken == 1) {
                  others_activations = activations_of_other();
                  return self.tell(respondent, Question{});
                }
                if (woken == 2)
                  wait_until([&] { return activations_of_other() > others_activations; });
              },
              [](std::uint32_t) {}};
  stage = &scene;
  asker = scene.engine().spawn<Puppet>(0, &asks);
  respondent = scene.engine().spawn<Puppet>(1, &responds);
  scene.begin();
  wait_until([&] { return woken_before_answer.load(std::memory_order_relaxed) > 0; });
  EXPECT_LE(woken_before_answer.load(), 256U);
}

// Engine README, model time: beside a ring that has not been empty for 2 ms.
TEST(CoordinatorTimers, FireOneEvery1024ActivationsBesideARingThatNeverEmpties) {
  constexpr std::size_t kAlarms = 20;
  constexpr std::uint32_t kEndless = 20'000'000;  // a second or more
  Stage* stage = nullptr;
  std::uint32_t links = 0;  // passed so far
  std::vector<std::uint32_t> links_at_alarm;
  std::atomic<bool> have_all_rung{false};
  Stage scene{kAlarms,
              [&](Puppet& self) {
                links_at_alarm.push_back(links);
                if (links_at_alarm.size() == 1) self.tell(stage->chain(), Chain{kEndless});
                // release: publishes all of them; pairs with acquire below.
                if (links_at_alarm.size() == kAlarms)
                  have_all_rung.store(true, std::memory_order_release);
              },
              [&](std::uint32_t) { ++links; }, 1};
  stage = &scene;
  scene.begin();
  // acquire: pairs with release above.
  wait_until([&] { return have_all_rung.load(std::memory_order_acquire); });
  // The first was due beside an empty ring; the second waits until 2 ms are over.
  EXPECT_LT(links_at_alarm[1], kEndless) << "it waited for the end of the chain";
  for (std::size_t i = 2; i < kAlarms; ++i) {
    SCOPED_TRACE("alarm " + std::to_string(i));
    EXPECT_EQ(links_at_alarm[i] - links_at_alarm[i - 1], 1'024U);
  }
}

// Engine README, model time: one timer, all that it causes, then the next.
TEST(CoordinatorTimers, WaitUntilAllIsOverThatTheOneBeforeHasCausedHoweverMuchThatIs) {
  Stage* stage = nullptr;
  bool is_first = true;
  std::uint32_t links_left = 1'500;
  std::atomic<int> left_at_second{-1};
  Stage scene{2,
              [&](Puppet& self) {
                if (std::exchange(is_first, false))
                  return self.tell(stage->chain(), Chain{links_left});
                left_at_second.store(static_cast<int>(links_left), std::memory_order_relaxed);
              },
              [&](std::uint32_t left) { links_left = left; }};
  stage = &scene;
  scene.begin();
  wait_until([&] { return left_at_second.load(std::memory_order_relaxed) >= 0; });
  EXPECT_EQ(left_at_second.load(), 0);
}

// Engine README, timer: what a handler will touch can be fetched while those before it run.
TEST(CoordinatorTimers, AreForeseenOnceAndBeforeTheyFire) {
  constexpr std::size_t kAlarms = 8;  // due at one time, so in one tick of the wheel
  std::vector<const Puppet*> foreseen;
  std::size_t woken = 0;
  std::size_t in_time = 0;
  std::atomic<bool> have_all_rung{false};
  Stage scene{kAlarms,
              [&](Puppet& self) {
                in_time +=
                    static_cast<std::size_t>(std::count(foreseen.begin(), foreseen.end(), &self));
                // release: what is written above is seen; pairs with acquire below.
                if (++woken == kAlarms) have_all_rung.store(true, std::memory_order_release);
              },
              [](std::uint32_t) {}};
  scene.foreseen([&](const Puppet& alarm) { foreseen.push_back(&alarm); });
  scene.begin();
  wait_until([&] { return have_all_rung.load(std::memory_order_acquire); });  // acquire: as said
  EXPECT_EQ(foreseen.size(), kAlarms - 3) << "all but the first, who have nobody before them";
  EXPECT_EQ(in_time, foreseen.size()) << "each once, and before it rang";
}

// Engine README: what holds a worker up shows as tick lateness, of all who wait behind it too.
TEST(CoordinatorTimers, AreLateByWhatThoseAheadOfThemHaveCaused) {
  constexpr Nanos kHeldUp = 20ms;
  Stage* stage = nullptr;
  std::atomic<int> woken{0};
  Stage scene{2,
              [&](Puppet& self) {
                if (woken.fetch_add(1, std::memory_order_relaxed) == 0)
                  self.tell(stage->chain(), Chain{100});
              },
              [&](std::uint32_t left) {
                const auto until = std::chrono::steady_clock::now() + kHeldUp;
                if (left == 0)
                  wait_until([&] { return std::chrono::steady_clock::now() >= until; });
              }};
  stage = &scene;
  scene.begin();
  wait_until([&] { return woken.load(std::memory_order_relaxed) == 2; });
  scene.await_rest();
  const auto lateness = scene.engine().worker(0).tick_lateness().snapshot();
  EXPECT_EQ(lateness.count(), 2U);
  EXPECT_GE(lateness.max(), kHeldUp);
}

}  // namespace
}  // namespace chargemill::runtime
