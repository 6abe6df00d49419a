// From the words of the command line to a command of the framed door. Pure.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace chargemill::app {

/// `{"stop-session", "CP-001"}` is `STOP_SUPPLY#CP-001`, `{"list"}` is `LIST`; `all` may stand for
/// `*`, which shells expand. The error says what is wrong and what there is.
[[nodiscard]] tl::expected<std::string, std::string> command_of(
    const std::vector<std::string>& words);

/// In which state `list SUPPLYING` wants them, in the word of the door; empty: in any.
[[nodiscard]] std::string_view wanted_state(const std::vector<std::string>& words);

/// Whether --json is among the words of a command line that cannot be parsed, so that nothing else
/// knows.
[[nodiscard]] bool asks_for_json(const std::vector<std::string>& words);

/// The first word of each.
[[nodiscard]] std::vector<std::string> ctl_verbs();

/// What can be said, one line each, with a word of explanation.
[[nodiscard]] std::string ctl_help();
/// Those of them that a door knows, by its HELP: `PING LIST[#FROM] ...`.
[[nodiscard]] std::string ctl_help(std::string_view commands);

/// `ACTIVATED, SUPPLYING, ...`
[[nodiscard]] std::string state_codes();

}  // namespace chargemill::app
