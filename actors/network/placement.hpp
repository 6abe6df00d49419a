// Which node has what when a network begins: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/roles.hpp"

namespace chargemill::network {

/// Shards go round among the nodes that are there for them, so that each has as many as the others.
/// A fleet, with its drivers, lives beside its shard, or where that node is not there for drivers,
/// on the one that has fewest. The first node has central.
class Placement {
 public:
  /// Where it lives: `worker` modulo those of its node.
  struct Home {
    unsigned node = 0;
    unsigned worker = 0;
  };

  /// `roles`: by node; empty: all are there for everything. Requires that none of them is missing.
  Placement(std::size_t shards, unsigned nodes, const std::vector<Roles>& roles);

  [[nodiscard]] const Home& shard(std::size_t s) const noexcept { return shards_[s]; }
  [[nodiscard]] const Home& fleet(std::size_t s) const noexcept { return fleets_[s]; }
  [[nodiscard]] bool is_apart(std::size_t s) const noexcept {
    return fleets_[s].node != shards_[s].node;
  }

 private:
  std::vector<Home> shards_;  // by ShardId
  std::vector<Home> fleets_;  // likewise
};

/// What `roles` are to whoever must agree about them: empty if they are none, or all have all.
[[nodiscard]] std::string to_text(const std::vector<Roles>& roles);

}  // namespace chargemill::network
