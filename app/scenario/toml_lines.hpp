// Lines of a TOML file that its parser refuses: which of them are to blame, and what they would
// say.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace chargemill::app {

/// `seed` of `seed = = 1`, also of `seed: 1`; empty: the line begins no key.
[[nodiscard]] std::string key_begun_by(const std::string& line);

/// The header that a line begins, and how it ought to look.
struct HeaderBegun {
  std::string name;   ///< central.breaker; empty: the line begins none
  std::string whole;  ///< [central.breaker]
  bool is_list = false;
};
[[nodiscard]] HeaderBegun header_begun_by(const std::string& line);

/// A quoted text begins in `line` and does not end there, as far as one line can tell.
[[nodiscard]] bool has_open_quote(const std::string& line);

/// Lines from `begin` on and before `end`, counted from 0.
struct LineRange {
  std::size_t begin;
  std::size_t end;
};
/// The lines to blame for what a parser stumbles over in line `at`, or behind the last. They may
/// stand above it: a list or a text of several lines that is not closed goes on to whatever
/// follows. `is_itself`: they do not.
[[nodiscard]] LineRange lines_to_blame(const std::vector<std::string>& lines, std::size_t at,
                                       bool is_itself);

}  // namespace chargemill::app
