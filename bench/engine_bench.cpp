// Question: how many request/status/acknowledge round trips a second does the engine carry, how
// fast
//           does it spawn, and what does an actor cost in memory?
// Budget:   6 M round trips/s at 100,000 actors on two cores (three messages and two cold
// activations
//           each: 0.33 core-microseconds), 4.5 M/s at 1,000,000, 512 bytes of RSS an actor.
// Shape:    a starter per central sends `go` to each of its charge points, 4,096 at a time; each
//           answers its central with a status; the central acknowledges. A round is over when every
//           charge point has its acknowledgement. Peers in other languages do the same (peers/).
// Check:    a charge point tells 22 mJ more in each round, so after r rounds the centrals have
// added
//           up 22 r(r + 1) / 2 for each; and a round ends.
#include <benchmark/benchmark.h>

#include <caf/actor_system.hpp>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

#include "bench/support/figures.hpp"
#include "bench/support/fresh_process.hpp"
#include "bench/support/memory.hpp"
#include "runtime/engine/coordinator.hpp"

namespace chargemill::runtime {
namespace {

constexpr std::int64_t kEnergyMj = 22;  // of a charge point and round
constexpr unsigned kNapsMax = 30'000;   // of a millisecond each, until a round counts as lost
const double kSeconds = bench::is_quick() ? 0.05 : 2.0;  // of a case

struct Go {};
struct Status {
  std::uint32_t point;
  std::uint32_t sequence;
  std::int64_t energy_mj;
};
struct Ack {
  std::uint32_t sequence;
};
struct Begin {};

/// What those of one central's charge points that share a home have done; touched on that home
/// only, but for `rounds`, and for `remaining` before the round.
struct alignas(128) Group {
  std::size_t remaining = 0;
  std::size_t count = 0;
  std::atomic<std::uint64_t> rounds{0};  // written by the home; read by the benchmark's thread
  WakeSignal* finished = nullptr;
};

class Central;

class Point final : public LeanActor {
 public:
  Point(caf::actor_config& cfg, std::uint32_t id, Group* group, Address central)
      : LeanActor(cfg), id_(id), group_(group), central_(central) {}

 private:
  void on_message(const Message& m) override {
    if (m.get_if<Go>() != nullptr) {
      energy_mj_ += kEnergyMj;
      return send(central_, Status{id_, ++sequence_, energy_mj_});
    }
    const auto* ack = m.get_if<Ack>();
    if (ack == nullptr || ack->sequence != sequence_) return drop(m);
    if (--group_->remaining > 0) return;
    // release: the round's work happens before the benchmark's thread goes on.
    group_->rounds.fetch_add(1, std::memory_order_release);
    group_->finished->wake();
  }

  const std::uint32_t id_;
  std::uint32_t sequence_ = 0;
  std::int64_t energy_mj_ = 0;
  Group* const group_;
  const Address central_;
};

class Central final : public LeanActor {
 public:
  Central(caf::actor_config& cfg, const std::vector<Address>* points)
      : LeanActor(cfg), points_(points) {}
  /// Between two rounds; any thread that knows that the one before is over.
  [[nodiscard]] std::int64_t total_mj() const { return total_mj_; }

 private:
  void on_message(const Message& m) override {
    const auto* status = m.get_if<Status>();
    if (status == nullptr) return drop(m);
    total_mj_ += status->energy_mj;
    send((*points_)[status->point], Ack{status->sequence});
  }

  const std::vector<Address>* const points_;
  std::int64_t total_mj_ = 0;
};

class Starter final : public LeanActor {
 public:
  /// For the points [first, first + count), which are counted by the `groups` from `group` on.
  Starter(caf::actor_config& cfg, const std::vector<Address>* points, std::size_t first,
          std::size_t count, Group* group, std::size_t groups)
      : LeanActor(cfg),
        points_(points),
        first_(first),
        count_(count),
        group_(group),
        groups_(groups) {}

 private:
  void on_message(const Message& m) override {
    constexpr std::size_t kChunk = 4'096;
    if (m.get_if<Begin>() == nullptr) return drop(m);
    // Seen on the other homes by whoever gets a `go`.
    for (std::size_t i = 0; next_ == 0 && i < groups_; ++i) group_[i].remaining = group_[i].count;
    const std::size_t end = std::min(count_, next_ + kChunk);
    for (; next_ < end; ++next_) send((*points_)[first_ + next_], Go{});
    if (next_ == count_) {
      next_ = 0;
    } else {
      send(this, Begin{});
    }
  }

  const std::vector<Address>* const points_;
  const std::size_t first_;
  const std::size_t count_;
  Group* const group_;
  const std::size_t groups_;
  std::size_t next_ = 0;
};

/// Where charge points live: with their central, as in a network, or anywhere.
enum class Homes { with_central, spread };

class Network {
 public:
  Network(std::size_t points, unsigned centrals, Coordinator& engine, Homes homes)
      : groups_(std::size_t{centrals} * engine.workers()) {
    const unsigned workers = engine.workers();
    points_.reserve(points);
    for (unsigned c = 0; c < centrals; ++c) {
      Group* const groups = &groups_[std::size_t{c} * workers];
      const std::size_t first = points_.size();
      const std::size_t count = points / centrals + (c < points % centrals ? 1 : 0);
      auto* const central = engine.spawn<Central>(c, &points_);
      centrals_.push_back(central);
      for (std::size_t i = 0; i < count; ++i) {
        const auto id = static_cast<std::uint32_t>(points_.size());
        const unsigned home = (homes == Homes::spread ? id : c) % workers;
        ++groups[home].count;
        auto* const point = engine.spawn<Point>(home, id, &groups[home], central);
        points_.emplace_back(point);
      }
      starters_.push_back(engine.spawn<Starter>(c, &points_, first, count, groups, workers));
    }
    for (Group& group : groups_) group.finished = &finished_;
  }
  /// False: it did not end.
  [[nodiscard]] bool round() {
    ++begun_;
    for (auto* starter : starters_) LeanActor::post(starter, Begin{});
    unsigned naps = 0;
    for (auto& group : groups_) {
      if (group.count == 0) continue;
      // acquire: pairs with release in Point::on_message().
      while (group.rounds.load(std::memory_order_acquire) < begun_) {
        if (++naps > kNapsMax) return false;
        finished_.sleep(std::chrono::milliseconds{1});
      }
    }
    return true;
  }
  [[nodiscard]] std::uint64_t rounds() const { return begun_; }
  /// What the centrals have added up. Between two rounds.
  [[nodiscard]] std::int64_t energy_mj() const {
    std::int64_t sum = 0;
    for (const auto* central : centrals_) sum += central->total_mj();
    return sum;
  }
  /// And what that must be.
  [[nodiscard]] std::int64_t energy_told_mj() const {
    const auto rounds = static_cast<std::int64_t>(begun_);
    return kEnergyMj * static_cast<std::int64_t>(points_.size()) * (rounds * (rounds + 1) / 2);
  }

 private:
  std::vector<Group> groups_;
  std::vector<Address> points_;
  std::vector<Starter*> starters_;
  std::vector<Central*> centrals_;
  WakeSignal finished_;
  std::uint64_t begun_ = 0;
};

void play_rounds(benchmark::State& state, Homes homes) {
  const auto points = static_cast<std::size_t>(state.range(0));
  EngineConfig config{{}};
  std::optional<Network> network;  // its actors read it for as long as the system lives
  caf::actor_system system{config};
  network.emplace(points, static_cast<unsigned>(state.range(1)), Coordinator::of(system), homes);
  bool ends = network->round();  // warm: pools, rings, pages
  for (auto _ : state) ends = ends && network->round();
  if (!ends) return state.SkipWithError("a round did not end");
  if (network->energy_mj() != network->energy_told_mj())
    return state.SkipWithError("checksum: the centrals have added up another energy");
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["rounds"] = static_cast<double>(network->rounds());
  state.counters["energy_mj"] = static_cast<double>(network->energy_mj());
}

void round_trip(benchmark::State& state) { play_rounds(state, Homes::with_central); }
BENCHMARK(round_trip)
    ->Name("engine/round_trip")
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {1, 4}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(kSeconds)
    ->UseRealTime();

/// What the engine gives when its actors do not live with whom they talk to: on two workers every
/// second message crosses from one to the other.
void round_trip_spread(benchmark::State& state) { play_rounds(state, Homes::spread); }
BENCHMARK(round_trip_spread)
    ->Name("engine/round_trip_spread")
    ->ArgsProduct({{1'000, 100'000, 1'000'000}, {4}})
    ->Unit(benchmark::kMillisecond)
    ->MinTime(kSeconds)
    ->UseRealTime();

/// What each of `points` actors adds to the resident memory of a process that does nothing else.
double bytes_per_actor(std::size_t points) {
  EngineConfig config{{}};
  const auto system = std::make_unique<caf::actor_system>(config);
  const std::int64_t before = bench::resident_bytes();
  Network network{points, 4, Coordinator::of(*system), Homes::with_central};
  if (!network.round()) std::abort();  // all have run once
  return static_cast<double>(bench::resident_bytes() - before) / static_cast<double>(points);
}
const bench::Measurement kBytesPerActor{"bytes_per_actor", bytes_per_actor};

void spawn(benchmark::State& state) {
  const auto points = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    EngineConfig config{{}};
    auto system = std::make_unique<caf::actor_system>(config);
    auto network =
        std::make_unique<Network>(points, 4, Coordinator::of(*system), Homes::with_central);
    // All have run once.
    const bool is_right = network->round() && network->energy_mj() == network->energy_told_mj();
    state.PauseTiming();
    system.reset();
    if (!is_right) return state.SkipWithError("not all have run once");
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["bytes_per_actor"] = bench::in_a_fresh_process("bytes_per_actor", points);
}
BENCHMARK(spawn)
    ->Name("engine/spawn")
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime();

}  // namespace
}  // namespace chargemill::runtime
