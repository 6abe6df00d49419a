// What values of options may be, in words of our own: CLI11's checks name types and limits of C++.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace chargemill::app {

/// One of these words; the error lists them, and names the one that was probably meant.
[[nodiscard]] CLI::Validator one_of(std::vector<std::string> words);
/// A number above 0, at most `most`.
[[nodiscard]] CLI::Validator above_zero(double most);
/// A number from `least` to `most`.
[[nodiscard]] CLI::Validator number_in(double least, double most);
/// A whole number from `least` to `most`.
[[nodiscard]] CLI::Validator whole_in(std::uint64_t least, std::uint64_t most);

/// The name of a place: an empty one is a variable of a script that nobody has set, and does not
/// mean the usual place.
[[nodiscard]] CLI::Validator not_empty();

}  // namespace chargemill::app
