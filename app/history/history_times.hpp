// Times as rows show them and as --since takes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/archive/history.hpp"

namespace chargemill::app {

/// `2025-10-18T01:27:13.123456+00:00`, always with six digits (D-163).
[[nodiscard]] std::string time_text(archive::UtcMicros time);

/// A date, a date with a time (UTC, or with an offset), seconds since 1970, or a duration: so long
/// before `newest`. Empty: it is none of them.
[[nodiscard]] std::optional<archive::UtcMicros> parse_time(std::string_view text,
                                                           archive::UtcMicros newest);

}  // namespace chargemill::app
