// Records that are nobody's: their writer's node had been given up, and others had taken over from
// its journal, before they were written.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::runtime::journal {

/// A process that slept writes what it had under way once it wakes, before it knows better. What
/// its heirs did not see has not happened: readers leave it out.
struct Disowned {
  Sequence first = 1;
  Sequence last = kSequenceMax;  ///< kSequenceMax: whatever is still to come

  [[nodiscard]] bool has(Sequence sequence) const noexcept {
    return first <= sequence && sequence <= last;
  }
};

/// Says of a journal whose writer has no right to it any more that what comes after its newest
/// record is disowned; durable when it returns. Whoever says it first has said it for all: the
/// others get what it said. May be called while the journal is written; not by its writer. `may`
/// is asked last of all: whoever slept meanwhile may have been given up itself, and the journal be
/// another's. Returns the last record that counts. Errors: the journal cannot be read, the
/// directory not written, or the caller may not.
[[nodiscard]] Result<Sequence> disown_later(const std::string& directory,
                                            const std::function<bool()>& may);

/// The same for the next writer, before its first record: of those up to `last`, which is the
/// newest, what was disowned stays so, and what is still to come is its own. Forgets those below
/// `first`, the oldest record that is there. Requires the directory's lock.
[[nodiscard]] Result<void> end_disowned(const std::string& directory, Sequence first,
                                        Sequence last);

/// What a file of that name says, if it is one of these: `<first>-<last>.disowned`.
[[nodiscard]] std::optional<Disowned> disowned_from(const std::string& file) noexcept;
/// The file that says what is still to come: the number of the last record that counts, as text.
inline constexpr const char* kDisownedFile = "disowned";
/// Reads that; nothing if it is gone, which is when the next writer has begun. Errors: it says
/// something else.
[[nodiscard]] Result<std::optional<Disowned>> read_disowned(const std::string& directory);

}  // namespace chargemill::runtime::journal
