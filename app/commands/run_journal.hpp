// The journal of one `run`: where it is, and what it continues.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/nodes/continuation.hpp"
#include "app/nodes/words.hpp"
#include "app/simulation/simulation.hpp"

namespace chargemill::app {

/// Where a run keeps its journal: `data` is the key journal.dir, `run` the run directory or empty.
/// Empty: nowhere.
[[nodiscard]] std::filesystem::path journal_path(const std::string& data,
                                                 const std::filesystem::path& run);

/// Where a node keeps its journal: `data` as above, without it `$HOME/.chargemill/journal`. Empty:
/// it is switched off. Fails without a HOME: what was promised must not go nowhere unsaid.
[[nodiscard]] Result<std::filesystem::path> node_journal_path(const std::string& data);

/// Where a node that may return keeps what it needs for that: beside its journal.
[[nodiscard]] std::filesystem::path node_recovery_path(const std::string& data);

/// Opens the journal at `path` for node `node` of those of `scenario`. Fails if somebody else
/// writes there, and says who, or if another network has.
[[nodiscard]] Result<RunJournal> open_journal_of_node(const std::filesystem::path& path,
                                                      const network::Scenario& scenario,
                                                      unsigned node);
/// What an earlier run has left there; none: nothing.
[[nodiscard]] std::optional<LeftBehind> left_in(const RunJournal& journal);
/// `scenario` goes on from there: model time after the last record, and nobody starts in a session
/// but those who were in one. A node without a journal of that run begins its part anew; one that
/// was lost in it, and whose shards others had, reads what they have written in journals beside its
/// own. `node`: which of them this is.
[[nodiscard]] Result<void> continue_from(const Continuation& from, RunJournal& journal,
                                         network::Scenario& scenario, unsigned node = 0);

/// Of a node that joins a run which began so: it has no shards, and its journal is of that run from
/// now on. Why it cannot be; empty: it is.
[[nodiscard]] std::string join_run(const Beginning& beginning, RunJournal& journal,
                                   network::Scenario& scenario);

/// All three, for a process that is alone.
[[nodiscard]] Result<RunJournal> open_run_journal(const std::filesystem::path& path,
                                                  network::Scenario& scenario);

/// What it continues, for people; empty: nothing.
[[nodiscard]] std::string continued_text(const RunJournal& journal,
                                         const network::Scenario& scenario,
                                         const std::filesystem::path& path);

}  // namespace chargemill::app
