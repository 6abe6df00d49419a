// A completion script for bash, made from the definition of the command line.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace chargemill::app {

/// Words that an option or a place takes and that CLI11 does not know of, by their names as in the
/// script: `run/--set`, `ctl/1`.
using KnownWords = std::map<std::string, std::vector<std::string>>;

/// Completes commands, options, the values of options that take one of a few words, files and
/// directories. To be sourced, or installed as bash-completion/completions/chargemill; needs
/// neither that package nor chargemill itself.
[[nodiscard]] std::string bash_completion(const CLI::App& root, const KnownWords& known);

}  // namespace chargemill::app
