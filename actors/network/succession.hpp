// Which nodes have the shards of a network, from its beginning on and while it runs.
#pragma once

#include <cstdint>
#include <vector>

#include "actors/archive/image.hpp"
#include "runtime/base/units.hpp"

namespace chargemill::network {

/// What of a shard: those who stand at its charge points, with director and supervisor, or its
/// fleet with the drivers. Nodes may be there for the one and not for the other.
enum class Half : std::uint8_t { both, shard, fleet };

/// How the shards lie when a node builds its network.
struct Spread {
  unsigned nodes = 0;             ///< among so many they were dealt out; 0: among all the engine's
  std::vector<unsigned> node_of;  ///< by ShardId: where they are by now; empty: where they were
                                  ///< dealt to
  unsigned central = 0;           ///< likewise
  std::vector<unsigned> fleet_of = {};  ///< where their fleets are; empty: each beside its shard
};

/// Shards that come to this node, all from one place.
struct Inheritance {
  std::vector<std::uint32_t> shards;
  const archive::Image* image = nullptr;  ///< what their journal says; null: nobody knows
  SimTime since{};    ///< until then whoever had them has done what the scenario says
  unsigned life = 1;  ///< numbers the lives of these shards, from 0: no number is given out twice
  bool central = false;    ///< and with them who answers for all
  Half half = Half::both;  ///< of all of them
};

/// Where the numbers of a shard's life begin among those of a run, of which the first 32
/// lives have 1 << `bits` each. After them each begins inside the numbers of one of those, behind
/// what that one can hardly have given out: 1/32 of it, and after 1,024 lives 1/1,024. After 32,768
/// lives they come again.
[[nodiscard]] constexpr std::uint64_t first_of_life(unsigned life, unsigned bits) noexcept {
  constexpr unsigned kGroup = 5;  // bits
  constexpr unsigned kGroups = 3;
  std::uint64_t first = 0;
  for (unsigned group = 0; group < kGroups; ++group) {
    const std::uint64_t digit = life >> (group * kGroup) & ((1U << kGroup) - 1U);
    first |= digit << (bits - group * kGroup);
  }
  return first;
}

/// Where all shards are from now on.
struct Route {
  std::vector<unsigned> node_of;       ///< by ShardId
  std::vector<unsigned> fleet_of;      ///< likewise; empty: each fleet is beside its shard
  std::vector<std::uint32_t> carried;  ///< shards that have moved with all that they are
  Half carried_half = Half::both;      ///< or what of them
  unsigned central = 0;                ///< the node that has it
  std::int64_t token = 0;              ///< what its orders are fenced with; 0: with nothing
};

/// What an inheritance has brought.
struct Restored {
  std::uint64_t points = 0;
  std::uint64_t sessions = 0;  ///< open ones that go on, or whose end is known
  std::uint64_t tickets = 0;   ///< not confirmed yet
};

}  // namespace chargemill::network
