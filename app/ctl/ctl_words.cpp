#include "app/ctl/ctl_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "actors/control/operator_command.hpp"
#include "app/scenario/diagnostics.hpp"
#include "app/scenario/value.hpp"

namespace chargemill::app {
namespace {

struct Row {
  const char* word;
  const char* fields;
  const char* verb;
  const char* help;
};
constexpr std::array<Row, 20> kRows{{
    {"ping", "", "PING", "is anybody there?"},
    {"list", "[FROM]", "LIST", "all charge points and their states"},
    {"available", "[ZONE]", "AVAILABLE", "those that are free"},
    {"status", "CP", "STATUS", "one of them as central sees it, and since when it heard nothing"},
    {"stats", "CP", "STATS", "its faults and recoveries, its breaker"},
    {"stop", "CP|all", "STOP", "out of order until resume; a running supply ends"},
    {"resume", "CP|all", "RESUME", "in order again"},
    {"stop-session", "CP|all", "STOP_SUPPLY",
     "ends a supply; it stays in order (as POST /cp/stop does)"},
    {"shutdown", "CP|all", "SHUTDOWN", "ends its engine, until power-on"},
    {"power-on", "CP", "POWER_ON", "starts its engine again"},
    {"reset-breaker", "CP", "RESET_BREAKER", "closes its circuit breaker"},
    {"plug", "CP", "PLUG", "plugs a vehicle in"},
    {"unplug", "CP", "UNPLUG", "and out"},
    {"start", "CP DRIVER", "START", "a supply at the charge point; driver -: nobody in particular"},
    {"inject", "CP KIND [DURATION]", "INJECT",
     "engine_crash, engine_silent, engine_ko, start_refused, monitor_loss; 30s"},
    {"simulate-fault", "CP on|off", "SIMULATE_FAULT", "its monitor acts as if its checks failed"},
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

/// How the door takes `word`, which is the argument `number` of a command, counted from 0.
std::string field_of(const Row& row, std::size_t number, const std::string& word) {
  const std::string_view verb = row.verb;
  if (word == "all" && std::string_view{row.fields} == "CP|all") return "*";
  if (verb == "STATUS" && number == 0) return word + "#AGE";
  if (verb == "SIMULATE_FAULT" && number == 1 && (word == "on" || word == "off"))
    return word == "on" ? "ON" : "OFF";
  const auto duration = verb == "INJECT" && number == 2 ? parse_duration(word) : std::nullopt;
  // 20s or 500ms; the door counts in seconds.
  return duration ? fmt::format("{}", std::chrono::duration<double>(*duration).count()) : word;
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
  const std::size_t first = is_pair ? 2 : 1;
  for (std::size_t i = first; i < words.size(); ++i)
    text += '#' + field_of(*row, i - first, words[i]);
  const auto command = control::parse_command(text);
  if (command) return text;
  const auto reason = command.error().substr(0, command.error().find(", use "));
  return tl::unexpected<std::string>(fmt::format("{}, use {} {}", reason, row->word, row->fields));
}

bool asks_for_json(const std::vector<std::string>& words) {
  // Behind -- stands what is no option.
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [](const std::string& word) {
    return word == "--json" || word == "--json=true";
  });
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
