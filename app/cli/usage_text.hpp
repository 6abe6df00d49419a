// What is said of a command line that is none.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace chargemill::app {

struct Mistake {
  std::string what;  ///< and what was probably meant
  std::string hint;  ///< where to read more
};
/// `cli` has tried to parse the words and thrown `error`.
[[nodiscard]] Mistake mistake_of(const CLI::App& cli, const CLI::ParseError& error);
/// The same for people, each a line.
[[nodiscard]] std::string usage_text(const Mistake& mistake);

}  // namespace chargemill::app
