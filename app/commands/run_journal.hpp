// The journal of one `run`: where it is, and what it continues.
#pragma once

#include <filesystem>
#include <string>

#include "app/simulation/simulation.hpp"

namespace chargemill::app {

/// Where a run keeps its journal: `data` is the key journal.dir, `run` the run directory or empty.
/// Empty: nowhere.
[[nodiscard]] std::filesystem::path journal_path(const std::string& data,
                                                 const std::filesystem::path& run);

/// Where a node keeps its journal: `data` as above, without it `$HOME/.chargemill/journal`. Empty:
/// it is switched off, or there is no HOME.
[[nodiscard]] std::filesystem::path node_journal_path(const std::string& data);

/// Opens the journal at `path`. If an earlier run of the same network has written there, `scenario`
/// continues it: model time goes on after its last record, and nobody starts in a session but those
/// who were in one. Fails if somebody else writes there, and says who.
[[nodiscard]] Result<RunJournal> open_run_journal(const std::filesystem::path& path,
                                                  network::Scenario& scenario);

/// What it continues, for people; empty: nothing.
[[nodiscard]] std::string continued_text(const RunJournal& journal,
                                         const std::filesystem::path& path);
/// What has become of a journal, for people.
[[nodiscard]] std::string news_text(const Recording::News& news);

}  // namespace chargemill::app
