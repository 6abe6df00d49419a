// What is said of a command line that is none.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace chargemill::app {

/// The mistake, what was probably meant, and where to read more: each a line. `cli` has tried to
/// parse the words and thrown `error`.
[[nodiscard]] std::string usage_text(const CLI::App& cli, const CLI::ParseError& error);

}  // namespace chargemill::app
