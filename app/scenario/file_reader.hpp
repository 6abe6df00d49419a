// From TOML to a draft: each key by the table, each list item by its own.
#pragma once

#include <toml++/toml.h>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/scenario/key_table.hpp"
#include "app/scenario/source_text.hpp"

namespace chargemill::app {

/// Why the file at `path` cannot be read; nothing if it can.
[[nodiscard]] std::optional<std::string> why_unreadable(const std::filesystem::path& path);

/// A scenario while its parts come together.
struct Reading {
  Draft draft;
  std::vector<DriverItem> drivers;
  Origins origins;
  std::vector<Diagnostic> diagnostics;
  std::set<std::string> failed;               // keys whose value could not be used
  std::vector<std::filesystem::path> inputs;  // files that were read

  void report(Code code, std::string text, Place place, std::string hint = {}) {
    diagnostics.push_back({code, std::move(text), std::move(place), std::move(hint)});
  }
};

/// Reads all of `root`; what is wrong is reported and left at its default.
void read_toml(const toml::table& root, const SourceText& source, Reading& reading);

}  // namespace chargemill::app
