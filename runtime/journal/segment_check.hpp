// Looking at all of a segment.
#pragma once

#include "runtime/journal/environment.hpp"
#include "runtime/journal/record.hpp"

namespace chargemill::runtime::journal {

/// Checks the head, every record, that numbers have no gap, the manifest if there is one, and that
/// every key of every record is found by its posting and no other. Returns how many records there
/// are up to `last_max`. Takes the memory of all postings.
[[nodiscard]] Result<std::uint64_t> check_segment(const Environment& environment, Sequence first,
                                                  Sequence last_max);

}  // namespace chargemill::runtime::journal
