// What waits in mailboxes is known by the kind of actor (user-experience, section 5.2).
#include "runtime/engine/waiting.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "runtime/engine/engine.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

struct Task {};
struct Die {};

/// Passes on what it gets, if it knows whom to.
template <std::uint8_t kOfKind>
class Clerk final : public LeanActor {
 public:
  static constexpr std::uint8_t kKind = kOfKind;
  explicit Clerk(caf::actor_config& cfg, Address next = {}) : LeanActor(cfg), next_(next) {}

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Die>() != nullptr) return quit();
    if (next_ != Address{}) send(next_, Task{});
  }
  const Address next_;
};
using Junior = Clerk<2>;
using Senior = Clerk<kActorKindsMax - 1>;

std::uint32_t waits(const Worker& worker, std::size_t kind) {
  return worker.counters().waiting_by_kind[kind].load();
}
std::uint32_t most(const Worker& worker, std::size_t kind) {
  return worker.counters().most_by_kind[kind].load();
}
/// That nothing waits at `worker`, and nothing ever did for those of other kinds.
void expect_no_others(const Worker& worker) {
  for (std::size_t k = 0; k < kActorKindsMax; ++k) {
    EXPECT_EQ(waits(worker, k), 0U) << k;
    if (k == Junior::kKind || k == Senior::kKind) continue;
    EXPECT_EQ(most(worker, k), 0U) << k;
  }
}

TEST(Waiting, IsCountedForTheKindThatGetsIt) {
  test::StillEngine still{2};
  auto* const senior = still.engine.spawn<Senior>(0);
  auto* const near = still.engine.spawn<Junior>(0, senior);
  auto* const far = still.engine.spawn<Junior>(1, senior);
  const Worker& here = still.engine.worker(0);
  const Worker& there = still.engine.worker(1);
  for (int i = 0; i < 5; ++i) LeanActor::post(near, Task{});
  still.settle();
  EXPECT_EQ(most(here, Junior::kKind), 5U) << "from outside";
  for (int i = 0; i < 7; ++i) LeanActor::post(far, Task{});
  still.settle();
  EXPECT_EQ(most(there, Junior::kKind), 7U);
  EXPECT_EQ(most(here, Senior::kKind), 7U) << "in a bag of another worker";
  EXPECT_EQ(most(there, Senior::kKind), 0U);
  expect_no_others(here);
  expect_no_others(there);
}
TEST(Waiting, EndsWithTheActorThatItWaitsFor) {
  test::StillEngine still;
  auto* const actor = still.engine.spawn<Junior>(0);
  LeanActor::post(actor, Die{});
  for (int i = 0; i < 4; ++i) LeanActor::post(actor, Task{});
  still.settle();
  EXPECT_EQ(most(still.engine.worker(0), Junior::kKind), 5U);
  expect_no_others(still.engine.worker(0));
}
TEST(Waiting, IsInVirtualTimeWhatAWindowHolds) {
  EngineOptions options;
  options.pacing = Pacing::virtual_time;
  options.workers = 2;
  options.latency = 100ms;
  Engine engine{options};
  auto& coordinator = engine.coordinator();
  auto* const senior = coordinator.spawn<Senior>(0);
  for (unsigned i = 0; i < 6; ++i)
    LeanActor::post(coordinator.spawn<Junior>(i % 2, senior), Task{});
  coordinator.go_until(SimTime{1s});
  ASSERT_TRUE(coordinator.await_pause(60s));
  EXPECT_EQ(most(coordinator.worker(0), Senior::kKind), 6U);
  EXPECT_EQ(most(coordinator.worker(1), Senior::kKind), 0U);
  expect_no_others(coordinator.worker(0));
  expect_no_others(coordinator.worker(1));
}

}  // namespace
}  // namespace chargemill::runtime
