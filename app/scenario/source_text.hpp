// The text of a scenario file, for pointing at places in it.
#pragma once

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "app/scenario/diagnostics.hpp"

namespace chargemill::app {

class SourceText {
 public:
  /// `name` as people know the file.
  SourceText(std::string name, const std::string& text);

  /// From `region`'s first character to its last one in the same line.
  [[nodiscard]] Place at(const toml::source_region& region) const;
  /// `width` columns from the region's first.
  [[nodiscard]] Place at(const toml::source_region& region, std::size_t width) const;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  std::string name_;
  std::vector<std::string> lines_;
};

}  // namespace chargemill::app
