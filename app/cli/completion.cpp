#include "app/cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "app/cli/option_values.hpp"

namespace chargemill::app {
namespace {

constexpr const char* kHead =
    R"(# bash completion of chargemill; `chargemill generate completion` wrote it.
# To be sourced, or installed as /usr/share/bash-completion/completions/chargemill.
)";

// The lists are above it. What CLI11 calls a positional is a place here, numbered from 1.
constexpr const char* kBody = R"(
# Sets `path`, the commands before the present word, and `place`, the number of the place it stands
# at. An option takes the next word if it has a value, unless that comes after `=` or stands at the
# present word itself.
_chargemill_walk() {
  local i word kind words
  path='' place=1
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == -* ]]; then
      _chargemill_about "$path/$word"
      [[ $kind != flag && $kind != none ]] || continue
      [[ ${COMP_WORDS[i + 1]:-} != '=' ]] || ((i++)) # bash takes --out=DIR for three words
      ((i++))
    elif _chargemill_has_command "$path" "$word"; then
      path=${path:+$path }$word
    else
      ((place++))
    fi
  done
}

_chargemill_has_command() {
  local words one
  _chargemill_commands "$1"
  for one in $words; do
    [[ $one != "$2" ]] || return 0
  done
  return 1
}

# _chargemill_offer KIND WORDS: what of that begins like the present word.
_chargemill_offer() {
  case $1 in
    words) mapfile -t COMPREPLY < <(compgen -W "$2" -- "$cur") ;;
    keys)
      mapfile -t COMPREPLY < <(compgen -S = -W "$2" -- "$cur")
      compopt -o nospace 2>/dev/null || :
      ;;
    file)
      mapfile -t COMPREPLY < <(compgen -f ${2:+-X "!$2"} -- "$cur"; [[ -z $2 ]] || compgen -d -- "$cur")
      compopt -o filenames 2>/dev/null || :
      ;;
    directory)
      mapfile -t COMPREPLY < <(compgen -d -- "$cur")
      compopt -o filenames 2>/dev/null || :
      ;;
  esac
}

_chargemill() {
  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} path place kind words
  COMPREPLY=()
  _chargemill_walk
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $before == '=' ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if [[ $before == -* ]]; then
    _chargemill_about "$path/$before"
    if [[ $kind != flag && $kind != none ]]; then
      _chargemill_offer "$kind" "$words"
      return
    fi
  fi
  if [[ $cur == -* ]]; then
    _chargemill_options "$path"
    _chargemill_offer words "$words"
    return
  fi
  _chargemill_commands "$path"
  if [[ -n $words ]]; then
    _chargemill_offer words "$words"
    return
  fi
  _chargemill_about "$path/$place"
  _chargemill_offer "$kind" "$words"
}

complete -F _chargemill chargemill
)";

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

struct Value {
  std::string kind;
  std::string words = {};
};

/// By what stands for the value, in capitals: FILE, DIR, SCENARIO.toml.
Value value_of(const CLI::Option& option, const std::string& place, const KnownWords& known) {
  if (option.get_items_expected_max() == 0) return {"flag"};
  const auto more = known.find(place);
  if (more != known.end()) {
    const bool are_keys = value_name(option).find("key=value") != std::string::npos;
    return {are_keys ? "keys" : "words", joined(more->second)};
  }
  const auto words = words_of(option);
  if (!words.empty()) return {"words", joined(words)};
  const std::string name =
      option.nonpositional() ? value_name(option) : name_of(option) + " " + value_name(option);
  const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (has("SCENARIO") || has(".toml")) return {"file", "*.toml"};
  if (has(".csv")) return {"file", "*.csv"};
  if (has("FILE")) return {"file"};
  if (has("DIR") || has("BASE") || has("NEW")) return {"directory"};
  return {"any"};
}

/// The `case` of one function, a line for each command.
struct Lists {
  std::string commands, options, about;
};

void collect(const CLI::App& app, const std::string& path, const KnownWords& known, Lists& lists) {
  std::vector<std::string> commands;
  for (const auto* const command : commands_of(app)) commands.push_back(command->get_name());
  const auto list = [&](const std::string& of) {
    lists.commands += fmt::format("    '{}') words='{}' ;;\n", of, joined(commands));
  };
  if (path.empty()) {  // `help run` is `run --help`
    list("help");
    commands.emplace_back("help");
  }
  if (!commands.empty()) list(path);
  std::vector<std::string> options;
  int place = 0;
  for (const auto* const option : app.get_options()) {
    const bool is_place = !option->nonpositional();
    const bool is_last = option->get_items_expected_max() > 1;
    const std::string name = is_place ? std::to_string(++place) : name_of(*option);
    if (!is_place) options.push_back(name);
    const auto value = value_of(*option, path + "/" + name, known);
    const std::string words = value.words.empty() ? "" : fmt::format(" words='{}'", value.words);
    // The last place takes all that follow.
    const bool repeats = is_place && is_last && value.kind != "words";
    const std::string pattern = repeats ? path + "/'[0-9]*" : path + "/" + name + "'";
    lists.about += fmt::format("    '{}) kind='{}'{} ;;\n", pattern, value.kind, words);
  }
  lists.options += fmt::format("    '{}') words='{}' ;;\n", path, joined(options));
  for (const auto* const command : commands_of(app))
    collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), known,
            lists);
}

std::string function(const char* name, const char* comment, const char* first,
                     const std::string& cases) {
  return fmt::format("\n# {}\n{}() {{\n  {}\n  case $1 in\n{}  esac\n}}\n", comment, name, first,
                     cases);
}

}  // namespace

std::string bash_completion(const CLI::App& root, const KnownWords& known) {
  Lists lists;
  collect(root, "", known, lists);
  return kHead +
         function("_chargemill_commands", "Sets `words`, the commands of a command.", "words=''",
                  lists.commands) +
         function("_chargemill_options", "Sets `words`, its options.", "words=''", lists.options) +
         function("_chargemill_about",
                  "Sets `kind` and `words`: what COMMAND/--option, or COMMAND/PLACE, takes.",
                  "kind='none' words=''", lists.about) +
         kBody;
}

}  // namespace chargemill::app
