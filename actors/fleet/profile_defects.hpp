// What is wrong with the tables of a profile, and where in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/fleet/profile_tables.hpp"

namespace chargemill::fleet {

/// The members of ProfileTables, in their order.
enum class ProfileTable : std::uint8_t {
  weekday_share,
  weekend_share,
  mean_kwh_by_hour,
  mean_stay_h_by_hour,
  energy_kwh,
  stay_h
};
inline constexpr std::size_t kProfileTables = 6;

struct ProfileDefect {
  static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);

  ProfileTable table{};
  std::size_t row = kWhole;  ///< the hour or the point that is wrong; kWhole: none of them alone
  std::string_view why;      ///< static text, for a person
};

/// All defects, by table and row, at most one a row; none: make_profile takes the tables.
/// Input from a file is checked here.
[[nodiscard]] std::vector<ProfileDefect> defects_of(const ProfileTables& tables);

}  // namespace chargemill::fleet
