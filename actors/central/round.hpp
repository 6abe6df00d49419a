// What a shard repeats to its journal, round and round, so that a restart reads the last round and
// what came after it, and not the years before.
#pragma once

#include <utility>

#include "actors/central/shard.hpp"

namespace chargemill::central {

/// A place in the round: a mark, those who have joined, each point with its closed sessions, each
/// request that has a name, each ticket that is not confirmed, a mark.
struct RoundCursor {
  enum class Part : std::uint8_t { begin, latecomers, points, named, tickets };
  Part part = Part::begin;
  std::uint32_t point = 0;                  ///< local index; or which of those who have joined
  std::uint32_t closed = 0;                 ///< 0: the point itself; n: its n-th closed session
  std::pair<DriverId, SessionId> ticket{};  ///< this one, or the next that is left
  std::pair<DriverId, RequestId> named{};   ///< likewise
};

/// A closed session that is final is repeated for so long: an engine that was out of reach may not
/// have heard that its end is booked.
inline constexpr Nanos kRepeatClosed = std::chrono::hours{1};

/// The record of that place, as things stand.
[[nodiscard]] archive::Record record_at(const ShardState& state, const RoundCursor& cursor,
                                        SimTime now);
/// The place that follows.
[[nodiscard]] RoundCursor after(const ShardState& state, RoundCursor cursor, SimTime now);

}  // namespace chargemill::central
