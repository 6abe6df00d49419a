// What is wrong with a scenario: what, where, why, and how to mend it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chargemill::app {

/// The stable code of each kind of mistake; printed as E0312.
enum class Code {
  unreadable = 301,  ///< the file cannot be opened
  syntax = 302,      ///< not TOML
  section = 311,     ///< no such section
  key = 312,         ///< no such key
  type = 313,        ///< a value of another type, or one that cannot be understood
  range = 314,       ///< a value out of range
  missing = 315,     ///< a required key is not there
  twice = 316,       ///< the same id, key or section twice
  contradiction = 321,
  reference = 322,  ///< names a zone or charge point that is not there
  requests = 323,   ///< a driver's request file (D-122)
  recording = 324,  ///< recorded sessions
  profile = 325,
  threshold = 326,
  open_door = 327,  ///< an address that lets in whoever reaches it
  never = 328,      ///< cannot come to pass
  not_built = 331   ///< of a part that this version does not have
};

/// A place in a file, the environment or the command line.
struct Place {
  std::string source;      ///< config/city.toml, env CHARGEMILL_RUN_SEED, --seed; empty: nowhere
  std::size_t line = 0;    ///< from 1; 0: not in a file
  std::size_t column = 0;  ///< from 1
  std::string text;        ///< the line as it stands there
  std::size_t width = 1;   ///< columns to underline
};

enum class Severity { error, warning };

struct Diagnostic {
  Code code{};
  std::string text;
  Place place;
  std::string hint;  ///< under the caret: did you mean 'charge_points'?
  Severity severity = Severity::error;
};

/// `config/city.toml:14:1`, or the source alone.
[[nodiscard]] std::string to_text(const Place& place);

/// As in user-experience 4.6; ends with a newline.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, bool color = false);
/// All of them, and the note that says where the keys are explained.
[[nodiscard]] std::string render(const std::vector<Diagnostic>& all, bool color = false);
/// `3 mistakes and 1 warning`.
[[nodiscard]] std::string count_text(const std::vector<Diagnostic>& all);

/// Every mistake stands on the command line, in the value of a flag; without a mistake false. What
/// --set says is of the scenario, as in its file.
[[nodiscard]] bool are_of_the_command_line(const std::vector<Diagnostic>& all);

/// The number of letters to insert, delete, replace or swap to make `a` of `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The one of `known` that `name` is most likely a slip of, else the shortest that begins with it,
/// else the shortest that ends with it; empty: none is near.
[[nodiscard]] std::string nearest(std::string_view name, const std::vector<std::string>& known);
/// `did you mean 'x'?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       const std::vector<std::string>& known);

}  // namespace chargemill::app
