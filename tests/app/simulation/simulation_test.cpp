// Runs in virtual time that somebody stops, or asks, on their way.
#include "app/simulation/simulation.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "app/api/live_summary.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

/// So long that nobody waits for its end, nor for its first row: that comes after 69 hours.
constexpr Nanos kForever = 100'000h;

network::Scenario endless() {
  network::Scenario scenario;
  scenario.network.charge_points = 50;
  scenario.central.shards = 2;
  scenario.run.duration = kForever;
  scenario.run.speed.max = true;
  scenario.run.workers = 2;
  return scenario;
}

/// Central is away from the first second on: what drivers ask stays open.
network::Scenario nobody_answers() {
  network::Scenario scenario = endless();
  scenario.drivers.count = 50;
  scenario.drivers.sessions_per_cp_per_day = 9'000;
  scenario.drivers.timeout = kForever;
  network::FaultSpec away;
  away.kind = network::FaultKind::central_restart;
  away.at = SimTime{1s};
  away.duration = kForever;
  scenario.faults.push_back(away);
  scenario.run.stop_timeout = 5s;
  return scenario;
}

void press_ctrl_c() { ASSERT_EQ(::kill(::getpid(), SIGINT), 0); }

/// Does something in a thread of its own; gone when it is done.
class Person {
 public:
  explicit Person(const std::function<void()>& does) : thread_(does) {}
  ~Person() { thread_.join(); }
  Person(const Person&) = delete;
  Person& operator=(const Person&) = delete;

 private:
  std::thread thread_;
};

/// A door behind which somebody does `what`, once, while time goes on.
DoorOpener behind_a_door(std::function<void(network::Desk&)> what) {
  return [what = std::move(what)](network::Desk& desk) -> std::shared_ptr<void> {
    return std::make_shared<Person>([what, &desk] { what(desk); });
  };
}

/// Until `is_so`, or so long that a test may call it never.
void wait_until(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!is_so()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

TEST(Simulation, AfterASignalOpenRequestsGetTheirTimeAlsoInVirtualTime) {
  const StopRequest stop{false};
  std::vector<SimTime> looks;
  SimTime at_signal{};
  const auto outcome = simulate(
      nobody_answers(), stop,
      [&](const network::Snapshot& look, LookKind kind) {
        if (stop.signal() != 0 && kind == LookKind::row) looks.push_back(look.sim);
      },
      {}, {}, {}, behind_a_door([&](network::Desk& desk) {
        wait_until([&] {
          const auto look = desk.look();
          at_signal = look.sim;
          return look.sim > SimTime{10min} && look.totals.requests_open > 0;
        });
        press_ctrl_c();
      }));
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_GT(outcome.last.totals.requests_open, 0U) << "nobody has decided it";
  ASSERT_EQ(looks.size(), 5U) << "one a model second";
  EXPECT_TRUE(std::is_sorted(looks.begin(), looks.end()));
  EXPECT_GE(looks.front(), at_signal + 1s);
  EXPECT_EQ(looks.back() - looks.front(), 4s);
  EXPECT_GE(outcome.last.sim, looks.back());
}

TEST(Simulation, VirtualTimeIsShownOnItsWayToARow) {
  const StopRequest stop{false};
  std::vector<LookKind> kinds;
  std::vector<SimTime> looks;
  const auto outcome = simulate(endless(), stop, [&](const network::Snapshot& look, LookKind kind) {
    kinds.push_back(kind);
    looks.push_back(look.sim);
    EXPECT_GT(look.wall, Nanos{0});
    if (looks.size() == 3) press_ctrl_c();
  });
  EXPECT_EQ(outcome.signal, SIGINT);
  ASSERT_GE(looks.size(), 3U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(kinds[i], LookKind::live) << "the first row is far away";
  EXPECT_GT(looks[2], SimTime{});
  EXPECT_TRUE(std::is_sorted(looks.begin(), looks.end()));
}

TEST(Simulation, TheApiTellsTheWallTimeAndSpeedOfVirtualTimeToo) {
  const StopRequest stop{false};
  const auto scenario = endless();
  double wall_s = 0.0;
  double reached = 0.0;
  (void)simulate(
      scenario, stop, [](const network::Snapshot&, LookKind) {}, {}, {}, {},
      behind_a_door([&](network::Desk& desk) {
        Directory names{desk.topology(), &desk.annex()};
        const api::World world{desk, scenario, names, [](const api::Task&) { return false; }};
        wait_until([&] { return desk.look().sim > SimTime{}; });
        const auto run = api::live_summary(world)["run"];
        wall_s = run["wall_s"].get<double>();
        reached = run["speed_reached"].get<double>();
        press_ctrl_c();
      }));
  EXPECT_GT(wall_s, 0.0);
  EXPECT_GT(reached, 0.0);
}

TEST(Simulation, ASignalOnTheWayToARowOrADigestMakesNeither) {
  const StopRequest stop{false};
  auto scenario = endless();
  scenario.run.digest_every = kForever / 2;
  std::vector<SimTime> digests;
  std::size_t rows = 0;
  const auto outcome = simulate(
      scenario, stop,
      [&](const network::Snapshot&, LookKind kind) {
        if (stop.signal() == 0 && kind == LookKind::live) press_ctrl_c();
        rows += kind == LookKind::row ? 1 : 0;
      },
      [&](SimTime time, const std::vector<network::EntityDigest>&) { digests.push_back(time); });
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_EQ(rows, 1U) << "of the drain: nothing was open";
  EXPECT_EQ(digests, std::vector<SimTime>{outcome.last.sim}) << "how it ended, at the time it did";
}

/// Only to be answered.
class Caller final : public central::Inspection {
 public:
  std::uint32_t look(const central::ShardState& shard, SimTime, std::uint32_t) override {
    return static_cast<std::uint32_t>(shard.points.size());
  }
  void finish(SimTime now) override {
    time_ = now;
    // release: publishes time_; pairs with acquire in is_answered().
    answered_.store(true, std::memory_order_release);
  }
  [[nodiscard]] bool is_answered() const {
    return answered_.load(std::memory_order_acquire);  // acquire: as above
  }
  [[nodiscard]] SimTime time() const { return time_; }

 private:
  SimTime time_{};
  std::atomic<bool> answered_{false};
};

TEST(Simulation, TimeNeverGoesBackForThoseWhoAskInVirtualTime) {
  const StopRequest stop{false};
  std::vector<SimTime> seen;
  const auto outcome = simulate(
      endless(), stop, [](const network::Snapshot&, LookKind) {}, {}, {}, {},
      behind_a_door([&](network::Desk& desk) {
        wait_until([&] { return desk.look().sim > SimTime{}; });
        for (int i = 0; i < 5; ++i) {
          const auto caller = std::make_shared<Caller>();
          EXPECT_TRUE(desk.inspect(caller));
          wait_until([&] {
            seen.push_back(desk.look().sim);
            return caller->is_answered();
          });
          EXPECT_GE(caller->time(), seen.front());
        }
        press_ctrl_c();
      }));
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_GT(seen.front(), SimTime{});
}

}  // namespace
}  // namespace chargemill::app
