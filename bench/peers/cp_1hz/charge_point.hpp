// The two parties of CP-1Hz without their actors: the C++ programs differ in how they carry this.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/peers/cp_1hz/latency_counts.hpp"
#include "bench/peers/cp_1hz/plan.hpp"

namespace chargemill::bench {

struct Status {
  std::uint32_t cp;
  std::uint32_t seq;
  std::uint8_t state;
  float power_w;
  float energy_wh;
};
struct Reply {
  std::uint32_t seq;
  float limit_w;
};
/// What one central tells the others from time to time.
struct ShardTotal {
  std::uint32_t central;
  double power_w;
};
static_assert(sizeof(Status) == 20 && sizeof(Reply) == 8);

/// What a charge point did in a run.
struct Tally {
  std::uint64_t acknowledged = 0;
  std::uint64_t in_time = 0;  ///< acknowledged while it was measured
  std::uint64_t dropped = 0;  ///< in the measured part
  double energy_wh = 0;       ///< of what was acknowledged
};

/// A charging session as a chain of five states that a linear congruential generator drives. Power
/// comes in steps of 225 W, which is 1/16 Wh in a second: energies and their sums are exact.
class ChargingModel {
 public:
  enum class Phase : std::uint8_t { disconnected, activated, stopped, supplying, fault };

  explicit ChargingModel(std::uint32_t seed) noexcept : random_(seed) {}

  void step() noexcept {
    random_ = random_ * 1'664'525U + 1'013'904'223U;  // Numerical Recipes, "quick and dirty"
    phase_ = next(phase_, random_ >> 24);
    const std::uint32_t steps = 16 + ((random_ >> 16) & 63U);
    power_w_ = phase_ == Phase::supplying ? 225.0F * static_cast<float>(steps) : 0.0F;
    energy_wh_ += power_w_ / 3'600.0F;
  }
  [[nodiscard]] Status status(std::uint32_t cp, std::uint32_t seq) const noexcept {
    return {cp, seq, static_cast<std::uint8_t>(phase_), power_w_, energy_wh_};
  }

 private:
  /// `draw` is 0..255.
  [[nodiscard]] static Phase next(Phase phase, std::uint32_t draw) noexcept {
    // clang-format off
    switch (phase) {
      case Phase::disconnected: return draw < 128 ? Phase::activated : phase;
      case Phase::activated:    return draw < 64 ? Phase::supplying
                                     : draw >= 252 ? Phase::stopped : phase;
      case Phase::supplying:    return draw < 16 ? Phase::activated
                                     : draw >= 254 ? Phase::fault : phase;
      case Phase::stopped:      return draw < 64 ? Phase::activated : phase;
      case Phase::fault:        return draw < 128 ? Phase::disconnected : phase;
    }
    // clang-format on
    return phase;
  }

  std::uint32_t random_;
  Phase phase_ = Phase::disconnected;
  float power_w_ = 0;
  float energy_wh_ = 0;
};

/// A charge point: ticks when the clock says so, whatever is unanswered, up to a limit. One tick
/// beyond those of the plan sends nothing and leaves time for the last replies.
class ChargePoint {
 public:
  ChargePoint(std::uint32_t id, const Plan& plan) : plan_(plan), id_(id), model_(id) {}

  [[nodiscard]] bool has_tick() const noexcept { return tick_ <= plan_.ticks(); }
  [[nodiscard]] std::int64_t due_ns() const noexcept { return Plan::due_ns(id_, tick_); }
  /// The next tick, at `now_ns`; gives what is to be sent.
  std::optional<Status> tick(std::int64_t now_ns) {
    const std::uint32_t tick = tick_++;
    if (tick == plan_.ticks()) return std::nullopt;
    model_.step();
    if (sent_ - tally_.acknowledged == kOutstandingMax) {
      if (tick >= plan_.warm_up) ++tally_.dropped;
      return std::nullopt;
    }
    if (tick >= plan_.warm_up) latencies().lateness.record(now_ns - Plan::due_ns(id_, tick));
    const Status status = model_.status(id_, ++sent_);
    outstanding_[sent_ % kOutstandingMax] = {tick, status.energy_wh};
    return status;
  }
  /// False: not the reply that comes next.
  [[nodiscard]] bool acknowledge(const Reply& reply, std::int64_t now_ns) {
    if (reply.seq != tally_.acknowledged + 1 || reply.seq > sent_) return false;
    const Outstanding& status = outstanding_[reply.seq % kOutstandingMax];
    ++tally_.acknowledged;
    tally_.energy_wh += static_cast<double>(status.energy_wh);
    if (now_ns >= plan_.begin_ns() && now_ns < plan_.end_ns()) ++tally_.in_time;
    if (status.tick >= plan_.warm_up)
      latencies().round_trip.record(now_ns - Plan::due_ns(id_, status.tick));
    limit_w_ = reply.limit_w;
    return true;
  }
  /// All ticks are past and all replies have come.
  [[nodiscard]] bool is_over() const noexcept {
    return !has_tick() && sent_ == tally_.acknowledged;
  }
  [[nodiscard]] const Tally& tally() const noexcept { return tally_; }
  [[nodiscard]] float limit_w() const noexcept { return limit_w_; }

 private:
  static constexpr std::size_t kOutstandingMax = 8;
  struct Outstanding {
    std::uint32_t tick;
    float energy_wh;
  };

  const Plan& plan_;  // outlives this
  const std::uint32_t id_;
  std::uint32_t tick_ = 0;
  std::uint32_t sent_ = 0;
  ChargingModel model_;
  float limit_w_ = 0;
  std::array<Outstanding, kOutstandingMax> outstanding_{};
  Tally tally_;
};

/// A central: the last status of each of its charge points and what all of them draw.
class CentralBook {
 public:
  CentralBook(std::uint32_t index, const Plan& plan)
      : plan_(plan), index_(index), last_(plan.size(index)), totals_w_(plan.centrals) {}

  [[nodiscard]] Reply record(const Status& status) {
    constexpr double kCapacityPerPointW = 22'000;
    Status& last = last_[plan_.place(status.cp)];
    const double more_w = static_cast<double>(status.power_w) - static_cast<double>(last.power_w);
    last = status;
    totals_w_[index_] += more_w;
    all_w_ += more_w;
    energy_wh_ += static_cast<double>(status.energy_wh);
    const double limit_w = std::max(0.0, kCapacityPerPointW - all_w_ / plan_.entities);
    return {status.seq, static_cast<float>(limit_w)};
  }
  [[nodiscard]] ShardTotal own_total() const noexcept { return {index_, totals_w_[index_]}; }
  void learn(const ShardTotal& other) noexcept {
    all_w_ += other.power_w - totals_w_[other.central];
    totals_w_[other.central] = other.power_w;
  }
  /// Of every status that came.
  [[nodiscard]] double energy_wh() const noexcept { return energy_wh_; }

 private:
  const Plan& plan_;  // outlives this
  const std::uint32_t index_;
  std::vector<Status> last_;
  std::vector<double> totals_w_;  // by central: the own one up to date, the others as last heard
  double all_w_ = 0;
  double energy_wh_ = 0;
};

}  // namespace chargemill::bench
