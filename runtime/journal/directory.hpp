// The files of a journal: which segments there are, and how they come and go.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/journal/disowned.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::runtime::journal {

/// A segment begins with record `first`. A second try at the same number, because the first one
/// failed before anything in it was acknowledged, has the next generation.
struct SegmentName {
  Sequence first = 1;
  std::uint32_t generation = 0;
};

/// "<first, 20 digits>-<generation>.segment"
[[nodiscard]] std::string path_of(const std::string& directory, SegmentName name);
/// The segments that count, by `first` rising: of several generations only the last.
/// A directory that is not there is an error.
[[nodiscard]] Result<std::vector<SegmentName>> list_segments(const std::string& directory);

/// What there is of a journal; what comes and goes while it is listed may be missed.
struct Listing {
  std::vector<SegmentName> segments;  ///< as of list_segments
  std::vector<Disowned> disowned;     ///< what is still to come last
};
/// Errors: as of list_segments; what is disowned cannot be read.
[[nodiscard]] Result<Listing> list_journal(const std::string& directory);

/// Makes the directory and its parents where they are missing; their names are on disk when it
/// returns, or a power cut could take the journal with them.
[[nodiscard]] Result<void> make_directory(const std::string& directory);
/// Removes what a crash or a failure left: unfinished segments, locks without a segment, segments
/// that a later generation has replaced. For the writer only.
void remove_leftovers(const std::string& directory);
/// Gives `from` the name `to`, on disk when it returns.
[[nodiscard]] Result<void> rename_durably(const std::string& directory, const std::string& from,
                                          const std::string& to);
/// Removes a segment and its lock; whoever still reads it may go on. One that is not there is none
/// to remove. After an error it is there as it was. A power cut may undo it until the names are on
/// disk.
[[nodiscard]] Result<void> remove_segment(const std::string& directory, SegmentName name);
/// All names in the directory are on disk when it returns, as they are.
[[nodiscard]] Result<void> sync_names(const std::string& directory);
/// Whether there is no such file any more.
[[nodiscard]] bool is_gone(const std::string& path) noexcept;
/// The size of a file; 0 if it is not there.
[[nodiscard]] std::uint64_t bytes_of(const std::string& path) noexcept;

}  // namespace chargemill::runtime::journal
