// How somebody outside reads what the shards know, without a lock and without a copy of it all.
#pragma once

#include <cstdint>

#include "actors/central/central.hpp"
#include "actors/central/shard.hpp"

namespace chargemill::central {

/// So many points one look passes at most: a shard has others to answer.
inline constexpr std::uint32_t kPointsALook = 512;

/// Goes from shard to shard in their order, never in two at once; each reads it on its own worker,
/// between two messages. So every shard is seen as it stood at one moment, but not all at the same.
class Inspection {
 public:
  Inspection() = default;
  Inspection(const Inspection&) = delete;
  Inspection& operator=(const Inspection&) = delete;
  virtual ~Inspection() = default;

  /// Reads what central itself knows, before any shard; not of an inspection of one shard. On
  /// central's worker.
  virtual void begin(const CentralState& /*central*/) {}
  /// Whether it reads what shards have denied: other nodes are to copy that, too.
  [[nodiscard]] virtual bool reads_denials() const noexcept { return false; }
  /// Reads at most kPointsALook points of `shard` from local index `from` on. Returns the index to
  /// go on from; points.size(): on to the next shard; more than that: enough was seen.
  virtual std::uint32_t look(const ShardState& shard, SimTime now, std::uint32_t from) = 0;
  /// It has seen what it wanted. On the last worker's thread; called once, or never if the network
  /// ends before.
  virtual void finish(SimTime now) = 0;
  /// Instead of that, on any thread: nobody can show what was to be seen. The node of the one shard
  /// that it is for is lost, or gives it away this moment.
  virtual void abandon(SimTime now) { finish(now); }

  static constexpr std::uint32_t kEnough = 0xFFFFFFFF;
};

/// Of a node that has central and no shard.
inline constexpr ShardId kNoShardHere{0xFFFF};

/// central, shard -> shard: your turn, then that of the next shard of this node. `only_this`: no
/// shard after it. `what` lives until finish().
struct Inspect {
  Inspection* what;
  std::uint32_t from;
  ShardId shard;
  bool only_this;
};

}  // namespace chargemill::central
