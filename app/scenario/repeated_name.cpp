#include "app/scenario/repeated_name.hpp"

#include <algorithm>

namespace chargemill::app {
namespace {

bool is_header(const std::string& name) { return !name.empty() && name.front() == '['; }

/// What a line gives a value to, or begins: `duration`, `[run]`; empty: neither.
std::string name_in(const std::string& line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos || line[begin] == '#') return {};
  const bool header = line[begin] == '[';
  const auto end = line.find(header ? ']' : '=', begin);
  if (end == std::string::npos) return {};
  std::string name = line.substr(begin, end - begin + (header ? 1 : 0));
  name.erase(std::remove_if(name.begin(), name.end(), [](char c) { return c == ' ' || c == '\t'; }),
             name.end());
  return name;
}

}  // namespace

std::optional<RepeatedName> find_repeated(const std::vector<std::string>& lines, std::size_t line) {
  if (line == 0 || line > lines.size()) return std::nullopt;
  const auto& second = lines[line - 1];
  RepeatedName found;
  found.name = name_in(second);
  if (found.name.empty()) return std::nullopt;
  found.column = second.find_first_not_of(" \t") + 1;
  found.is_section = is_header(found.name);
  for (std::size_t before = line - 1; before > 0; --before) {
    const auto name = name_in(lines[before - 1]);
    if (name == found.name) {
      found.first_line = before;
      return found;
    }
    // The same key above a header belongs to another section.
    if (!found.is_section && is_header(name)) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace chargemill::app
