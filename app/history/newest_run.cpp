#include "app/history/newest_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "app/history/journal_set.hpp"

namespace chargemill::app {
namespace {

namespace fs = std::filesystem;

struct Candidate {
  fs::file_time_type begun;
  fs::path run;
  fs::path journal;  ///< empty: it kept none
  bool is_elsewhere = false;
};

/// Where the run of a directory keeps its journal, by its manifest; empty: nowhere. None: no
/// manifest is there, or not of a run that says so.
std::optional<fs::path> named_journal(const fs::path& manifest) {
  std::ifstream file{manifest, std::ios::binary};
  const auto said = nlohmann::json::parse(file, nullptr, false);
  if (!said.is_object() || !said.contains("journal")) return std::nullopt;
  const auto& journal = said["journal"];
  if (journal.is_null()) return fs::path{};
  return journal.is_string() ? std::optional{fs::path{journal.get<std::string>()}} : std::nullopt;
}

/// None: it is no run directory. One that was moved here takes its journal along.
std::optional<Candidate> candidate_of(const fs::path& run) {
  std::error_code error;
  const fs::path own = run / "journal";
  const fs::path manifest = run / "manifest.json";
  const bool has_own = fs::is_directory(own, error);
  auto begun = fs::last_write_time(manifest, error);
  if (error && has_own) begun = fs::last_write_time(own, error);
  if (error) return std::nullopt;
  if (has_own) return Candidate{begun, run, own};
  const auto named = named_journal(manifest);
  if (!named) return Candidate{begun, run, {}};
  return Candidate{begun, run, *named, !named->empty()};
}

/// The run directories below `runs`, and those of --repeat below one of them; the newest first.
Result<std::vector<Candidate>> candidates_in(const fs::path& runs) {
  std::vector<Candidate> all;
  std::error_code error;
  if (!fs::exists(runs, error)) return all;
  const auto visit = [&all](const fs::path& run) {
    if (auto one = candidate_of(run)) all.push_back(std::move(*one));
  };
  for (fs::directory_iterator run{runs, error}, end; !error && run != end; run.increment(error)) {
    visit(run->path());
    // One that may not be looked into is no run of ours.
    std::error_code shut;
    for (fs::directory_iterator one{run->path(), shut}; !shut && one != end; one.increment(shut))
      if (one->path().filename() != "journal") visit(one->path());
  }
  if (error)
    return failure(ErrorKind::environment,
                   fmt::format("cannot read {}/: {}", runs.string(), error.message()));
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair{a.begun, a.run} > std::pair{b.begun, b.run};
  });
  return all;
}

std::string remark_on(const Candidate& chosen, const Candidate& newest) {
  if (chosen.run != newest.run)
    return fmt::format("this is {}; {} is newer and {}", chosen.run.string(), newest.run.string(),
                       newest.is_elsewhere
                           ? fmt::format("its journal, {}, is gone", newest.journal.string())
                           : "has no journal");
  if (!chosen.is_elsewhere) return {};
  return fmt::format("this is {}, where {} keeps its journal", chosen.journal.string(),
                     chosen.run.string());
}

}  // namespace

Result<NewestRun> find_newest_run(const fs::path& runs) {
  const auto all = candidates_in(runs);
  if (!all) return tl::unexpected(all.error());
  for (const auto& one : *all) {
    if (one.journal.empty()) continue;
    if (auto journals = journals_beside(one.journal); !journals.empty())
      return NewestRun{std::move(journals), remark_on(one, all->front())};
  }
  return failure(ErrorKind::environment, "there is no run with a journal below " + runs.string() +
                                             "/; name a directory with --data");
}

}  // namespace chargemill::app
