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

/// One mistake in a file of sessions, and where it is.
struct SessionMistake {
  std::size_t line = 0;    ///< from 1
  std::size_t column = 0;  ///< of the field, in characters from 1; past the end: it is left out
  std::size_t width = 1;   ///< of the field, in characters
  std::string row;         ///< the line as it stands there
  std::string why;
  std::string sought;  ///< the header name that is not there; empty: that is not what is wrong
};

/// Why there are no sessions; `text` has a line for each mistake: `name:line:column: why`.
struct SessionsRefused : Error {
  std::vector<SessionMistake> mistakes;  ///< by line, at most kErrorsNamed
  std::size_t unnamed = 0;               ///< mistakes beyond those
  std::vector<std::string> header;       ///< the columns that are there
};
inline constexpr std::size_t kErrorsNamed = 20;

/// A byte-order mark, CRLF, quotes, rows in any order, empty trailing fields left out, and years
/// written 0014 for 2014 are all understood. Any row that cannot be used is an error: nothing is
/// dropped silently.
[[nodiscard]] tl::expected<SessionTable, SessionsRefused> parse_sessions(std::string_view text,
                                                                         const ColumnMap& columns,
                                                                         std::string_view name);

/// The file at `path`, as parse_sessions reads it.
[[nodiscard]] tl::expected<SessionTable, SessionsRefused> read_session_table(
    const std::filesystem::path& path, const ColumnMap& columns);

/// The same for those who need nothing but the sessions.
[[nodiscard]] tl::expected<std::vector<network::ReplaySession>, SessionsRefused> read_sessions(
    const std::filesystem::path& path, const ColumnMap& columns);

}  // namespace chargemill::app
