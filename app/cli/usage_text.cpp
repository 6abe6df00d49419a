#include "app/cli/usage_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "app/scenario/diagnostics.hpp"

namespace chargemill::app {
namespace {

/// The command that was reached, and what it is called: `chargemill config show`.
struct Reached {
  const CLI::App* app;
  std::string name = "chargemill";
};
Reached reached_by(const CLI::App& cli) {
  Reached at{&cli};
  while (!at.app->get_subcommands().empty()) {
    at.app = at.app->get_subcommands().front();
    at.name += " " + at.app->get_name();
  }
  return at;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> options_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// `[SCENARIO.toml]`, `FILE...`: what stands without a flag.
std::string places_of(const CLI::App& app) {
  std::string places;
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const auto& type = option->get_type_name();
    const auto& own = option->get_name(true);
    const bool has_type = type.find_first_of(".") != std::string::npos;
    const std::string name = has_type ? type : own;
    const bool repeats = option->get_items_expected_max() > 1;
    places += fmt::format(" {}{}{}{}", option->get_required() ? "" : "[", name,
                          repeats ? "..." : "", option->get_required() ? "" : "]");
  }
  return places;
}

/// A path where none may stand is one that a flag names.
bool is_like_a_directory(const std::string& word) {
  std::error_code error;
  return word.find('/') != std::string::npos || std::filesystem::is_directory(word, error);
}

/// Of `run`, --data is where it writes.
bool has_data_to_read(const CLI::App& app) {
  const auto names = options_of(app);
  const auto has = [&names](const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return has("--data") && !has("--out");
}

/// `-v`, where one option alone begins so: `--version`.
std::string hint_of_letter(const std::string& word, const std::vector<std::string>& options) {
  if (word.size() != 2) return {};
  std::vector<std::string> found;
  for (const auto& option : options) {
    if (option.size() > 2 && option[2] == word[1]) found.push_back(option);
  }
  return found.size() == 1 ? fmt::format("did you mean '{}'?", found.front()) : std::string{};
}

/// Of what nobody expected, the first.
std::string of_extras(const Reached& at) {
  const auto extras = at.app->remaining();
  if (extras.empty()) return "there is too much on the command line";
  const auto word = extras.front().substr(0, extras.front().find('='));
  if (word.rfind('-', 0) == 0) {
    auto hint = did_you_mean(word, options_of(*at.app));
    if (hint.empty()) hint = hint_of_letter(word, options_of(*at.app));
    return fmt::format("unknown option '{}'{}{}", word, hint.empty() ? "" : "; ", hint);
  }
  if (is_like_a_directory(extras.front()) && has_data_to_read(*at.app))
    return fmt::format("'{0}' is too much: what is to be read is named with --data {0}",
                       extras.front());
  const auto places = places_of(*at.app);
  return fmt::format("'{}' is too much: {}{}", extras.front(), at.name,
                     places.empty() ? " takes options only" : " [OPTIONS]" + places);
}

/// `--seed: At Most 1 required but received 2`, `--seed: 1 required N missing`
std::string of_count(const std::string& said) {
  const auto colon = said.find(": ");
  if (colon == std::string::npos) return said;
  const auto name = said.substr(0, colon);
  if (said.find("At Most 1 ") != std::string::npos)
    return fmt::format("{} is given more than once, and takes one value", name);
  if (said.find(" missing") != std::string::npos || said.find("At least") != std::string::npos)
    return name + " needs a value";
  return said;
}

/// `A subcommand is required`, `SCENARIO is required`
std::string of_missing(const std::string& said, const Reached& at) {
  const auto commands = commands_of(*at.app);
  // `--sped`: what is there and not known comes before what is not there.
  if (!at.app->remaining().empty()) return of_extras(at);
  if (said.find("subcommand") == std::string::npos || commands.empty())
    return said.substr(0, said.find(" is required")) + " is missing";
  return fmt::format("a command is missing, one of {}", fmt::join(commands, ", "));
}

/// `Could not convert: --wait = soon`
std::string of_conversion(const std::string& said) {
  constexpr std::string_view kBefore = "Could not convert: ";
  const auto equals = said.find(" = ");
  if (said.rfind(kBefore, 0) != 0 || equals == std::string::npos) return said;
  return fmt::format("{}: must be a number in its range, not '{}'",
                     said.substr(kBefore.size(), equals - kBefore.size()), said.substr(equals + 3));
}

std::string said_of(const CLI::ParseError& error, const Reached& at) {
  const std::string said = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return of_extras(at);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) return of_count(said);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return of_missing(said, at);
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) return of_conversion(said);
  if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
    const auto at_word = said.find(" requires ");
    return said.substr(0, at_word) + " goes with " + said.substr(at_word + 10);
  }
  return said;
}

}  // namespace

Mistake mistake_of(const CLI::App& cli, const CLI::ParseError& error) {
  Reached at = reached_by(cli);
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (is_extra && at.app->remaining().empty()) at = Reached{&cli};  // it stands before the command
  return {said_of(error, at), at.name + " --help says more"};
}

std::string usage_text(const Mistake& mistake) {
  return fmt::format("chargemill: {}\n{}\n", mistake.what, mistake.hint);
}

}  // namespace chargemill::app
