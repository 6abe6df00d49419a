#include "app/scenario/syntax_hint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <regex>
#include <string_view>

#include "app/scenario/toml_lines.hpp"

namespace chargemill::app {
namespace {

constexpr std::array<std::string_view, 12> kOtherQuotes{"“", "”", "„", "‟", "«", "»",
                                                        "‘", "’", "‚", "‹", "›", "`"};

/// The one that stands at `at`; empty: none does.
std::string_view other_quote_at(std::string_view line, std::size_t at) {
  const auto* const found =
      std::find_if(kOtherQuotes.begin(), kOtherQuotes.end(),
                   [&](std::string_view quote) { return line.substr(at, quote.size()) == quote; });
  return found == kOtherQuotes.end() ? std::string_view{} : *found;
}

std::string without_comment(const std::string& line) {
  char open = 0;  // the quote of a text that goes on
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (open == 0 && c == '#') return line.substr(0, at);
    if (c == '"' || c == '\'') open = open == 0 ? c : c == open ? '\0' : open;
  }
  return line;
}

/// A value that begins with such a quote: what is quoted.
std::string quoted_otherwise(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  const auto begin = line.find_first_not_of(" \t[", equals + 1);
  const auto quote = begin == std::string_view::npos ? "" : other_quote_at(line, begin);
  if (quote.empty()) return {};
  std::string text;
  for (std::size_t at = begin + quote.size(); at < line.size(); ++at) {
    if (line[at] == '"' || !other_quote_at(line, at).empty()) break;
    text += line[at];
  }
  return text;
}

std::string of_quotes(const std::string& line) {
  if (const auto text = quoted_otherwise(line); !text.empty())
    return fmt::format("quotes are straight: \"{}\"", text);
  if (!has_open_quote(line)) return {};
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (const auto quote = other_quote_at(line, at); !quote.empty() && quote != "`")
      return fmt::format("quotes are straight: {} closes none", quote);
  }
  return {};
}

std::string of_numbers(const std::string& line) {
  static const std::regex percent{R"(=\s*([0-9.]+)%)"};
  static const std::regex comma{R"(=\s*([-+]?[0-9]+),([0-9]+)\s*([,}].*)?$)"};
  std::smatch found;
  if (std::regex_search(line, found, percent))
    return fmt::format("as a share: {}", std::strtod(found.str(1).c_str(), nullptr) / 100.0);
  if (!std::regex_search(line, found, comma)) return {};
  const auto point = found.str(1) + "." + found.str(2);
  constexpr std::size_t kThousands = 3;  // digits; nobody but the author knows which was meant
  if (found.str(2).size() != kThousands) return "decimals have a point: " + point;
  return fmt::format("numbers have no comma: {}{}, or {} with decimals", found.str(1), found.str(2),
                     point);
}

std::string of_words(const std::string& line) {
  static const std::regex alone{R"(=\s*([A-Za-z]([^"'=,\[\]{}]*[^"'=,\[\]{}\s])?)\s*$)"};
  static const std::regex of_many{R"([=,\[]\s*([A-Za-z][\w./:-]*)\s*[,}\]])"};
  static const std::regex truth{"true|yes|on|false|no|off", std::regex::icase};
  std::smatch found;
  if (!std::regex_search(line, found, alone) && !std::regex_search(line, found, of_many)) return {};
  const auto said = found.str(1);
  if (said == "true" || said == "false" || said == "inf" || said == "nan") return {};
  const auto quoted = fmt::format("texts are in quotes: \"{}\"", said);
  if (!std::regex_match(said, truth)) return quoted;
  const bool is_true =
      std::string_view{"tTyY"}.find(said[0]) != std::string_view::npos ||
      (said.size() == 2 && std::string_view{"nN"}.find(said[1]) != std::string_view::npos);
  return fmt::format("{}; yes and no are true and false: {}", quoted, is_true ? "true" : "false");
}

}  // namespace

// TOML has no durations and no percents: `duration = 5s` is the commonest slip.
std::string syntax_hint(const std::string& whole) {
  static const std::regex duration{R"(=\s*([0-9.]+(ns|us|ms|s|m|h|d))\s*$)"};
  const std::string line = without_comment(whole);
  std::smatch found;
  if (auto hint = of_quotes(line); !hint.empty()) return hint;
  if (std::regex_search(line, found, duration))
    return fmt::format("durations are in quotes: \"{}\"", found.str(1));
  if (auto hint = of_numbers(line); !hint.empty()) return hint;
  return of_words(line);
}

}  // namespace chargemill::app
