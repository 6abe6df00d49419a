// When people come to charge, how much they need and how long they stay.
#pragma once

#include <array>
#include <vector>

#include "runtime/base/random_stream.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::fleet {

// NOLINTNEXTLINE(readability-identifier-naming): `public` is a keyword
enum class ProfileName : std::uint8_t { public_, home, workplace, file };

/// What one vehicle wants.
struct Demand {
  Energy energy{};
  Nanos stay{};
};

/// Arrival shares by hour with energy and stay distributions (see README.md for the method and
/// source).
struct Profile {
  std::array<double, 24> weekday_share{};  ///< of a day's arrivals, any scale
  std::array<double, 24> weekend_share{};
  std::array<double, 24> energy_scale{};  ///< mean at the hour of arrival / overall mean
  std::array<double, 24> stay_scale{};
  std::vector<std::pair<double, double>> energy_kwh;  ///< (cumulative probability, kWh), rising
  std::vector<std::pair<double, double>> stay_h;      ///< (cumulative probability, hours), rising
};

/// The built-in profiles of `config/profiles`. Requires name != file.
[[nodiscard]] const Profile& builtin_profile(ProfileName name);

/// Arrivals per second at `unix_s` when a day has `sessions_per_day` on average.
[[nodiscard]] double arrival_rate(const Profile& p, double sessions_per_day, std::int64_t unix_s);

/// One vehicle arriving at `unix_s`; energy bounded by power * stay. Never zero energy: >= 1 Wh.
[[nodiscard]] Demand draw_demand(const Profile& p, std::int64_t unix_s, Power power,
                                 RandomStream& random);

}  // namespace chargemill::fleet
