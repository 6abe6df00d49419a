// An actor that goes from node to node while all of them talk to it, and it to them.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "runtime/engine/parking.hpp"
#include "tests/runtime/cluster/exchange_cluster.hpp"

namespace chargemill::runtime {
namespace {

constexpr unsigned kNodes = 3;
constexpr std::size_t kTalkers = 6;  // two on each node; they are named first
constexpr Entity kWalker = kTalkers + 1;
constexpr unsigned kTalkerBits = 8;

/// Says its numbers to the walker, some at each wake-up, and counts what it hears back.
class Talker final : public LeanActor {
 public:
  Talker(caf::actor_config& cfg, const std::vector<Address>& all, std::uint64_t id, unsigned burst)
      : LeanActor(cfg), all_(all), id_(id), burst_(burst) {}
  std::uint64_t said = 0, heard = 0, wrong = 0;  // read while the engine is frozen
  std::atomic<bool>* is_over = nullptr;

 private:
  void on_message(const Message& m) override {
    const auto* hop = m.get_if<Hop>();
    if (hop == nullptr) return drop(m);
    if (hop->value == 0) return wake_at(now() + 1ms);  // from outside: begin
    if (hop->value != ++heard) ++wrong;
  }
  void on_wake() override {
    for (unsigned i = 0; i < burst_; ++i) send(all_[kWalker - 1], Hop{++said << kTalkerBits | id_});
    // relaxed: a number that somebody waits for.
    if (!is_over->load(std::memory_order_relaxed)) wake_at(now() + 1ms);
  }
  const std::vector<Address>& all_;
  const std::uint64_t id_;
  const unsigned burst_;
};

/// What of a walker goes with it.
struct Luggage {
  std::array<std::uint64_t, kTalkers> heard{};
  std::uint64_t wrong = 0;
  std::uint64_t ticks = 0;
};

/// Answers each with as many numbers as it has heard of it; ticks by itself.
class Walker final : public LeanActor {
 public:
  Walker(caf::actor_config& cfg, const std::vector<Address>& all, const Luggage& luggage)
      : LeanActor(cfg), state(luggage), all_(all) {}
  Luggage state;  // read while the engine stands

 private:
  void on_message(const Message& m) override {
    const auto* hop = m.get_if<Hop>();
    if (hop == nullptr) return drop(m);
    if (hop->value == 0) return wake_at(now() + 1ms);
    const auto talker = hop->value & ((1U << kTalkerBits) - 1);
    if (hop->value >> kTalkerBits != ++state.heard[talker]) ++state.wrong;
    send(all_[talker], Hop{state.heard[talker]});
  }
  void on_wake() override {
    ++state.ticks;
    wake_at(now() + 1ms);
  }
  const std::vector<Address>& all_;
};

class Walk {
 public:
  explicit Walk(unsigned burst, std::uint32_t window = LinksOptions{}.window_bytes)
      : cluster_{kNodes, 2, Pacing::paced, window} {
    cluster_.populate(kTalkers, [&](Machine& machine, std::size_t i) -> Address {
      auto* const talker = machine.engine->coordinator().spawn<Talker>(
          static_cast<unsigned>(i / kNodes), machine.all, i, burst);
      talker->is_over = &is_over_;
      talkers_.push_back(talker);
      return talker;
    });
    for (unsigned n = 0; n < kNodes; ++n) {
      auto& machine = cluster_.machines[n];
      machine.exchange->outlive_losses();
      auto& engine = machine.engine->coordinator();
      if (n == 0) walker_ = engine.spawn<Walker>(1, machine.all, Luggage{});
      machine.all.push_back(n == 0 ? Address{walker_} : engine.reserve(0));
    }
    for (auto& machine : cluster_.machines) machine.engine->coordinator().start_clock();
    LeanActor::post(walker_, Hop{0});
    for (auto* talker : talkers_) LeanActor::post(talker, Hop{0});
  }

  /// All say that they hold, and how much they have sent there; whoever gives waits for that much.
  void hold() {
    for (unsigned n = 0; n < kNodes; ++n) {
      if (n != at_) engine(n).hold_still([&] { exchange(n).hold({kWalker}); });
    }
    for (unsigned n = 0; n < kNodes; ++n) await(at_, n);
  }
  void give(unsigned to) {
    engine(at_).hold_still([&] {
      Coordinator::Parking parking{engine(at_)};
      parking.settle();
      due_ = parking.park(*walker_);
      exchange(at_).hold({kWalker});
      exchange(at_).hold_arrivals([&] { all(at_) = parking.leave(kWalker, to); });
    });
    for (unsigned n = 0; n < kNodes; ++n) await(n, at_);
  }
  void take(unsigned to) {
    engine(to).hold_still([&] {
      Walker* heir = nullptr;
      exchange(to).hold_arrivals([&] {
        all(to) = heir =
            engine(to).take_over<Walker>(all(to), 0, cluster_.machines[to].all, walker_->state);
      });
      Coordinator::Parking{engine(to)}.resume(*heir, due_);
      exchange(to).release();
      former_ = std::exchange(walker_, heir);
    });
    for (unsigned n = 0; n < kNodes; ++n) {
      if (n == to) continue;
      engine(n).hold_still([&] {
        if (n == at_) {
          EXPECT_EQ(Coordinator::Parking{engine(n)}.end(*former_), 0U);
        } else {
          exchange(n).hold_arrivals([&] { all(n) = engine(n).move_on(all(n), to); });
        }
        exchange(n).release();
      });
    }
    at_ = to;
  }
  /// The one that was to take it is gone: it stays.
  void stay() {
    engine(at_).hold_still([&] {
      Coordinator::Parking parking{engine(at_)};
      exchange(at_).hold_arrivals([&] { parking.take_back(kWalker, *walker_); });
      all(at_) = walker_;
      parking.resume(*walker_, due_);
      exchange(at_).release();
    });
    for (unsigned n = 0; n < kNodes; ++n) {
      if (n != at_) engine(n).hold_still([&] { exchange(n).release(); });
    }
  }
  [[nodiscard]] unsigned at() const { return at_; }
  [[nodiscard]] std::size_t held_bytes() {
    std::size_t sum = 0;
    for (unsigned n = 0; n < kNodes; ++n) sum += exchange(n).held_bytes();
    return sum;
  }

  /// Nothing was lost, doubled or overtaken.
  void end() {
    is_over_.store(true, std::memory_order_relaxed);  // relaxed: as in Talker
    std::uint64_t before = 0;
    for (bool is_still = false; !is_still;) {
      std::uint64_t sent = 0;
      std::uint64_t received = 0;
      for (unsigned n = 0; n < kNodes; ++n) {
        ASSERT_TRUE(engine(n).freeze(kPatience));
        sent += exchange(n).sent(), received += exchange(n).received();
        engine(n).thaw();
      }
      is_still = sent == received && std::exchange(before, sent) == sent;
      for (const auto* talker : talkers_) is_still = is_still && talker->said > 0;
      std::this_thread::sleep_for(5ms);  // a talker's last wake-up
    }
    for (unsigned n = 0; n < kNodes; ++n) ASSERT_TRUE(engine(n).freeze(kPatience));
    EXPECT_EQ(walker_->state.wrong, 0U);
    EXPECT_GT(walker_->state.ticks, 0U);
    for (std::size_t i = 0; i < kTalkers; ++i) {
      const auto& talker = *talkers_[talker_at(i)];
      EXPECT_EQ(walker_->state.heard[i], talker.said) << i;
      EXPECT_EQ(talker.heard, talker.said) << i;
      EXPECT_EQ(talker.wrong, 0U) << i;
    }
    for (unsigned n = 0; n < kNodes; ++n) EXPECT_EQ(exchange(n).strays(), 0U);
  }
  [[nodiscard]] std::uint64_t ticks() const { return walker_->state.ticks; }

 private:
  /// In the order of spawning: node by node.
  static std::size_t talker_at(std::size_t i) {
    return (i % kNodes) * (kTalkers / kNodes) + i / kNodes;
  }
  [[nodiscard]] Coordinator& engine(unsigned n) {
    return cluster_.machines[n].engine->coordinator();
  }
  [[nodiscard]] Exchange& exchange(unsigned n) { return *cluster_.machines[n].exchange; }
  [[nodiscard]] Address& all(unsigned n) { return cluster_.machines[n].all[kWalker - 1]; }
  void await(unsigned n, unsigned from) {
    if (n == from) return;
    const auto sent = exchange(from).sent_to(n);
    while (exchange(n).received_from(from) < sent) std::this_thread::yield();
  }

  std::atomic<bool> is_over_{false};
  Cluster cluster_;
  std::vector<Talker*> talkers_;
  Walker* walker_ = nullptr;
  Walker* former_ = nullptr;
  SimTime due_{};
  unsigned at_ = 0;
};

TEST(Walking, AnActorGoesFromNodeToNodeAndNothingIsLostDoubledOrOvertaken) {
  Walk walk{20};
  for (unsigned step = 1; step <= 40; ++step) {
    std::this_thread::sleep_for(3ms);  // they talk
    const unsigned to = (walk.at() + 1 + step % 2) % kNodes;
    walk.hold();
    walk.give(to);
    if (step % 5 == 0) {
      walk.stay();
    } else {
      walk.take(to);
    }
  }
  walk.end();
}

// SH-03: whoever talks to one that is on its way for long stands until it has arrived.
TEST(Walking, WhoeverFillsWhatWaitsForItStandsAndMemoryIsBounded) {
  constexpr std::uint32_t kWindow = 64 << 10;
  constexpr unsigned kBurst = 200;
  Walk walk{kBurst, kWindow};
  walk.hold();
  walk.give(1);
  std::size_t before = 0;
  // Until a tenth of a second brings nothing more.
  for (std::size_t now = 1; now != before || now < kWindow; now = walk.held_bytes()) {
    before = now;
    std::this_thread::sleep_for(100ms);
  }
  // On each node the limit and what its two talkers had in hand, whose wake-ups are one batch.
  constexpr std::size_t kBatch = 2 * 1'024 * kBurst * MailBag::bytes_of(sizeof(Hop));
  EXPECT_LE(before, kNodes * (kWindow + kBatch));
  walk.take(1);
  walk.end();
}

}  // namespace
}  // namespace chargemill::runtime
