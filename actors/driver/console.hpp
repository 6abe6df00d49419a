// The lines that a driver's console shows (D-125, D-127).
#pragma once

#include <string>
#include <string_view>

#include "actors/messages.hpp"

namespace chargemill::driver {

/// `<sign> Driver <id> | <cp> | <STATUS> | <reason>`; an empty reason reads `No details`.
[[nodiscard]] std::string update_line(std::string_view driver, std::string_view point,
                                      UpdateStatus status, std::string_view reason);

/// `Request <id> timed out after 30s` (or `250ms`, if that is the time-out), a warning.
[[nodiscard]] std::string timed_out_line(std::string_view request, Nanos timeout);

/// `All requests completed. Total: <done>/<total>`.
[[nodiscard]] std::string finished_line(std::uint32_t done, std::uint32_t total);

/// `Unable to connect to CENTRAL` (D-131).
[[nodiscard]] std::string_view no_central_line();

}  // namespace chargemill::driver
