// What is known of shards whose node was lost: the journals of all who have had them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "actors/archive/restore.hpp"

namespace chargemill::app {

/// Whose journals to read, and what they must be.
struct LivesWanted {
  std::filesystem::path first;          ///< of the first node; those of the others are beside it
  std::vector<std::uint8_t> former;     ///< the nodes that have had the shards, in this order
  std::uint32_t run = 0;                ///< the run that wrote there last must be this one
  std::vector<std::uint64_t> networks;  ///< by node: what its journal is to bear (fingerprint)
  archive::Origin origin;
  archive::Wanted shards;
  std::vector<ShardId> shard_of;  ///< by PointId
};

/// Adds what other nodes have written of those shards in the last run, in which they had them for a
/// time, or from some time on; `image` is of the journal of `node`. Journals that are not beside it
/// are not looked for.
[[nodiscard]] Result<void> add_later_lives(const std::filesystem::path& first, unsigned node,
                                           archive::Origin origin, const archive::Wanted& shards,
                                           const std::vector<ShardId>& shard_of,
                                           archive::Image& image);

/// Says of the journal of a node that was given up which of its records is the last that counts
/// (journal::disown_later). Fails if it cannot be read, or is of something else.
[[nodiscard]] Result<void> disown_life(const LivesWanted& wanted, std::uint8_t node,
                                       const std::function<bool()>& may);

/// What they say together. Fails if one cannot be read, or is of something else.
[[nodiscard]] Result<archive::Image> read_lives(const LivesWanted& wanted);

}  // namespace chargemill::app
