#include "app/scenario/choices.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chargemill::app {
namespace {

tl::unexpected<Reason> wrong(const KeyInfo& key, std::string hint = {}) {
  return tl::unexpected<Reason>(Reason{
      Code::type, fmt::format("'{}' takes {}", key.name, expectation(key)), std::move(hint)});
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const auto comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    words.emplace_back(word);
    if (comma == std::string_view::npos) return words;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

ValueOr choices_from(const toml::node& node, const KeyInfo& key) {
  std::vector<std::string> words;
  if (const auto text = node.value<std::string>()) {
    words = words_of(*text);
  } else if (const auto* const items = node.as_array()) {
    for (const auto& item : *items) {
      const auto word = item.value<std::string>();
      if (!word) return wrong(key);
      words.push_back(*word);
    }
  }
  if (words.empty()) return wrong(key, "at least one");
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (std::find(key.choices.begin(), key.choices.end(), *word) == key.choices.end())
      return wrong(key, did_you_mean(*word, key.choices));
    if (std::find(words.begin(), word, *word) != word)
      return wrong(key, fmt::format("'{}' is there twice", *word));
  }
  return words;
}

}  // namespace chargemill::app
