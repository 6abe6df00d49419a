// What a run in real time says to its journal at the very end.
#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <utility>

#include "actors/archive/history.hpp"
#include "actors/network/network.hpp"
#include "runtime/engine/engine.hpp"
#include "tests/simulation/recordings.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::test {
namespace {

using std::chrono::seconds;

constexpr seconds kPatience{60};

/// All of them supply, and shards of both workers have more to say at the end than their queues
/// take: each commit lets some of them say more.
network::Scenario all_supply() {
  network::Scenario s;
  s.network.charge_points = 60'000;
  s.network.zones = 4;
  s.central.shards = 64;
  s.drivers.count = 120'000;
  s.drivers.initial_supplying = 1.0;
  s.run.speed.factor = 60;
  s.run.duration = std::chrono::hours{1};
  return s;
}

std::unique_ptr<Recording> small_recording(const std::string& directory) {
  Recording::Options options;
  options.journal.chain.directory = directory;
  options.journal.queue_records = 4'096;
  options.journal.batch_records = 64;
  options.journal.batch_time = std::chrono::microseconds{100};
  auto opened = Recording::open(std::move(options));
  if (!opened) throw std::runtime_error{opened.error().text};
  return std::move(*opened);
}

/// Until nothing moves and what that led to is on disk, and led to no more.
bool settle(runtime::Coordinator& engine, Recording& recording) {
  for (std::optional<std::uint64_t> before;;) {
    if (!engine.freeze(kPatience)) return false;
    const std::uint64_t appended = recording.appended();
    if (std::exchange(before, appended) == appended) return true;
    if (!recording.flush(kPatience)) return false;
  }
}

// A worker that a commit wakes meanwhile would say more to the same queue (it aborted the program).
TEST(LastWords, AreSaidWhileAllWorkersStand) {  // D-084
  for (int life = 0; life < 2; ++life) {
    SCOPED_TRACE(life);
    const Folder folder{std::to_string(life)};
    const auto scenario = all_supply();
    const auto recording = small_recording(folder.path());
    network::Totals totals;
    {
      runtime::EngineOptions options;
      options.workers = 2;
      options.speed = scenario.run.speed.factor;
      runtime::Engine engine{options};
      auto& coordinator = engine.coordinator();
      network::Network network{scenario, coordinator, recording.get()};
      coordinator.set_horizon(SimTime{seconds{30}});
      coordinator.start_clock();
      network.start();
      const auto deadline = std::chrono::steady_clock::now() + kPatience;
      while (coordinator.reached() < SimTime{seconds{30}}) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
      }
      ASSERT_TRUE(settle(coordinator, *recording));
      network.close_recording();
      ASSERT_TRUE(settle(coordinator, *recording));
      totals = network.count().totals;
      recording->stop_waking();
    }
    ASSERT_GT(totals.energy_delivered_mj, 0) << "or this proves nothing";
    auto history = std::move(*archive::History::open(folder.path()));
    archive::Filter all;
    all.limit = 1'000'000;
    Energy told;
    const auto rows = history.sessions(all).value();
    for (const auto& row : rows) told += row.delivered;
    EXPECT_EQ(told.mj + totals.energy_unassigned_mj, totals.energy_delivered_mj);
  }
}

}  // namespace
}  // namespace chargemill::test
