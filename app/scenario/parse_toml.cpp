#include "app/scenario/parse_toml.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <regex>

#include "app/scenario/repeated_name.hpp"

namespace chargemill::app {
namespace {

// TOML has no durations and no percents: `duration = 5s` is the commonest slip.
std::string unquoted_hint(const std::string& line) {
  static const std::regex duration{R"(=\s*([0-9.]+(ns|us|ms|s|m|h|d))\s*(#.*)?$)"};
  static const std::regex percent{R"(=\s*([0-9.]+)%)"};
  std::smatch found;
  if (std::regex_search(line, found, duration))
    return fmt::format("durations are in quotes: \"{}\"", found.str(1));
  if (std::regex_search(line, found, percent))
    return fmt::format("as a share: {}", std::strtod(found.str(1).c_str(), nullptr) / 100.0);
  return {};
}

/// A text begins in `line` and does not end there, as far as one line can tell.
bool has_open_quote(const std::string& line) {
  if (line.find("\"\"\"") != std::string::npos || line.find("'''") != std::string::npos)
    return false;
  char open = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (open == 0 && c == '#') return false;
    if (open == '"' && c == '\\') {
      ++i;
    } else if (open == 0 && (c == '"' || c == '\'')) {
      open = c;
    } else if (c == open) {
      open = 0;
    }
  }
  return open != 0;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  return text;
}

/// Reports what the parser stumbled over. True: `lines` do without it now.
bool mend(const toml::parse_error& error, const SourceText& source, std::vector<std::string>& lines,
          Reading& reading) {
  Place place = source.at(error.source());
  const std::string text{error.description()};
  const auto repeated = text.find("redefine") == std::string::npos
                            ? std::nullopt
                            : find_repeated(source.lines(), place.line);
  if (!repeated) {
    reading.report(Code::syntax,
                   has_open_quote(place.text) ? "a quote is opened and not closed" : text, place,
                   unquoted_hint(place.text));
    return false;
  }
  place.column = repeated->column;
  place.width = repeated->name.size();
  reading.report(
      Code::twice,
      fmt::format("'{}' is there twice: line {} has it too", repeated->name, repeated->first_line),
      place, repeated->is_section ? "the keys of both belong under the first" : "");
  const bool is_left_out = !repeated->is_section && !lines[place.line - 1].empty();
  lines[place.line - 1].clear();
  return is_left_out;
}

}  // namespace

void parse_toml(const std::string& text, const SourceText& source, Reading& reading,
                const std::function<void(const toml::table&)>& read) {
  constexpr int kRepeatsMax = 100;  // each costs a pass over the whole file
  auto lines = source.lines();
  bool again = true;
  for (int pass = 0; again && pass < kRepeatsMax; ++pass) {
    again = false;
    try {
      // As it is, unless something was left out: errors of encoding are in its bytes.
      read(toml::parse(lines == source.lines() ? text : joined(lines), source.name()));
    } catch (const toml::parse_error& error) {
      again = mend(error, source, lines, reading);
    }
  }
}

}  // namespace chargemill::app
