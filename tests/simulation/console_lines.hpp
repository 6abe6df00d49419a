// Finding one's way in what consoles have shown.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace chargemill::test {

using ConsoleLines = std::vector<std::string>;

inline std::size_t count_of(const ConsoleLines& lines, const std::string& part) {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(),
                    [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}
/// Of the first that has `part`; lines.size() if none has.
inline std::size_t place_of(const ConsoleLines& lines, const std::string& part) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(part) != std::string::npos;
  });
  return static_cast<std::size_t>(found - lines.begin());
}

}  // namespace chargemill::test
