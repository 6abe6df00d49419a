// Who has the fleets of a table, where not everybody who is there for shards is there for drivers.
// For those who make tables (shard_table, heirs).
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/agreement/shard_table.hpp"

namespace chargemill::runtime::agreement {

/// By number: one of them at least may have fleets.
using Drives = std::vector<bool>;

/// Of the first `used` shards, fleets that nobody has live beside their shards, and where they may
/// not, with whoever has fewest: as network::Placement deals them out.
void give_fleets(ShardTable& table, const Drives& drives, std::size_t used);
/// Those behind, which nobody looks at, are with their shards.
void put_unused_fleets(ShardTable& table, std::size_t used);

/// Nothing moves so far: the next fleets of the first `used` begin to, from one to one other,
/// `at_most` at once. First those of owners who may not have any; false: there are none.
[[nodiscard]] bool begin_fleets_to_leave(ShardTable& table, const Drives& drives, std::size_t used,
                                         std::size_t at_most);
/// Then those that may live beside their shards and do not, and then of the others as many as
/// evenness needs.
void begin_fleets_to_settle(ShardTable& table, const Drives& drives, std::size_t used,
                            std::size_t at_most);

}  // namespace chargemill::runtime::agreement
