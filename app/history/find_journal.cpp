#include "app/history/find_journal.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "actors/archive/position.hpp"
#include "app/history/journal_set.hpp"
#include "runtime/journal/directory.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

/// One that was named, with those beside it.
Result<std::vector<fs::path>> find_named(const fs::path& named) {
  std::error_code error;
  if (!fs::exists(named, error))
    return failure(ErrorKind::environment, named.string() + ": no such directory");
  for (const auto& path : {named, named / "journal"}) {
    auto found = journals_beside(path);
    if (!found.empty()) return found;
    // One that may not be looked into is not one without a journal.
    if (!fs::is_directory(path, error)) continue;
    if (const auto names = runtime::journal::list_segments(path.string()); !names)
      return tl::unexpected(names.error());
  }
  return failure(ErrorKind::environment, named.string() + " holds no journal");
}

}  // namespace

Result<std::vector<fs::path>> find_journals(const std::vector<fs::path>& named) {
  std::vector<fs::path> all;
  for (const auto& one : named) {
    const auto found = find_named(one);
    if (!found) return found;
    for (const auto& path : *found) {
      // Whoever names a run and one of its nodes, or one by two names, means no record twice.
      const bool is_known = std::any_of(all.begin(), all.end(), [&](const fs::path& known) {
        std::error_code error;
        return path == known || fs::equivalent(path, known, error);
      });
      if (!is_known) all.push_back(path);
    }
  }
  if (all.size() > archive::Position::kJournalsMax)
    return failure(ErrorKind::usage,
                   "more journals than a network has nodes: " + std::to_string(all.size()));
  return all;
}

}  // namespace chargemill::app
