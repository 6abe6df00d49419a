#include "actors/fleet/profile.hpp"

#include <gtest/gtest.h>

#include <toml++/toml.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "actors/fleet/profile_defects.hpp"
#include "actors/fleet/profile_tables.hpp"

namespace chargemill::fleet {
namespace {

constexpr std::int64_t kMonday = 1'767'571'200;  // 2026-01-05T00:00:00Z
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kHour = 3'600;

struct Named {
  ProfileName name;
  const char* file;
  double kwh_mean, stay_mean;  // workloads, 2.2 and 2.3
};
const Named kAll[] = {{ProfileName::public_, "public", 11.9, 7.9},
                      {ProfileName::home, "home", 23.9, 11.8},
                      {ProfileName::workplace, "workplace", 12.4, 6.3}};

TEST(Profile, FilesCarryTheNumbersOfTheBuiltInTables) {
  for (const Named& named : kAll) {
    SCOPED_TRACE(named.file);
    const std::string path =
        std::string(CHARGEMILL_SOURCE_DIR) + "/config/profiles/" + named.file + ".toml";
    const toml::table file = toml::parse_file(path);
    const ProfileTables& tables = builtin_tables(named.name);
    const auto hours = [&](const char* key, const ByHour& expected) {
      const toml::array* array = file[key].as_array();
      ASSERT_NE(array, nullptr) << key;
      ASSERT_EQ(array->size(), expected.size()) << key;
      for (std::size_t h = 0; h < expected.size(); ++h) {
        EXPECT_EQ((*array)[h].value<double>(), expected[h]) << key << ' ' << h;
      }
    };
    const auto quantiles = [&](const char* key, const Quantiles& expected) {
      const toml::array* array = file[key].as_array();
      ASSERT_NE(array, nullptr) << key;
      ASSERT_EQ(array->size(), expected.size()) << key;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ((*(*array)[i].as_array())[0].value<double>(), expected[i].first);
        EXPECT_EQ((*(*array)[i].as_array())[1].value<double>(), expected[i].second);
      }
    };
    hours("weekday_share", tables.weekday_share);
    hours("weekend_share", tables.weekend_share);
    hours("mean_kwh_by_hour", tables.mean_kwh_by_hour);
    hours("mean_stay_h_by_hour", tables.mean_stay_h_by_hour);
    quantiles("energy_kwh", tables.energy_kwh);
    quantiles("stay_h", tables.stay_h);
    EXPECT_EQ(file.size(), 6U) << "no key that the tables do not have";
  }
}

TEST(Profile, ElevenPercentilesKeepTheMeansOfTheSourceWithinAFewPerCent) {
  for (const Named& named : kAll) {
    SCOPED_TRACE(named.file);
    const ProfileTables& tables = builtin_tables(named.name);
    // The chord from p95 to p99 lies above the curve: workplace stays come out 5.8 % too long.
    EXPECT_NEAR(mean_of(tables.energy_kwh) / named.kwh_mean, 1.0, 0.06);
    EXPECT_NEAR(mean_of(tables.stay_h) / named.stay_mean, 1.0, 0.06);
  }
}

/// The 101 points of a published distribution: what p per cent of the sessions exceed.
std::vector<double> published(const std::filesystem::path& path, std::size_t column) {
  std::vector<double> values;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string field;
    for (std::size_t i = 0; i <= column; ++i) std::getline(fields, field, ',');
    values.push_back(std::stod(field));
  }
  return values;
}

TEST(Profile, TablesAreThePercentilesOfThePublishedFiles) {
  const char* given = std::getenv("CHARGEMILL_SHARED");  // NOLINT(concurrency-mt-unsafe)
  const std::filesystem::path shared =
      given != nullptr ? given : std::string(CHARGEMILL_SOURCE_DIR) + "/../shared";
  if (!std::filesystem::exists(shared / "data/distribution-of-energy-demand.csv")) {
    GTEST_SKIP() << "no published files in " << shared << " (set CHARGEMILL_SHARED)";
  }
  const std::pair<ProfileName, std::size_t> columns[] = {
      {ProfileName::home, 1}, {ProfileName::public_, 2}, {ProfileName::workplace, 3}};
  for (const auto& [name, column] : columns) {
    const ProfileTables& tables = builtin_tables(name);
    const auto kwh = published(shared / "data/distribution-of-energy-demand.csv", column);
    const auto stay = published(shared / "data/distribution-of-connection-time.csv", column);
    ASSERT_EQ(kwh.size(), 101U);
    ASSERT_EQ(stay.size(), 101U);
    for (const int percent : {5, 10, 25, 50, 75, 90, 95, 99}) {
      const auto row = static_cast<std::size_t>(100 - percent);
      EXPECT_NEAR(quantile(tables.energy_kwh, percent / 100.0), kwh[row], 0.051) << percent;
      EXPECT_NEAR(quantile(tables.stay_h, percent / 100.0), stay[row], 0.051) << percent;
    }
  }
}

TEST(Profile, QuantilesHitTheTable) {
  const Quantiles& home = builtin_tables(ProfileName::home).energy_kwh;
  EXPECT_DOUBLE_EQ(quantile(home, 0.0), 0.0);
  EXPECT_DOUBLE_EQ(quantile(home, 0.5), 19.4);
  EXPECT_NEAR(quantile(home, 0.375), (8.2 + 19.4) / 2, 1e-9);
  EXPECT_LE(quantile(home, 0.999999), 99.9);
}

TEST(Profile, ADayOfArrivalsSumsToTheSessionsOfTheDay) {
  for (const Named& named : kAll) {
    for (const int day : {0, 5, 6}) {
      double sum = 0.0;
      for (int h = 0; h < 24; ++h) {
        sum += 3'600 *
               arrival_rate(builtin_profile(named.name), 500.0, kMonday + day * kDay + h * kHour);
      }
      EXPECT_NEAR(sum, 500.0, 1e-6) << named.file << " day " << day;
    }
  }
}

TEST(Profile, KnowsTheWeekend) {
  const Profile& home = builtin_profile(ProfileName::home);
  const double weekday = arrival_rate(home, 1.0, kMonday + 18 * kHour);
  EXPECT_DOUBLE_EQ(arrival_rate(home, 1.0, kMonday + 4 * kDay + 18 * kHour), weekday);
  EXPECT_LT(arrival_rate(home, 1.0, kMonday + 5 * kDay + 18 * kHour), weekday);
  EXPECT_LT(arrival_rate(home, 1.0, kMonday - kDay + 18 * kHour), weekday);
}

TEST(Profile, PeaksWhereTheSourcePeaks) {  // workloads, 2.1: peak hour / mean hour
  const auto peak = [](ProfileName name) {
    double highest = 0.0;
    for (int h = 0; h < 24; ++h) {
      highest =
          std::max(highest, 86'400 * arrival_rate(builtin_profile(name), 1.0, kMonday + h * kHour));
    }
    return highest;
  };
  EXPECT_NEAR(peak(ProfileName::home), 4.1, 0.1);
  EXPECT_NEAR(peak(ProfileName::public_), 2.6, 0.1);
  EXPECT_NEAR(peak(ProfileName::workplace), 6.4, 0.1);
}

TEST(Profile, DemandIsNeverZeroNorMoreThanTheStayCanHold) {  // workloads, 1.4
  for (const Named& named : kAll) {
    RandomStream random(1, 2, Purpose::demand);
    for (int i = 0; i < 20'000; ++i) {
      const Power power{i % 2 == 0 ? 3'700 : 150'000};
      const Demand d =
          draw_demand(builtin_profile(named.name), kMonday + i * std::int64_t{977}, power, random);
      ASSERT_GE(d.energy.mj, 3'600'000);
      ASSERT_LE(d.energy, power * d.stay);
    }
  }
}

TEST(Profile, DrawnMeansAreThoseOfTheTable) {
  const Profile& profile = builtin_profile(ProfileName::public_);
  RandomStream random(5, 2, Purpose::demand);
  RandomStream hours(5, 2, Purpose::choice);
  double kwh = 0.0;
  double stay = 0.0;
  int n = 0;
  while (n < 60'000) {
    const auto second = static_cast<std::int64_t>(hours.below(86'400));
    if (hours.uniform() > 86'400 * arrival_rate(profile, 1.0, kMonday + second) / 3.0) continue;
    const Demand d = draw_demand(profile, kMonday + second, Power{350'000}, random);
    kwh += static_cast<double>(d.energy.mj) / 3.6e9;
    stay += std::chrono::duration<double, std::ratio<3'600>>(d.stay).count();
    ++n;
  }
  EXPECT_NEAR(kwh / n / mean_of(profile.energy_kwh), 1.0, 0.03);
  EXPECT_NEAR(stay / n / mean_of(profile.stay_h), 1.0, 0.03);
}

/// `table row: why` of each defect.
std::vector<std::string> told(const ProfileTables& tables) {
  std::vector<std::string> all;
  for (const auto& defect : defects_of(tables)) {
    const std::string row =
        defect.row == ProfileDefect::kWhole ? "all" : std::to_string(defect.row);
    all.push_back(std::to_string(static_cast<int>(defect.table)) + ' ' + row + ": " +
                  std::string{defect.why});
  }
  return all;
}

TEST(Profile, EveryDefectOfItsTablesIsToldWithItsRow) {
  using Told = std::vector<std::string>;
  const ProfileTables sound = builtin_tables(ProfileName::home);
  ASSERT_EQ(told(sound), Told{});
  const double no_number = std::numeric_limits<double>::quiet_NaN();
  ProfileTables t = sound;
  t.weekday_share[3] = -1.0;
  t.weekend_share.fill(0.0);
  t.mean_kwh_by_hour[23] = no_number;
  t.mean_stay_h_by_hour[0] = std::numeric_limits<double>::infinity();
  t.energy_kwh[3].second = 1'000.0;
  t.stay_h[0].first = 0.001;
  EXPECT_EQ(told(t), (Told{"0 3: must be a number from 0 on", "1 all: must not be 0 in every hour",
                           "2 23: must be a number from 0 on", "3 0: must be a number from 0 on",
                           "4 4: values must not fall from point to point",
                           "5 0: the first probability must be 0"}));
  t = sound;
  t.energy_kwh = {{0.0, -1.0}, {0.5, 2.0}, {0.5, 3.0}, {0.9, 4.0}};
  t.stay_h = {{0.0, 1.0}};
  EXPECT_EQ(told(t), (Told{"4 0: the value must be a number from 0 on",
                           "4 2: probabilities must rise from point to point",
                           "4 3: the last probability must be 1",
                           "5 all: needs points from probability 0 to 1"}));
  t = sound;
  t.energy_kwh = {{0.0, 0.0}, {no_number, 1.0}, {1.0, no_number}};
  EXPECT_EQ(told(t), (Told{"4 1: the probability must be a number from 0 to 1",
                           "4 2: the value must be a number from 0 on"}));
}

}  // namespace
}  // namespace chargemill::fleet
