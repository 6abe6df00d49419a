// What a command line takes, as the definition of its options says it.
#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
class Option;
}  // namespace CLI

namespace chargemill::app {

/// `text`, `md`, `json` and `html` of an option that takes one of them; of `X|max` only `max`, for
/// X stands for something else. Empty: it takes anything.
[[nodiscard]] std::vector<std::string> words_of(const CLI::Option& option);

/// What stands for its value in a usage line: `DIR`, `auto|always|never`. Empty: it is a flag.
[[nodiscard]] std::string value_name(const CLI::Option& option);

/// `--out`; of an option without a long name its short one, of a positional one its own.
[[nodiscard]] std::string name_of(const CLI::Option& option);

/// Its commands, in the order in which they were defined.
[[nodiscard]] std::vector<const CLI::App*> commands_of(const CLI::App& app);

}  // namespace chargemill::app
