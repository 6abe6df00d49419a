// From a journal to what central has to know after a restart (D-084).
#pragma once

#include <optional>
#include <vector>

#include "actors/archive/codec.hpp"
#include "actors/archive/image.hpp"
#include "runtime/journal/reader.hpp"

namespace chargemill::archive {

/// Which shards write into one journal: of several nodes each has every `nodes`-th, from its own
/// number on.
struct NodePart {
  std::uint16_t nodes = 1;
  std::uint16_t node = 0;
};

/// Which shards somebody wants to know about, by ShardId.
using Wanted = std::vector<bool>;

/// The time of the newest record that counts; none: there is none. Reads kDisorderMax records at
/// most, forward: so the disk is waited for in large pieces.
[[nodiscard]] Result<std::optional<runtime::journal::Micros>> newest_time(
    runtime::journal::Reader& reader);

/// The newest RunBegan or RunAgain with the time of the newest record; none: nothing was written
/// yet.
struct LastRun {
  RunBegan run;
  std::chrono::microseconds last_time{};
};
/// `upto`: as if the journal ended with that number; then the time is of the RunBegan alone.
[[nodiscard]] Result<std::optional<LastRun>> find_last_run(
    runtime::journal::Reader& reader,
    runtime::journal::Sequence upto = runtime::journal::kSequenceMax);

/// When the newest run that has written there began, in UTC; none: none has.
[[nodiscard]] Result<std::optional<runtime::journal::Micros>> newest_run_began(
    runtime::journal::Reader& reader);

/// Reads no further back than the last round that every shard has finished, of those that are
/// wanted (empty: all), whatever the journal's length (README). Model times count from `origin`.
/// `upto`: as above.
[[nodiscard]] Result<Image> restore(
    runtime::journal::Reader& reader, const RunBegan& run, Origin origin, const Wanted& wanted = {},
    runtime::journal::Sequence upto = runtime::journal::kSequenceMax);

/// When another journal has begun to keep those shards, after `after`: by the marks of their
/// rounds, whatever its length. None: it has not.
[[nodiscard]] Result<std::optional<std::chrono::microseconds>> first_round_later(
    runtime::journal::Reader& reader, std::chrono::microseconds after, const Wanted& wanted);

/// What several journals say of those shards, which went from one writer to another and perhaps
/// back: in the order of time, for nobody writes of a shard who does not have it. The last of
/// `readers` is of whoever had them last. `shard_of`: by PointId.
[[nodiscard]] Result<Image> restore_from_all(const std::vector<runtime::journal::Reader*>& readers,
                                             const RunBegan& run, Origin origin,
                                             const Wanted& wanted,
                                             const std::vector<ShardId>& shard_of);

/// The first record that a restart of this part would look at, or of what it has inherited since:
/// whoever drops it or a later one drops what a restart needs.
[[nodiscard]] Result<runtime::journal::Sequence> needed_from(runtime::journal::Reader& reader,
                                                             NodePart part = {});

}  // namespace chargemill::archive
