// What a column of timeseries.csv means where rows are left out. Pure.
#pragma once

#include <string_view>

namespace chargemill::app {

/// A percentile of what was measured since the row before: where rows are left out, the worst of
/// theirs stays.
[[nodiscard]] constexpr bool is_of_interval(std::string_view column) noexcept {
  return column.find("_interval_") != std::string_view::npos;
}

/// Charge points out of service: of several rows the one with the most of them stays.
[[nodiscard]] constexpr bool is_out_of_service(std::string_view column) noexcept {
  return column == "fault" || column == "stopped" || column == "disconnected";
}

}  // namespace chargemill::app
