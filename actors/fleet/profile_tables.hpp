// A profile as published: shares and means by hour, two percentile tables.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "actors/fleet/profile.hpp"

namespace chargemill::fleet {

using ByHour = std::array<double, 24>;
using Quantiles =
    std::vector<std::pair<double, double>>;  ///< (cumulative probability, value), rising

/// The keys of a profile file in `config/profiles` are these names.
struct ProfileTables {
  ByHour weekday_share{};  ///< of a day's arrivals, any scale
  ByHour weekend_share{};
  ByHour mean_kwh_by_hour{};  ///< of the sessions that arrive in the hour; 0: no data
  ByHour mean_stay_h_by_hour{};
  Quantiles energy_kwh;
  Quantiles stay_h;
};

/// The tables behind builtin_profile. Requires name != file.
[[nodiscard]] const ProfileTables& builtin_tables(ProfileName name);

/// Turns the means by hour into scales with arrival-weighted mean 1, so that the percentile tables
/// keep their means (two samples of one source; workloads, 2.1). An hour without data scales by 1.
/// Requires that defects_of(tables) finds none.
[[nodiscard]] Profile make_profile(const ProfileTables& tables);

/// The value at probability `u` in [0, 1), linear between the points.
[[nodiscard]] double quantile(const Quantiles& table, double u);

/// The exact mean of what quantile() draws.
[[nodiscard]] double mean_of(const Quantiles& table);

}  // namespace chargemill::fleet
