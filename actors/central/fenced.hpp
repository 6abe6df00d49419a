// What central says to a shard where nodes agree on who is central.
#pragma once

#include <cstdint>

#include "actors/central/shard.hpp"

namespace chargemill::central {

/// With the token of its time: a shard obeys no central that another one has followed (FE-01).
struct Fenced {
  std::int64_t token = 0;
  ShardEvent event;
};

}  // namespace chargemill::central
