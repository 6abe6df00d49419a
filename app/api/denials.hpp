// What drivers were denied of late (D-199).
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "actors/central/recent_denials.hpp"
#include "app/api/looks.hpp"

namespace chargemill::app::api {

using Denial = central::RecentDenials::Denial;

/// Which ones are meant: all conditions at once.
struct DenialFilter {
  std::optional<DriverId> driver;
  std::optional<PointId> point;
  std::optional<ZoneId> zone;
  std::size_t limit = 0;
};
struct DenialsFound {
  std::vector<Denial> denials;    ///< the newest first, at most the filter's limit
  std::optional<PointCopy> open;  ///< where that driver has a session, if one is named
};

/// Asks central and all shards and calls `use` on the API's thread. Not taken: the call is refused
/// (503), and that has been said.
void look_for_denials(const CallPtr& call, DenialFilter filter,
                      std::function<void(DenialsFound)> use);
/// As a row of requests: with the reason that the driver heard, and nulls for what there is not.
[[nodiscard]] nlohmann::ordered_json denial_json(const World& world, const Denial& denial);

}  // namespace chargemill::app::api
