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
/// `upto`: as if the journal ended with that number; then the time is of the RunBegan alone.
[[nodiscard]] Result<std::optional<LastRun>> find_last_run(
    runtime::journal::Reader& reader,
    runtime::journal::Sequence upto = runtime::journal::kSequenceMax);

/// Reads no further back than the last round that every shard has finished, whatever the journal's
/// length (README). Model times count from `origin`. `upto`: as above.
[[nodiscard]] Result<Image> restore(
    runtime::journal::Reader& reader, const RunBegan& run, Origin origin,
    runtime::journal::Sequence upto = runtime::journal::kSequenceMax);

}  // namespace chargemill::archive
