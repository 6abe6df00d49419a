// Recorded charging sessions, read from the CSV files that operators and data sets publish.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "actors/network/scenario.hpp"
#include "runtime/base/result.hpp"

namespace chargemill::app {

/// The header names of the columns that matter; others are ignored. The defaults are those of the
/// workplace data set of Asensio et al. and of `chargemill generate sessions`.
struct ColumnMap {
  std::string start = "created";  ///< YYYY-MM-DD HH:MM[:SS], `T` for the blank, `Z` at the end
  std::string end = "ended";
  std::string energy = "kwhTotal";  ///< kWh
  std::string station = "stationId";
  std::string user;  ///< must be there if named; not used for a replay
};

struct SessionTable {
  std::vector<network::ReplaySession> sessions;  ///< by start; the first begins at time zero
  std::int64_t first_unix_s = 0;                 ///< when that was
  std::size_t delayed = 0;  ///< began before the one before at their station had ended: moved there
  std::size_t stations = 0;
  std::string note;  ///< what was changed, for the user; empty: nothing
};

/// A byte-order mark, CRLF, quotes, rows in any order, empty trailing fields left out, and years
/// written 0014 for 2014 are all understood. Any row that cannot be used is an error: nothing is
/// dropped silently. The error names all of them as `name:line: why` (at most kErrorsNamed).
[[nodiscard]] Result<SessionTable> parse_sessions(std::string_view text, const ColumnMap& columns,
                                                  std::string_view name);
inline constexpr std::size_t kErrorsNamed = 20;

/// The file at `path`, as parse_sessions reads it.
[[nodiscard]] Result<SessionTable> read_session_table(const std::filesystem::path& path,
                                                      const ColumnMap& columns);

/// The same for those who need nothing but the sessions.
[[nodiscard]] Result<std::vector<network::ReplaySession>> read_sessions(
    const std::filesystem::path& path, const ColumnMap& columns);

}  // namespace chargemill::app
