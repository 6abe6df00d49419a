// What the operating system knows of this process.
#pragma once

#include "app/metrics/sources.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::app::metrics {

/// From /proc/self. An error names what could not be read; the figures read so far are lost.
/// Cost: a directory with an entry for each open file.
[[nodiscard]] Result<ProcessFigures> process_figures();

/// The 1-based fields of /proc/PID/stat that come after the name, which may hold anything. None:
/// it is no such line.
struct StatFields {
  std::uint64_t user_ticks = 0, system_ticks = 0, start_ticks = 0;
  std::uint64_t resident_pages = 0;
};
[[nodiscard]] std::optional<StatFields> parse_stat(const std::string& line);

}  // namespace chargemill::app::metrics
