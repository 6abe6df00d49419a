// A key or a section that a file has twice: TOML's parser says where the second one is, not where
// the first.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chargemill::app {

struct RepeatedName {
  std::string name;        ///< duration, or [run]
  std::size_t column = 1;  ///< where it begins in its second line, from 1
  std::size_t first_line = 0;
  bool is_section = false;
};

/// What line `line` (from 1) of a file repeats; nothing: no line before it has the same.
[[nodiscard]] std::optional<RepeatedName> find_repeated(const std::vector<std::string>& lines,
                                                        std::size_t line);

}  // namespace chargemill::app
