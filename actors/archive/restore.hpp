// From a journal to what central has to know after a restart (D-084).
#pragma once

#include <optional>

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

/// The time of the newest record; none: the journal is empty. Reads kDisorderMax records at most,
/// forward: so the disk is waited for in large pieces.
[[nodiscard]] Result<std::optional<runtime::journal::Micros>> newest_time(
    runtime::journal::Reader& reader);

/// The newest RunBegan or RunAgain with the time of the newest record; none: nothing was written
/// yet.
struct LastRun {
  RunBegan run;
  std::chrono::microseconds last_time{};
};
[[nodiscard]] Result<std::optional<LastRun>> find_last_run(runtime::journal::Reader& reader);

/// Reads no further back than the last round that every shard of the part has finished, whatever
/// the journal's length (README). Model times count from `origin`.
[[nodiscard]] Result<Image> restore(runtime::journal::Reader& reader, const RunBegan& run,
                                    Origin origin, NodePart part = {});

/// The first record that both of these would look at: whoever drops it or a later one drops what a
/// restart needs.
[[nodiscard]] Result<runtime::journal::Sequence> needed_from(runtime::journal::Reader& reader,
                                                             NodePart part = {});

}  // namespace chargemill::archive
