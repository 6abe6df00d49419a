// The round trip that chargemill and its peers are measured by (bench/peers/README.md).
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "runtime/base/wake_signal.hpp"
#include "runtime/engine/coordinator.hpp"

namespace chargemill::bench::round_trip {

using runtime::Address;
using runtime::Coordinator;
using runtime::LeanActor;
using runtime::Message;
using runtime::WakeSignal;

inline constexpr std::int64_t kEnergyMj = 22;  // of a charge point and round
inline constexpr unsigned kNapsMax = 30'000;  // of a millisecond each, until a round counts as lost

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

/// The actors of the workload, and who drives their rounds. Outlives the engine that they live in.
/// Threads: the one that drives; not a worker's.
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
  /// One, to its end. False: it did not end.
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

}  // namespace chargemill::bench::round_trip
