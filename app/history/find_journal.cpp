#include "app/history/find_journal.hpp"

#include <algorithm>
#include <system_error>
#include <vector>

#include "runtime/journal/directory.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

bool holds_segments(const fs::path& path) {
  const auto names = runtime::journal::list_segments(path.string());
  return names && !names->empty();
}

/// The journals below a run directory: its own, or those of --repeat.
std::vector<fs::path> journals_of(const fs::path& run) {
  std::vector<fs::path> found;
  std::error_code error;
  if (fs::is_directory(run / "journal", error)) found.push_back(run / "journal");
  for (fs::directory_iterator one{run, error}, end; !error && one != end; one.increment(error)) {
    if (fs::is_directory(one->path() / "journal", error)) found.push_back(one->path() / "journal");
  }
  return found;
}

}  // namespace

Result<fs::path> find_journal(const fs::path& named, const fs::path& runs) {
  std::error_code error;
  if (!named.empty()) {
    if (!fs::exists(named, error))
      return failure(ErrorKind::environment, named.string() + ": no such directory");
    for (const auto& path : {named, named / "journal"}) {
      if (holds_segments(path)) return path;
    }
    return failure(ErrorKind::environment, named.string() + " holds no journal");
  }
  std::vector<std::pair<fs::file_time_type, fs::path>> all;
  for (fs::directory_iterator run{runs, error}, end; !error && run != end; run.increment(error)) {
    for (const auto& path : journals_of(run->path())) {
      std::error_code gone;
      const auto time = fs::last_write_time(path, gone);
      if (!gone && holds_segments(path)) all.emplace_back(time, path);
    }
  }
  if (all.empty())
    return failure(ErrorKind::environment, "there is no run with a journal below " + runs.string() +
                                               "/; name a directory with --data");
  return std::max_element(all.begin(), all.end())->second;
}

}  // namespace chargemill::app
