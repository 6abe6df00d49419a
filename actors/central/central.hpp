// The one who is asked when it is not about a certain charge point: zones, and orders to all.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "actors/central/recent_denials.hpp"
#include "actors/messages.hpp"

namespace chargemill::central {

/// What central believes to be free in one zone. Shards tell it; between two tellings it counts
/// down what it hands out.
struct ZoneBook {
  std::vector<std::uint32_t> free;  ///< by ShardId
  std::uint32_t next = 0;           ///< shard where the next search starts
};

struct CentralState {
  std::vector<ZoneBook> zones;  ///< by ZoneId
  std::uint16_t shards = 0;
  std::uint32_t points = 0;  ///< their ids: [0, points)
  std::uint64_t requests_denied = 0;
  RecentDenials recent_denials;  ///< of those
};

// clang-format off
struct ToShard  { ShardId shard; ZoneRequest message; };
struct ToShards { std::variant<DriverReturned, OperatorOrder, AskRequest> message; };  ///< to each
struct ToOwner  { OperatorOrder message; };                   ///< to the shard of its point
// clang-format on

using CentralEvent = std::variant<ZoneRequest, FreeCount, ZoneMiss, ChargeRequest, CancelRequest,
                                  AskRequest, DriverReturned, PointSearch, OperatorOrder, Tick>;
/// DriverUpdate, PointList: to their driver. PointSearch: to the shard that owns its next point.
using CentralEffect =
    std::variant<ToShard, ToShards, ToOwner, DriverUpdate, PointSearch, PointList>;
using CentralEffects = std::vector<CentralEffect>;
static_assert(sizeof(CentralEvent) <= 64);

[[nodiscard]] CentralState make_central(std::uint16_t shards, std::uint16_t zones,
                                        std::uint32_t points = 0);

/// Answers `event`: changes `state` and appends what must be said. Central has no deadlines.
void step(CentralState& state, const CentralEvent& event, SimTime now, CentralEffects& effects);
[[nodiscard]] constexpr SimTime due(const CentralState&) noexcept { return kNever; }

/// The next shard that should have a free point in `zone`; load goes round.
[[nodiscard]] std::optional<ShardId> choose_shard(const CentralState& state, ZoneId zone);

}  // namespace chargemill::central
