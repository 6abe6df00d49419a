// Hot paths do not allocate, in real time either: what a message between two workers costs once
// warm, when both answer each other and when only one of them speaks.
#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <thread>

#include "runtime/engine/coordinator.hpp"
#include "tests/support/allocation_count.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using test::allocations;

/// What the program had asked for when the measured part began and when it was over.
struct Reading {
  const std::uint64_t warm_up;
  const std::uint64_t measured;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  std::atomic<std::uint64_t> reached{0};
  std::atomic<bool> is_over{false};

  /// After the message with this number. One actor.
  void look(std::uint64_t number) {
    reached.store(number, std::memory_order_relaxed);  // relaxed: shows that something happens
    if (number == warm_up) before = allocations();
    if (number != all()) return;
    after = allocations();
    is_over.store(true, std::memory_order_release);  // release: publishes both; see await()
  }
  /// What is lost shows as a minute in which nothing comes; a busy machine merely takes longer.
  void await() const {
    std::uint64_t seen = 0;
    auto deadline = std::chrono::steady_clock::now() + 60s;
    // acquire: pairs with release in look().
    while (!is_over.load(std::memory_order_acquire)) {
      if (std::chrono::steady_clock::now() > deadline) {
        const std::uint64_t now = reached.load(std::memory_order_relaxed);  // relaxed: see look()
        ASSERT_NE(now, seen) << "a message or a wake-up was lost";
        seen = now;
        deadline += 60s;
      }
      std::this_thread::yield();
    }
  }
  [[nodiscard]] std::uint64_t all() const { return warm_up + measured; }
  [[nodiscard]] double per_message() const {
    return static_cast<double>(after - before) / static_cast<double>(measured);
  }
};

EngineOptions two_workers() {
  EngineOptions options;
  options.workers = 2;
  return options;
}

struct Ball {};
struct Partner {
  Address address;
};

/// Returns each ball to its partner, until whoever has a reading has it complete.
class Player final : public LeanActor {
 public:
  Player(caf::actor_config& cfg, Reading* reading) : LeanActor(cfg), reading_(reading) {}

 private:
  void on_message(const Message& m) override {
    if (const auto* partner = m.get_if<Partner>()) {
      partner_ = partner->address;
      return;
    }
    if (m.get_if<Ball>() == nullptr) return drop(m);
    if (reading_ != nullptr) {
      reading_->look(++balls_);
      if (balls_ == reading_->all()) return;
    }
    send(partner_, Ball{});
  }

  Reading* const reading_;
  Address partner_ = nullptr;
  std::uint64_t balls_ = 0;
};

TEST(CoordinatorAllocations, AreNoneForAMessageThatIsAnswered) {
  Reading reading{2'000, 20'000};
  EngineConfig config{two_workers()};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  auto* const counts = engine.spawn<Player>(0, &reading);
  auto* const answers = engine.spawn<Player>(1, nullptr);
  LeanActor::post(counts, Partner{answers});
  LeanActor::post(answers, Partner{counts});
  LeanActor::post(answers, Ball{});
  ASSERT_NO_FATAL_FAILURE(reading.await());
  if (!test::kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  EXPECT_LT(reading.per_message(), 0.001);
}

struct Word {};

/// Written by the listener, read by the speaker and the test.
using Heard = std::atomic<std::uint64_t>;

class Listener final : public LeanActor {
 public:
  Listener(caf::actor_config& cfg, Heard* heard) : LeanActor(cfg), heard_(heard) {}

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Word>() == nullptr) return drop(m);
    heard_->fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter
  }
  Heard* const heard_;
};

/// Says a word at each wake-up, so that a bag holds one, and waits while too many are on their way.
/// Nothing ever comes back.
class Speaker final : public LeanActor {
 public:
  static constexpr std::uint64_t kUnheardMax = 500;  // more than a worker keeps spare bags

  Speaker(caf::actor_config& cfg, Address listener, const Heard* heard, Reading* reading)
      : LeanActor(cfg), listener_(listener), heard_(heard), reading_(reading) {}

 private:
  void on_message(const Message&) override { wake_at(now()); }
  void on_wake() override {
    const std::uint64_t unheard = said_ - heard_->load(std::memory_order_relaxed);  // a counter
    if (unheard >= kUnheardMax) return wake_at(now() + 100us);
    send(listener_, Word{});
    reading_->look(++said_);
    if (said_ < reading_->all()) wake_at(now());
  }

  const Address listener_;
  const Heard* const heard_;
  Reading* const reading_;
  std::uint64_t said_ = 0;
};

TEST(CoordinatorAllocations, AreNoneForAMessageThatNobodyAnswers) {
  Heard heard{0};
  Reading reading{40'000, 100'000};
  EngineConfig config{two_workers()};
  caf::actor_system system{config};
  auto& engine = Coordinator::of(system);
  auto* const listener = engine.spawn<Listener>(1, &heard);
  auto* const speaker = engine.spawn<Speaker>(0, listener, &heard, &reading);
  engine.start_clock();
  LeanActor::post(speaker, Word{});
  ASSERT_NO_FATAL_FAILURE(reading.await());
  ASSERT_TRUE(engine.freeze(60s));
  EXPECT_EQ(heard.load(), reading.all());
  if (!test::kAllocationsCounted) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  // The packet is of the listener's pool and goes back there; bags come back. The odd one is new
  // when more are on their way than ever before.
  EXPECT_LT(reading.per_message(), 0.01);
}

}  // namespace
}  // namespace chargemill::runtime
