// Whether a record can be one of ours: its checksum only says that it is as it was written.
#pragma once

#include "actors/archive/records.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::archive {

/// As many charge points as a network may have; a wrong number must not ask for all memory.
inline constexpr std::uint32_t kPointsMax = 1U << 26U;
/// Of those, as many as join while it runs.
inline constexpr std::uint32_t kJoinedMax = 1U << 21U;

/// Whether quantities are such as a network can have, so that sums and differences of many of them
/// mean something. A restart passes over a record that is not.
// NOLINTNEXTLINE(bugprone-exception-escape): a record always has one of its kinds
[[nodiscard]] bool is_sound(const Record& record) noexcept;

/// Times on disk, in nanoseconds since 1970: 1894 to 2179. Any two of them have a difference.
inline constexpr std::int64_t kUnixNsMin = -2'400'000'000'000'000'000;
inline constexpr std::int64_t kUnixNsMax = 6'600'000'000'000'000'000;
[[nodiscard]] constexpr bool is_sound_time(std::int64_t unix_ns) noexcept {
  return unix_ns >= kUnixNsMin && unix_ns <= kUnixNsMax;
}
[[nodiscard]] constexpr bool is_sound_time(runtime::journal::Micros time) noexcept {
  constexpr std::int64_t kNanosPerMicro = 1'000;
  return time.count() >= kUnixNsMin / kNanosPerMicro && time.count() <= kUnixNsMax / kNanosPerMicro;
}

}  // namespace chargemill::archive
