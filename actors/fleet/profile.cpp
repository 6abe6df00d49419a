#include "actors/fleet/profile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "actors/fleet/profile_defects.hpp"
#include "actors/fleet/profile_tables.hpp"
#include "runtime/base/assert.hpp"

namespace chargemill::fleet {
namespace {

constexpr std::int64_t kSecondsPerHour = 3'600;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr Energy kEnergyMin{3'600'000};  ///< 1 Wh: zero would mean "no limit" in a trip
constexpr Nanos kStayMin = std::chrono::minutes{1};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::size_t hour_of(std::int64_t unix_s) {
  const std::int64_t second = unix_s - floor_div(unix_s, kSecondsPerDay) * kSecondsPerDay;
  return static_cast<std::size_t>(second / kSecondsPerHour);
}

bool is_weekend(std::int64_t unix_s) {
  const std::int64_t day =
      floor_div(unix_s, kSecondsPerDay) + 3;  // 1970-01-01, a Thursday; 0: Monday
  return day - floor_div(day, 7) * 7 >= 5;
}

double sum(const ByHour& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

ByHour scale_by_hour(const ByHour& means, const ByHour& shares) {
  double weighted = 0.0;
  double weight = 0.0;
  for (std::size_t h = 0; h < means.size(); ++h) {
    if (means[h] <= 0.0) continue;
    weighted += means[h] * shares[h];
    weight += shares[h];
  }
  ByHour scale;
  scale.fill(1.0);
  if (weight <= 0.0) return scale;
  const double overall = weighted / weight;
  for (std::size_t h = 0; h < means.size(); ++h) {
    if (means[h] > 0.0) scale[h] = means[h] / overall;
  }
  return scale;
}

}  // namespace

Profile make_profile(const ProfileTables& tables) {
  CHARGEMILL_ASSERT(defects_of(tables).empty());
  Profile profile;
  profile.weekday_share = tables.weekday_share;
  profile.weekend_share = tables.weekend_share;
  profile.energy_scale = scale_by_hour(tables.mean_kwh_by_hour, tables.weekday_share);
  profile.stay_scale = scale_by_hour(tables.mean_stay_h_by_hour, tables.weekday_share);
  profile.energy_kwh = tables.energy_kwh;
  profile.stay_h = tables.stay_h;
  return profile;
}

const Profile& builtin_profile(ProfileName name) {
  CHARGEMILL_ASSERT(name != ProfileName::file);
  static const Profile public_profile = make_profile(builtin_tables(ProfileName::public_));
  static const Profile home_profile = make_profile(builtin_tables(ProfileName::home));
  static const Profile workplace_profile = make_profile(builtin_tables(ProfileName::workplace));
  if (name == ProfileName::home) return home_profile;
  return name == ProfileName::workplace ? workplace_profile : public_profile;
}

double quantile(const Quantiles& table, double u) {
  const auto above = std::upper_bound(table.begin() + 1, table.end() - 1, u,
                                      [](double x, const auto& point) { return x < point.first; });
  const auto [p0, v0] = *(above - 1);
  const auto [p1, v1] = *above;
  return v0 + (v1 - v0) * (u - p0) / (p1 - p0);
}

double mean_of(const Quantiles& table) {
  double mean = 0.0;
  for (std::size_t i = 1; i < table.size(); ++i) {
    mean += (table[i].first - table[i - 1].first) * (table[i].second + table[i - 1].second) / 2;
  }
  return mean;
}

double arrival_rate(const Profile& p, double sessions_per_day, std::int64_t unix_s) {
  const ByHour& shares = is_weekend(unix_s) ? p.weekend_share : p.weekday_share;
  const double share = shares[hour_of(unix_s)] / sum(shares);
  return sessions_per_day * share / static_cast<double>(kSecondsPerHour);
}

// Half of the vehicles draw energy and stay by the same number, half independently: each keeps its
// distribution, and long stays tend to be large ones; the truth lies between (workloads, 1.3).
Demand draw_demand(const Profile& p, std::int64_t unix_s, Power power, RandomStream& random) {
  CHARGEMILL_ASSERT(power.w > 0);
  const std::size_t hour = hour_of(unix_s);
  const double u_energy = random.uniform();
  const double u_other = random.uniform();
  const double u_stay = random.uniform() < 0.5 ? u_energy : u_other;
  const double kwh = quantile(p.energy_kwh, u_energy) * p.energy_scale[hour];
  const double hours = quantile(p.stay_h, u_stay) * p.stay_scale[hour];
  // Whole mJ and whole ms, converted once (workloads, 8).
  const Energy wanted{std::llround(kwh * static_cast<double>(kMillijoulesPerKwh))};
  const Nanos drawn = Millis{std::llround(hours * static_cast<double>(kSecondsPerHour) * 1e3)};
  const Nanos stay = std::max({drawn, kStayMin, time_to_deliver(kEnergyMin, power)});
  const Energy possible = power * stay;
  return {std::max(kEnergyMin, std::min(wanted, possible)), stay};
}

}  // namespace chargemill::fleet
