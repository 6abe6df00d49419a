// From a journal to what central has to know after a restart (D-084).
#pragma once

#include <optional>

#include "actors/archive/codec.hpp"
#include "actors/archive/image.hpp"
#include "runtime/journal/reader.hpp"

namespace chargemill::archive {

/// The newest RunBegan with the time of the newest record; none: nothing was written yet. Reads
/// kDisorderMax records at most.
struct LastRun {
  RunBegan run;
  std::chrono::microseconds last_time{};
};
[[nodiscard]] Result<std::optional<LastRun>> find_last_run(runtime::journal::Reader& reader);

/// Which shards somebody wants to know about, by ShardId.
using Wanted = std::vector<bool>;

/// Reads no further back than the last round that every shard has finished, of those that are
/// wanted (empty: all), whatever the journal's length (README). Model times count from `origin`.
[[nodiscard]] Result<Image> restore(runtime::journal::Reader& reader, const RunBegan& run,
                                    Origin origin, const Wanted& wanted = {});

/// When another journal has begun to keep those shards, after `after`: by the marks of their
/// rounds, whatever its length. None: it has not.
[[nodiscard]] Result<std::optional<std::chrono::microseconds>> first_round_later(
    runtime::journal::Reader& reader, std::chrono::microseconds after, const Wanted& wanted);

/// Adds to `image` what another journal says of those shards after `after`: whoever wrote it had
/// them then. `shard_of`: by PointId.
[[nodiscard]] Result<void> restore_later(runtime::journal::Reader& reader, Origin origin,
                                         std::chrono::microseconds after, const Wanted& wanted,
                                         const std::vector<ShardId>& shard_of, Image& image);

}  // namespace chargemill::archive
