// Physical quantities and ids: the unit is in the type, the value is an integer.
#pragma once

#include <chrono>
#include <cstdint>

namespace chargemill {

using Nanos = std::chrono::nanoseconds;
using Millis = std::chrono::milliseconds;

/// Simulated time. It has no now(): time always arrives as an argument.
struct SimClock {
  using duration = Nanos;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SimClock>;
  static constexpr bool is_steady = true;  // NOLINT(readability-identifier-naming): std's name
};
/// Nanoseconds of model time since the start of the run.
using SimTime = SimClock::time_point;
/// Later than everything: "no such deadline".
inline constexpr SimTime kNever = SimTime::max();

// clang-format off
struct Power  { std::int64_t w = 0; };             ///< watts
struct Energy { std::int64_t mj = 0; };            ///< millijoules; 1 kWh = 3'600'000'000 mJ
struct Money  { std::int64_t microeur = 0; };      ///< micro-euros
struct Price  { std::int64_t microeur_per_kwh = 0; };

enum class PointId   : std::uint32_t {};  ///< dense, from 0; a charge point and its monitor share it
enum class DriverId  : std::uint32_t {};  ///< dense, from 0
enum class ZoneId    : std::uint16_t {};
enum class SiteId    : std::uint32_t {};
enum class ShardId   : std::uint16_t {};
enum class SessionId : std::uint64_t { none = 0 };
enum class RequestId : std::uint64_t { none = 0 };
// clang-format on

inline constexpr std::int64_t kMillijoulesPerKwh = 3'600'000'000;

/// The plain number of an id, for indexing and for texts.
template <class Id>
[[nodiscard]] constexpr auto index_of(Id id) noexcept {
  return static_cast<std::underlying_type_t<Id>>(id);
}

/// Whole millijoules, rounded down. Taken in two parts: watts times nanoseconds in one
/// product would overflow 64 bits after seven hours at 350 kW.
[[nodiscard]] constexpr Energy operator*(Power p, Nanos t) noexcept {
  constexpr std::int64_t kNanosPerMilli = 1'000'000;
  return {p.w * (t.count() / kNanosPerMilli) + p.w * (t.count() % kNanosPerMilli) / kNanosPerMilli};
}
// clang-format off
[[nodiscard]] constexpr Energy operator+(Energy a, Energy b) noexcept { return {a.mj + b.mj}; }
[[nodiscard]] constexpr Energy operator-(Energy a, Energy b) noexcept { return {a.mj - b.mj}; }
constexpr Energy& operator+=(Energy& a, Energy b) noexcept { a.mj += b.mj; return a; }
constexpr Energy& operator-=(Energy& a, Energy b) noexcept { a.mj -= b.mj; return a; }
[[nodiscard]] constexpr bool operator==(Energy a, Energy b) noexcept { return a.mj == b.mj; }
[[nodiscard]] constexpr bool operator!=(Energy a, Energy b) noexcept { return a.mj != b.mj; }
[[nodiscard]] constexpr bool operator<(Energy a, Energy b) noexcept { return a.mj < b.mj; }
[[nodiscard]] constexpr bool operator<=(Energy a, Energy b) noexcept { return a.mj <= b.mj; }
[[nodiscard]] constexpr bool operator==(Power a, Power b) noexcept { return a.w == b.w; }
[[nodiscard]] constexpr Money operator+(Money a, Money b) noexcept { return {a.microeur + b.microeur}; }
[[nodiscard]] constexpr Money operator-(Money a, Money b) noexcept { return {a.microeur - b.microeur}; }
constexpr Money& operator+=(Money& a, Money b) noexcept { a.microeur += b.microeur; return a; }
[[nodiscard]] constexpr bool operator==(Money a, Money b) noexcept { return a.microeur == b.microeur; }
// clang-format on

/// `whole + rest / divisor`, rounded half to even. Requires rest >= 0 and divisor > 0, at most a
/// quarter of the largest number.
[[nodiscard]] constexpr std::int64_t rounded_sum(std::int64_t whole, std::int64_t rest,
                                                 std::int64_t divisor) noexcept {
  const std::int64_t down = whole + rest / divisor;
  const std::int64_t twice = 2 * (rest % divisor);
  const bool up = twice > divisor || (twice == divisor && (down & 1) != 0);
  return down + (up ? 1 : 0);
}

/// What `p` delivers in `t`, in whole millijoules, rounded half to even: once, at a session's end
/// (D-111). Never less than `p * t`. Requires that neither is negative.
[[nodiscard]] constexpr Energy rounded_energy(Power p, Nanos t) noexcept {
  constexpr std::int64_t kNanosPerMilli = 1'000'000;
  return {rounded_sum(p.w * (t.count() / kNanosPerMilli), p.w * (t.count() % kNanosPerMilli),
                      kNanosPerMilli)};
}

/// The shortest time in which `p` delivers at least `e`, rounded up to whole nanoseconds.
/// Requires p.w > 0 and e.mj >= 0. 1 W for 1 ms is 1 mJ.
[[nodiscard]] constexpr Nanos time_to_deliver(Energy e, Power p) noexcept {
  constexpr std::int64_t kNanosPerMilli = 1'000'000;
  const std::int64_t whole = e.mj / p.w;
  const std::int64_t rest = e.mj % p.w;
  return Nanos{whole * kNanosPerMilli + (rest * kNanosPerMilli + p.w - 1) / p.w};
}

/// What `e` costs at `p`, in whole micro-euros, rounded half to even: once, at a session's end
/// (D-111).
[[nodiscard]] constexpr Money cost_of(Energy e, Price p) noexcept {
  // Split so that no 64-bit product overflows: whole kWh apart from the rest.
  const std::int64_t kwh = e.mj / kMillijoulesPerKwh;
  const std::int64_t rest_mj = e.mj % kMillijoulesPerKwh;
  const std::int64_t product = rest_mj * p.microeur_per_kwh;  // < 3.6e9 * 2.5e9
  return {rounded_sum(kwh * p.microeur_per_kwh, product, kMillijoulesPerKwh)};
}

static_assert(Power{1'000} * std::chrono::hours{1} == Energy{kMillijoulesPerKwh}, "1 kWh");
static_assert(time_to_deliver(Energy{kMillijoulesPerKwh}, Power{1'000}) == std::chrono::hours{1});
static_assert(rounded_energy(Power{7'200}, Nanos{1'000'000'070}) == Energy{7'200'001}, "D-111");
static_assert(cost_of(Energy{242'000'000}, Price{300'000}) == Money{20'167}, "D-111: 22 kW, 11 s");

}  // namespace chargemill
