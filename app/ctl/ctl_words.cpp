#include "app/ctl/ctl_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "actors/control/operator_command.hpp"
#include "app/scenario/diagnostics.hpp"

namespace chargemill::app {
namespace {

struct Row {
  const char* word;
  const char* fields;
  const char* verb;
  const char* help;
};
constexpr std::array<Row, 18> kRows{{
    {"ping", "", "PING", "is anybody there?"},
    {"list", "[FROM]", "LIST", "all charge points and their states"},
    {"available", "[ZONE]", "AVAILABLE", "those that are free"},
    {"status", "CP", "STATUS", "one of them: state, engine, monitor, driver, session"},
    {"stats", "CP", "STATS", "its faults and recoveries, its breaker"},
    {"stop", "CP|all", "STOP", "out of order; a running supply ends"},
    {"resume", "CP|all", "RESUME", "in order again"},
    {"stop-session", "CP", "STOP_SUPPLY", "ends a supply; the charge point stays in order"},
    {"shutdown", "CP", "SHUTDOWN", "ends its engine"},
    {"reset-breaker", "CP", "RESET_BREAKER", "closes its circuit breaker"},
    {"plug", "CP", "PLUG", "plugs a vehicle in"},
    {"unplug", "CP", "UNPLUG", "and out"},
    {"start", "CP DRIVER", "START", "a supply at the charge point; driver -: nobody in particular"},
    {"inject", "CP KIND", "INJECT", "a fault: engine_crash, engine_silent, engine_ko, ..."},
    {"add cp", "CP|- [ZONE [KW [EUR]]]", "ADD_CP", "a charge point joins; -: any name"},
    {"add driver", "DRIVER|- [CP...]", "ADD_DRIVER", "a driver joins, who asks for these"},
    {"nodes", "", "NODES", "that share the network: place, part, state, load"},
    {"help", "", "HELP", "the commands as the door has them"},
}};

std::vector<std::string> known_words() {
  std::vector<std::string> words;
  words.reserve(kRows.size());
  for (const Row& row : kRows) words.emplace_back(row.word);
  return words;
}

}  // namespace

tl::expected<std::string, std::string> command_of(const std::vector<std::string>& words) {
  if (words.empty()) return tl::unexpected<std::string>("a command is missing");
  const bool is_pair = words[0] == "add" && words.size() > 1;
  const std::string what = is_pair && words[1] == "charge-point" ? "cp" : words[is_pair ? 1 : 0];
  const std::string said = is_pair ? words[0] + " " + what : what;
  const auto* const row = std::find_if(kRows.begin(), kRows.end(),
                                       [&](const Row& known) { return known.word == said; });
  if (row == kRows.end()) {
    const auto hint = did_you_mean(said, known_words());
    return tl::unexpected<std::string>(
        fmt::format("unknown command '{}'{}", said, hint.empty() ? "" : "; " + hint));
  }
  std::string text = row->verb;
  for (std::size_t i = is_pair ? 2 : 1; i < words.size(); ++i) {
    const bool is_all = words[i] == "all" && std::string{row->fields} == "CP|all";
    text += '#' + (is_all ? "*" : words[i]);
  }
  const auto command = control::parse_command(text);
  if (command) return text;
  const auto reason = command.error().substr(0, command.error().find(", use "));
  return tl::unexpected<std::string>(fmt::format("{}, use {} {}", reason, row->word, row->fields));
}

std::vector<std::string> ctl_verbs() {
  std::vector<std::string> verbs;
  for (const auto& words : known_words()) {
    const auto verb = words.substr(0, words.find(' '));
    if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) verbs.push_back(verb);
  }
  return verbs;
}

std::string ctl_help() {
  std::string text;
  for (const Row& row : kRows)
    text += fmt::format("  {:<34} {}\n", fmt::format("{} {}", row.word, row.fields), row.help);
  return text;
}

}  // namespace chargemill::app
