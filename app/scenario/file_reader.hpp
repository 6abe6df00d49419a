// From TOML to a draft: each key by the table, each list item by its own.
#pragma once

#include <toml++/toml.h>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
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
  /// Lines of files that are no TOML, which was reported: only their names are known.
  std::set<std::pair<std::string, std::size_t>> unread;

  void report(Code code, std::string text, Place place, std::string hint = {}) {
    const bool is_of_value = code != Code::syntax && code != Code::key && code != Code::section;
    if (is_of_value && unread.count({place.source, place.line}) != 0) return;
    diagnostics.push_back({code, std::move(text), std::move(place), std::move(hint)});
  }
};

/// Reads all of `root`; what is wrong is reported and left at its default.
void read_toml(const toml::table& root, const SourceText& source, Reading& reading);

}  // namespace chargemill::app
