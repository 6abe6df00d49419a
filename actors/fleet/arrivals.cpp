#include "actors/fleet/arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::fleet {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerHour = 3'600;
constexpr std::int64_t kSecondsPerDay = 86'400;

/// A day of a fleet, likewise.
constexpr std::uint64_t kDayEntity = std::uint64_t{1} << 63U;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

double seconds_of(Nanos t) { return static_cast<double>(t.count()) * 1e-9; }

/// A standard normal number (Box and Muller, 1958).
double normal(RandomStream& random) {
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = std::sqrt(2.0 * random.exponential());
  return radius * std::cos(kTwoPi * random.uniform());
}

/// Gamma with shape k and mean k (Marsaglia and Tsang, ACM TOMS 26(3), 2000).
double gamma(double k, RandomStream& random) {
  CHARGEMILL_ASSERT(k > 0.0);
  if (k < 1.0) return gamma(k + 1.0, random) * std::pow(1.0 - random.uniform(), 1.0 / k);
  const double d = k - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = normal(random);
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double v = root * root * root;
    if (-random.exponential() < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

/// The t at which r0 t + slope t^2 / 2 reaches `area`: the form that does not cancel for small
/// slopes.
double time_to_fill(double area, double r0, double slope) {
  const double root = std::sqrt(std::max(0.0, r0 * r0 + 2.0 * slope * area));
  return 2.0 * area / (r0 + root);
}

}  // namespace

Arrivals::Arrivals(ArrivalSettings settings)
    : settings_(std::move(settings)),
      random_(settings_.seed, kFleetEntity | settings_.fleet, Purpose::arrivals) {
  CHARGEMILL_ASSERT(
      std::is_sorted(settings_.stages.begin(), settings_.stages.end(),
                     [](const RateStage& a, const RateStage& b) { return a.after < b.after; }));
}

double Arrivals::day_factor(std::int64_t day) const {
  if (settings_.day_spread_k <= 0.0) return 1.0;
  const auto number = static_cast<std::uint64_t>(day) & 0xFFFFFFU;
  RandomStream random(settings_.seed, kDayEntity | number << 32U | settings_.fleet,
                      Purpose::arrivals);
  return gamma(settings_.day_spread_k, random) / settings_.day_spread_k;
}

Arrivals::Piece Arrivals::profile_piece(SimTime at) const {
  if (settings_.profile == nullptr || settings_.sessions_per_day <= 0.0) return {kNever, 0.0, 0.0};
  const std::int64_t elapsed = floor_div(at.time_since_epoch().count(), kNanosPerSecond);
  const std::int64_t unix_s = settings_.start_unix_s + elapsed;
  const std::int64_t hour_end = (floor_div(unix_s, kSecondsPerHour) + 1) * kSecondsPerHour;
  const double rate = arrival_rate(*settings_.profile, settings_.sessions_per_day, unix_s) *
                      day_factor(floor_div(unix_s, kSecondsPerDay));
  return {SimTime{std::chrono::seconds{hour_end - settings_.start_unix_s}}, rate, rate};
}

double Arrivals::stage_start_rate(std::size_t stage) const {
  const SimTime at = settings_.stages[stage].after;
  if (stage == 0) return profile_piece(at).rate_from;
  const RateStage& before = settings_.stages[stage - 1];
  if (at >= before.after + before.ramp) return before.per_second;
  const double share = seconds_of(at - before.after) / seconds_of(before.ramp);
  const double from = stage_start_rate(stage - 1);
  return from + (before.per_second - from) * share;
}

Arrivals::Piece Arrivals::piece_at(SimTime at) const {
  const auto& stages = settings_.stages;
  const auto after = std::upper_bound(stages.begin(), stages.end(), at,
                                      [](SimTime t, const RateStage& s) { return t < s.after; });
  const SimTime next = after == stages.end() ? kNever : after->after;
  if (after == stages.begin()) {
    Piece piece = profile_piece(at);
    piece.end = std::min(piece.end, next);
    return piece;
  }
  const RateStage& stage = *(after - 1);
  const SimTime ramp_end = stage.after + stage.ramp;
  if (at >= ramp_end) return {next, stage.per_second, stage.per_second};
  const double first = stage_start_rate(static_cast<std::size_t>(after - stages.begin()) - 1);
  const auto rate_at = [&](SimTime t) {
    return first +
           (stage.per_second - first) * seconds_of(t - stage.after) / seconds_of(stage.ramp);
  };
  const SimTime end = std::min(ramp_end, next);
  return {end, rate_at(at), rate_at(end)};
}

double Arrivals::rate(SimTime at) const { return piece_at(at).rate_from; }

SimTime Arrivals::next(SimTime from) {
  double left = random_.exponential();
  while (from < settings_.end) {
    const Piece piece = piece_at(from);
    const double length = seconds_of(piece.end - from);
    const double area = (piece.rate_from + piece.rate_to) / 2.0 * length;
    if (area > left) {
      const double slope = (piece.rate_to - piece.rate_from) / length;
      const double t = std::min(length, time_to_fill(left, piece.rate_from, slope));
      const SimTime arrival = from + Nanos{std::llround(t * 1e9)};
      return arrival < settings_.end ? arrival : kNever;
    }
    left -= area;
    from = piece.end;
  }
  return kNever;
}

}  // namespace chargemill::fleet
