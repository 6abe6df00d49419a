#include "app/cli/option_values.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

namespace chargemill::app {
namespace {

std::vector<std::string> split(const std::string& text, char between) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t to = 0; to != std::string::npos; from = to + 1) {
    to = text.find(between, from);
    parts.push_back(text.substr(from, to == std::string::npos ? to : to - from));
  }
  return parts;
}

/// A word to be typed as it stands: `charge_points`; capitals stand for something (`HOST:PORT`).
bool is_word(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_' || c == '-';
  });
}

}  // namespace

std::vector<std::string> words_of(const CLI::Option& option) {
  // CLI11 shows a set as TEXT:{one,another}; our own names are one|another.
  std::string name = option.get_type_name();
  char between = '|';
  const auto open = name.find('{');
  const auto close = name.rfind('}');
  if (open != std::string::npos && close != std::string::npos && open < close) {
    name = name.substr(open + 1, close - open - 1);
    between = ',';
  }
  if (name.find(between) == std::string::npos) return {};
  auto words = split(name, between);
  words.erase(std::remove_if(words.begin(), words.end(), [](const auto& w) { return !is_word(w); }),
              words.end());
  return words;
}

std::string value_name(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string name = option.get_type_name();
  if (name == "UINT" || name == "INT") return "N";  // CLI11's names for types of C++
  if (name == "FLOAT") return "X";
  const auto words = words_of(option);
  if (words.empty() || name.find('{') == std::string::npos) return name;
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : "|") + word;
  return all;
}

std::string name_of(const CLI::Option& option) {
  if (!option.nonpositional()) return option.get_name(true);
  if (!option.get_lnames().empty()) return "--" + option.get_lnames().front();
  return "-" + option.get_snames().front();
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const CLI::App* const command : app.get_subcommands(nullptr))
    if (!command->get_name().empty()) commands.push_back(command);
  return commands;
}

}  // namespace chargemill::app
