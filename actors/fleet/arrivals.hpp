// The times at which vehicles arrive: a Poisson process whose rate changes with the hour.
#pragma once

#include <vector>

#include "actors/fleet/profile.hpp"
#include "runtime/base/random_stream.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::fleet {

/// Fleets are entities of their own among the keys of random streams: points and drivers, too, are
/// numbered from 0.
inline constexpr std::uint64_t kFleetEntity = std::uint64_t{1} << 62U;

/// From `after` on, over `ramp`, the rate moves linearly to `per_second`, and stays there.
/// The first one takes over from the profile for the rest of the run.
struct RateStage {
  SimTime after{};
  Nanos ramp{};
  double per_second = 0.0;  ///< of this fleet: the network's rate times the shard's share of points
};

struct ArrivalSettings {
  const Profile* profile = nullptr;  ///< outlives this; null: no arrivals but those of `stages`
  double sessions_per_day = 0.0;     ///< of this fleet, on an average day
  double day_spread_k = 0.0;         ///< gamma shape of the day factor (workloads, 6); 0: none
  std::int64_t start_unix_s = 0;     ///< model time zero
  SimTime end = kNever;              ///< no arrival at or after it
  std::vector<RateStage> stages;     ///< in order of `after`
  std::uint64_t seed = 42;
  std::uint32_t fleet = 0;
};

/// Exact inversion: a unit exponential is spent on the integral of a piecewise linear rate, so no
/// candidate is thrown away and the rate may be zero for hours.
class Arrivals {
 public:
  Arrivals() = default;
  explicit Arrivals(ArrivalSettings settings);

  /// The first arrival after `from`; kNever if none before the end. Successive calls with the
  /// last result give the process.
  [[nodiscard]] SimTime next(SimTime from);

  /// Arrivals per second at `at`.
  [[nodiscard]] double rate(SimTime at) const;

  /// The factor of the day (number since 1970) that every hour's rate is multiplied with: gamma
  /// with mean 1. The same for whoever asks, in any order.
  [[nodiscard]] double day_factor(std::int64_t day) const;

  [[nodiscard]] const ArrivalSettings& settings() const noexcept { return settings_; }
  /// How far it has drawn, for who compares two processes.
  [[nodiscard]] const RandomStream& random() const noexcept { return random_; }
  /// Goes on from there.
  void go_on(const RandomStream& random) noexcept { random_ = random; }

 private:
  /// Around a time: until `end` the rate moves linearly from `rate_from` (at that time) to
  /// `rate_to`.
  struct Piece {
    SimTime end;
    double rate_from;
    double rate_to;
  };
  [[nodiscard]] Piece piece_at(SimTime at) const;
  [[nodiscard]] Piece profile_piece(SimTime at) const;
  [[nodiscard]] double stage_start_rate(std::size_t stage) const;

  ArrivalSettings settings_;
  RandomStream random_;
};

}  // namespace chargemill::fleet
