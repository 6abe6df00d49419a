#include "app/history/journal_set.hpp"

#include <algorithm>
#include <system_error>

#include "actors/archive/history.hpp"
#include "actors/archive/past_set.hpp"
#include "runtime/base/assert.hpp"
#include "runtime/journal/directory.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

bool holds_segments(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return false;
  const auto names = runtime::journal::list_segments(path.string());
  return names && !names->empty();
}

}  // namespace

fs::path journal_of_node(const fs::path& first, unsigned node) {
  if (first.empty() || node == 0) return first;
  return first / ("node-" + std::to_string(node));
}

std::vector<fs::path> journals_beside(const fs::path& first) {
  std::vector<fs::path> found;
  for (unsigned node = 0; node < archive::Position::kJournalsMax; ++node) {
    const auto path = journal_of_node(first, node);
    if (holds_segments(path)) found.push_back(path);
  }
  return found;
}

Result<std::unique_ptr<archive::Past>> read_journals(const std::vector<fs::path>& paths) {
  CHARGEMILL_ASSERT(!paths.empty());
  std::vector<std::unique_ptr<archive::Past>> members;
  for (const auto& path : paths) {
    auto history = archive::History::open(path.string());
    if (!history) return tl::unexpected(history.error());
    members.push_back(std::make_unique<archive::History>(std::move(*history)));
  }
  if (members.size() == 1) return std::move(members.front());
  return std::make_unique<archive::PastSet>(std::move(members));
}

Result<std::optional<archive::UtcMicros>> newest_time(const std::vector<fs::path>& paths) {
  std::optional<archive::UtcMicros> newest;
  for (const auto& path : paths) {
    auto history = archive::History::open(path.string());
    if (!history) return tl::unexpected(history.error());
    const auto time = history->newest_time();
    if (!time) return tl::unexpected(time.error());
    if (*time) newest = std::max(newest.value_or(**time), **time);
  }
  return newest;
}

}  // namespace chargemill::app
