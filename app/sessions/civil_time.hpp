// Dates as people write them, to and from seconds since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chargemill::app {

/// `YYYY-MM-DD HH:MM[:SS]`, also with `T` and a final `Z`; years below 100 are of this century
/// (data sets write 0014 for 2014). No time zone: all stamps of a file are taken alike.
[[nodiscard]] std::optional<std::int64_t> parse_stamp(std::string_view text);

/// `YYYY-MM-DD HH:MM:SS`.
[[nodiscard]] std::string format_stamp(std::int64_t unix_s);

}  // namespace chargemill::app
