#include "app/ctl/ctl_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "actors/control/operator_command.hpp"
#include "actors/texts.hpp"
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
    {"list", "[STATE|all] [FROM]", "LIST",
     "charge points and their states: all or those in STATE (SUPPLYING), from the id FROM on"},
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
    {"help", "", "HELP", "these commands, as far as the door knows them"},
}};

std::string line_of(const Row& row) {
  return fmt::format("  {:<34} {}\n", fmt::format("{} {}", row.word, row.fields), row.help);
}

std::vector<std::string> known_words() {
  std::vector<std::string> words;
  words.reserve(kRows.size());
  for (const Row& row : kRows) words.emplace_back(row.word);
  return words;
}

std::string upper(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

/// By any of its words, as over HTTP; in the one that the door says. Empty: it is none.
std::string_view state_of(std::string_view text) {
  const std::string wanted = upper(text);
  for (std::size_t i = 0; i < kDisplayStates; ++i) {
    const auto& words = words_of(static_cast<DisplayState>(i));
    for (const auto word : {words.code, words.text, words.figure}) {
      if (wanted == upper(word)) return words.code;
    }
  }
  return {};
}

/// Which charge points a list is of: the door lists all, whoever asked leaves the others out.
bool is_choice(const Row& row, std::size_t number, const std::string& word) {
  return row.verb == std::string_view{"LIST"} && number == 0 &&
         (word == "all" || !state_of(word).empty());
}

/// What is missing, in the words of this table.
std::string lack_of(const Row& row, const std::string& reason, std::size_t fields) {
  if (row.verb != std::string_view{"INJECT"} || fields != 1) return reason;
  std::string kinds;
  for (std::size_t i = 0; i < control::kInjections; ++i)
    kinds.append(i == 0 ? "" : ", ").append(word(static_cast<control::Injection>(i)));
  return "a kind is missing (" + kinds + ")";
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
  for (std::size_t i = first; i < words.size(); ++i) {
    if (!is_choice(*row, i - first, words[i])) text += '#' + field_of(*row, i - first, words[i]);
  }
  const auto command = control::parse_command(text);
  if (command) return text;
  const auto reason = lack_of(*row, command.error().substr(0, command.error().find(", use ")),
                              words.size() - first);
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

std::string_view wanted_state(const std::vector<std::string>& words) {
  return words.size() > 1 && words[0] == "list" ? state_of(words[1]) : std::string_view{};
}

std::string ctl_help() {
  std::string text;
  for (const Row& row : kRows) text += line_of(row);
  return text;
}

std::string ctl_help(std::string_view commands) {
  std::string text;
  for (const Row& row : kRows) {
    for (std::string_view rest = commands; !rest.empty();) {
      const auto one = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(one.size() + 1, rest.size()));
      if (one.substr(0, one.find_first_of("#[")) == row.verb) text += line_of(row);
    }
  }
  return text;
}

std::string state_codes() {
  std::string codes;
  for (std::size_t i = 0; i < kDisplayStates; ++i)
    codes.append(i == 0 ? "" : ", ").append(words_of(static_cast<DisplayState>(i)).code);
  return codes;
}

}  // namespace chargemill::app
