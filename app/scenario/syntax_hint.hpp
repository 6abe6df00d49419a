// What was probably meant by a line that is no TOML.
#pragma once

#include <string>

namespace chargemill::app {

/// How to write `line` for the slips that people make who have never seen TOML: durations, percents
/// and names without quotes, quotes of a word processor, decimal commas. Empty: none is there.
[[nodiscard]] std::string syntax_hint(const std::string& line);

}  // namespace chargemill::app
