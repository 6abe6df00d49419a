// The options of `chargemill run`, as the scenario sees them: keys set on the command line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/scenario/load.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace chargemill::app {

/// All that the command line said. Everything that is a key of the scenario file is an override
/// (also --out, --progress, --repeat: section [output]), so that one rule of precedence holds.
struct RunOptions {
  std::optional<std::filesystem::path> scenario;  ///< none: the demo
  std::vector<Override> overrides;                ///< in the order of the command line
  std::string color = "auto";  ///< also an override; known before the scenario is read
};

/// Adds the options to `app`; `options` must outlive its parsing. What cannot be understood throws
/// CLI::ParseError from there (exit 2); parts that are not built are errors of load_scenario (exit
/// 3).
void add_run_options(CLI::App& app, RunOptions& options);

/// The options of a command that only reads a scenario: --set, and those that are short for it.
void add_key_options(CLI::App& app, RunOptions& options);

/// Its doors and its journal.
void add_process_options(CLI::App& app, RunOptions& options);

/// The options of a command that runs a scenario which it names itself.
void add_output_options(CLI::App& app, RunOptions& options);

/// With the environment of this process.
[[nodiscard]] LoadInput load_input(const RunOptions& options);

/// One of those that come with the program, `demo`: installed beside it, else beside the sources,
/// else under the prefix for which it was built; none if it is at none of these places.
[[nodiscard]] std::optional<std::filesystem::path> shipped_scenario(const std::string& name);
/// For whoever names a scenario that is not there: which file was probably meant.
[[nodiscard]] std::string hint_of_missing(const std::filesystem::path& scenario);

}  // namespace chargemill::app
