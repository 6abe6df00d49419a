#include "actors/fleet/profile_defects.hpp"

#include <algorithm>
#include <cmath>

namespace chargemill::fleet {
namespace {

using Defects = std::vector<ProfileDefect>;

// False for what is no number too.
bool is_amount(double x) { return std::isfinite(x) && x >= 0.0; }

void look_at_hours(ProfileTable table, const ByHour& hours, Defects& found) {
  for (std::size_t h = 0; h < hours.size(); ++h) {
    if (!is_amount(hours[h])) found.push_back({table, h, "must be a number from 0 on"});
  }
}

// An arrival falls into some hour, so some hour must have a share.
void look_at_shares(ProfileTable table, const ByHour& shares, Defects& found) {
  look_at_hours(table, shares, found);
  if (std::all_of(shares.begin(), shares.end(), [](double share) { return share == 0.0; }))
    found.push_back({table, ProfileDefect::kWhole, "must not be 0 in every hour"});
}

void look_at_points(ProfileTable table, const Quantiles& points, Defects& found) {
  if (points.size() < 2) {
    found.push_back({table, ProfileDefect::kWhole, "needs points from probability 0 to 1"});
    return;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto [probability, value] = points[i];
    const auto say = [&, row = i](std::string_view why) { found.push_back({table, row, why}); };
    if (!std::isfinite(probability)) {
      say("the probability must be a number from 0 to 1");
    } else if (i == 0 && probability != 0.0) {
      say("the first probability must be 0");
    } else if (i > 0 && probability <= points[i - 1].first) {
      say("probabilities must rise from point to point");
    } else if (i + 1 == points.size() && probability != 1.0) {
      say("the last probability must be 1");
    } else if (!is_amount(value)) {
      say("the value must be a number from 0 on");
    } else if (i > 0 && value < points[i - 1].second) {
      say("values must not fall from point to point");
    }
  }
}

}  // namespace

std::vector<ProfileDefect> defects_of(const ProfileTables& tables) {
  Defects found;
  look_at_shares(ProfileTable::weekday_share, tables.weekday_share, found);
  look_at_shares(ProfileTable::weekend_share, tables.weekend_share, found);
  look_at_hours(ProfileTable::mean_kwh_by_hour, tables.mean_kwh_by_hour, found);
  look_at_hours(ProfileTable::mean_stay_h_by_hour, tables.mean_stay_h_by_hour, found);
  look_at_points(ProfileTable::energy_kwh, tables.energy_kwh, found);
  look_at_points(ProfileTable::stay_h, tables.stay_h, found);
  return found;
}

}  // namespace chargemill::fleet
