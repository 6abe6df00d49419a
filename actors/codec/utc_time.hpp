// Time as messages have it: RFC 3339 in UTC with microseconds (D-014, D-021).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chargemill::codec {

/// A moment of the years 0001 to 9999. Microseconds, because messages have six digits.
struct UtcTime {
  std::int64_t us = 0;  ///< since 1970-01-01T00:00:00Z
};
inline constexpr UtcTime kUtcMin{-62'135'596'800'000'000};
inline constexpr UtcTime kUtcMax{253'402'300'799'999'999};
/// `2025-10-18T01:27:13.123456Z`
inline constexpr std::size_t kUtcBytesMax = 27;

[[nodiscard]] constexpr bool operator==(UtcTime a, UtcTime b) noexcept { return a.us == b.us; }
[[nodiscard]] constexpr bool is_valid(UtcTime time) noexcept {
  return kUtcMin.us <= time.us && time.us <= kUtcMax.us;
}

/// Writes `time` to `to`, which has kUtcBytesMax bytes of room, and returns its end. The fraction
/// is left out when it is zero. Requires a valid time.
char* put_utc(char* to, UtcTime time) noexcept;

/// Reads ISO 8601: a date, or date and time separated by `T` or a blank, seconds and a fraction of
/// any length (cut off after six digits) or not, `Z`, an offset, or nothing, which means UTC. Empty
/// if it is anything else, or no day of the calendar.
[[nodiscard]] std::optional<UtcTime> parse_utc(std::string_view text) noexcept;

/// Seconds since 1970, to the nearest microsecond. Empty outside the years 0001 to 9999.
[[nodiscard]] std::optional<UtcTime> utc_of_unix(double seconds) noexcept;

}  // namespace chargemill::codec
