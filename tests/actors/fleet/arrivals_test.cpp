#include "actors/fleet/arrivals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace chargemill::fleet {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::int64_t kMonday = 1'767'571'200;

ArrivalSettings day_of(double sessions, std::uint64_t seed) {
  ArrivalSettings s;
  s.profile = &builtin_profile(ProfileName::public_);
  s.sessions_per_day = sessions;
  s.start_unix_s = kMonday;
  s.end = SimTime{hours{24}};
  s.seed = seed;
  return s;
}

std::vector<SimTime> all(Arrivals arrivals) {
  std::vector<SimTime> times;
  for (SimTime t = arrivals.next(SimTime{}); t != kNever; t = arrivals.next(t)) times.push_back(t);
  return times;
}

TEST(Arrivals, EachHourHoldsItsShare) {
  const double total = 200'000;
  const auto times = all(Arrivals(day_of(total, 3)));
  std::vector<double> counts(24);
  for (const SimTime t : times)
    counts[static_cast<std::size_t>(t.time_since_epoch() / hours{1})] += 1;
  for (std::size_t h = 0; h < 24; ++h) {
    const std::int64_t unix_s = kMonday + static_cast<std::int64_t>(h) * 3'600;
    const double expected =
        3'600 * arrival_rate(builtin_profile(ProfileName::public_), total, unix_s);
    EXPECT_NEAR(counts[h], expected, 5 * std::sqrt(expected)) << "hour " << h;
  }
}

TEST(Arrivals, CountsOfADayVaryLikePoissonOrMoreWithADayFactor) {  // workloads, 6
  for (const double k : {0.0, 30.0}) {
    double sum = 0.0;
    double squares = 0.0;
    const int days = 400;
    for (int seed = 0; seed < days; ++seed) {
      ArrivalSettings s = day_of(100.0, static_cast<std::uint64_t>(seed));
      s.day_spread_k = k;
      const auto n = static_cast<double>(all(Arrivals(s)).size());
      sum += n;
      squares += n * n;
    }
    const double mean = sum / days;
    const double variance = squares / days - mean * mean;
    EXPECT_NEAR(mean, 100.0, 5.0) << "k " << k;
    const double expected = 100.0 + (k > 0.0 ? 100.0 * 100.0 / k : 0.0);
    EXPECT_NEAR(variance / expected, 1.0, 0.3) << "k " << k;
  }
}

TEST(Arrivals, DayFactorsHaveMeanOneAndTheSpreadOfTheirShape) {
  for (const double k : {0.5, 3.0, 30.0}) {
    ArrivalSettings s = day_of(1.0, 1);
    s.day_spread_k = k;
    const Arrivals arrivals(s);
    double sum = 0.0;
    double squares = 0.0;
    const int n = 20'000;
    for (int day = 0; day < n; ++day) {
      const double g = arrivals.day_factor(day);
      sum += g;
      squares += g * g;
    }
    EXPECT_NEAR(sum / n, 1.0, 0.06) << k;
    EXPECT_NEAR((squares / n - 1.0) * k, 1.0, 0.15) << k;
  }
}

TEST(Arrivals, FollowALinearRampExactlyInTheMean) {
  ArrivalSettings s;
  s.end = SimTime{seconds{300}};
  s.stages = {{SimTime{seconds{0}}, seconds{100}, 200.0}, {SimTime{seconds{200}}, Nanos{0}, 0.0}};
  const Arrivals arrivals(s);
  EXPECT_DOUBLE_EQ(arrivals.rate(SimTime{seconds{50}}), 100.0);
  EXPECT_DOUBLE_EQ(arrivals.rate(SimTime{seconds{150}}), 200.0);
  EXPECT_DOUBLE_EQ(arrivals.rate(SimTime{seconds{250}}), 0.0);
  double first_half = 0.0;
  double rest = 0.0;
  double soak = 0.0;
  for (const SimTime t : all(arrivals)) {
    ASSERT_LT(t, SimTime{seconds{200}});
    (t < SimTime{seconds{50}} ? first_half : t < SimTime{seconds{100}} ? rest : soak) += 1;
  }
  EXPECT_NEAR(first_half, 2'500, 5 * 50);
  EXPECT_NEAR(rest, 7'500, 5 * 87);
  EXPECT_NEAR(soak, 20'000, 5 * 142);
}

TEST(Arrivals, AStageThatCutsARampGoesOnFromWhereItWas) {
  ArrivalSettings s;
  s.stages = {{SimTime{}, seconds{100}, 100.0}, {SimTime{seconds{50}}, seconds{10}, 0.0}};
  const Arrivals arrivals(s);
  EXPECT_DOUBLE_EQ(arrivals.rate(SimTime{seconds{50}}), 50.0);
  EXPECT_DOUBLE_EQ(arrivals.rate(SimTime{seconds{55}}), 25.0);
}

TEST(Arrivals, WithoutARateNobodyEverComes) {
  EXPECT_EQ(Arrivals(ArrivalSettings{}).next(SimTime{}), kNever);
}

TEST(Arrivals, RepeatFromTheSameSeedAndDifferByFleet) {
  ArrivalSettings other = day_of(50.0, 9);
  other.fleet = 1;
  EXPECT_EQ(all(Arrivals(day_of(50.0, 9))), all(Arrivals(day_of(50.0, 9))));
  EXPECT_NE(all(Arrivals(day_of(50.0, 9))), all(Arrivals(other)));
}

}  // namespace
}  // namespace chargemill::fleet
