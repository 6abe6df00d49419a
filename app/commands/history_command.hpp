#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace chargemill::app {

struct HistoryOptions {
  std::string what;
  std::string point;
  std::string driver;
  std::string zone;
  std::string kind;
  std::string since;
  std::string until;
  std::optional<std::int64_t> limit;  ///< none: kRowsShown, and whether there are more is said
  std::optional<double> days;
  std::string format = "table";
  std::vector<std::filesystem::path> data;  ///< empty: the newest run
};

/// `options` must outlive the parsing.
void add_history_options(CLI::App& app, HistoryOptions& options);

/// `chargemill history`: the rows of a journal, newest first, also of one that is being written.
/// Exit 2: an option that cannot be meant; 4: no journal, or one that cannot be read.
[[nodiscard]] int history_command(const HistoryOptions& options);

}  // namespace chargemill::app
