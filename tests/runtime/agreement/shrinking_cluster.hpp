// A simulated cluster of which nodes leave, so that in the end those have all that are left.
#pragma once

#include <array>
#include <set>
#include <string>

#include "tests/runtime/agreement/simulated_cluster.hpp"

namespace chargemill::test {

class ShrinkingCluster : public SimulatedCluster {
 protected:
  using SimulatedCluster::SimulatedCluster;

  /// Those of the first table that live have all of it, and one of them leads. Who came back after
  /// all of them were gone begins anew once all are there.
  [[nodiscard]] std::string not_converged() const override {
    std::set<std::string> centrals;
    std::array<unsigned, kShards> acting{};
    bool is_there = false;
    for (const Node& node : nodes_) {
      if (!node.member) continue;
      if (!node.member->may_act(clock_of(node))) return "a node is not back";
      const auto& view = node.member->view();
      const auto number = view.table.number_of(node.member->self());
      if (number == agreement::ShardTable::kNobody || !view.table.has_part(number)) continue;
      is_there = true;
      if (node.member->is_central(clock_of(node))) centrals.insert(node.member->self().name);
      if (view.table.moving() > 0) return "shards still move";
      for (std::size_t s = 0; s < kShards; ++s)
        acting[s] += node.member->acts_for(s, clock_of(node));
    }
    if (!is_there) return {};
    if (centrals.size() != 1) return std::to_string(centrals.size()) + " centrals";
    for (const unsigned count : acting) {
      if (count != 1) return std::to_string(count) + " nodes act for a shard";
    }
    return {};
  }
};

}  // namespace chargemill::test
