// Into what a scenario's charge points are divided, and how what is generated is called: pure,
// known before anybody is.
#pragma once

#include <cstdint>
#include <string>

#include "actors/network/scenario.hpp"

namespace chargemill::network {

/// Of generated charge points; 1 for none. Sites are about sixteen points each, or as many as the
/// scenario says, and never fewer than zones.
[[nodiscard]] std::uint32_t generated_zones(const Scenario& scenario);
[[nodiscard]] std::uint32_t generated_sites(const Scenario& scenario);

/// What shards are made of: points that are listed, or whole sites of those that are generated.
[[nodiscard]] std::uint32_t shard_parts(const Scenario& scenario);

/// How many shards there are: as many as are asked for, but none without a charge point, for its
/// drivers would have nowhere to go. At least one.
[[nodiscard]] std::uint32_t shards_of(const Scenario& scenario);

/// `CP-000001` for the first; the inverse gives kUnknownPoint for anything else.
[[nodiscard]] std::string generated_point_name(std::uint32_t index);
/// `Z01` for the first.
[[nodiscard]] std::string zone_name(ZoneId zone);

}  // namespace chargemill::network
