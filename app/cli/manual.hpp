// The manual page, made from the definition of the command line.
#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace chargemill::app {

/// chargemill(1), as roff with the macros of man(7): each command with its options and what its
/// help says below them. Plain ASCII if the help is.
[[nodiscard]] std::string manual_page(const CLI::App& root, const std::string& version);

}  // namespace chargemill::app
