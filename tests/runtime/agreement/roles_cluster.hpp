// A simulated cluster whose nodes are there for different things.
#pragma once

#include <algorithm>
#include <string>

#include "runtime/base/roles.hpp"
#include "tests/runtime/agreement/simulated_cluster.hpp"

namespace chargemill::test {

/// Of nodes 0, 1, 2, ...: who may lead has no shard, who has shards does not lead, and some do
/// both.
[[nodiscard]] inline Roles roles_of_number(unsigned n) {
  constexpr std::array<Roles, 3> kMixes{
      {{true, false, false}, {false, true, true}, {true, true, true}}};
  return kMixes[n % kMixes.size()];
}
/// As SimulatedCluster writes cards: "n3 life 7".
[[nodiscard]] inline Roles roles_of_card(std::string_view card) {
  return roles_of_number(static_cast<unsigned>(card.at(1) - '0'));
}

class RolesCluster : public SimulatedCluster {
 public:
  using SimulatedCluster::SimulatedCluster;

 protected:
  void set(agreement::MemberOptions& options) const override { options.roles_of = roles_of_card; }
  void stepped(unsigned n) override {
    const Node& node = nodes_[n];
    const Roles roles = roles_of_number(n);
    if (!roles.central && node.member->is_central(clock_of(node)))
      broke("a node leads that may not");
    if (!roles.shards && !node.shards.empty()) broke("a node acts for a shard that may have none");
  }
  [[nodiscard]] std::string not_converged() const override {
    unsigned centrals = 0;
    std::array<unsigned, kShards> acting{};
    for (const Node& node : nodes_) {
      if (!node.member || !node.member->may_act(clock_of(node))) return "a node is not back";
      const auto& table = node.member->view().table;
      centrals += node.member->is_central(clock_of(node)) ? 1 : 0;
      if (table.moving() > 0) return "shards still move";
      const auto loads = table.loads();
      std::vector<std::size_t> of_bearers;
      for (std::size_t i = 0; i < loads.size(); ++i) {
        const auto number = static_cast<unsigned>(table.owners[i].name.at(1) - '0');
        if (roles_of_number(number).shards) of_bearers.push_back(loads[i]);
      }
      if (of_bearers.empty()) return "nobody has a shard";
      const auto [least, most] = std::minmax_element(of_bearers.begin(), of_bearers.end());
      if (*most - *least > 1) return "shards are not even";
      for (std::size_t s = 0; s < kShards; ++s)
        acting[s] += node.member->acts_for(s, clock_of(node));
    }
    if (centrals != 1) return std::to_string(centrals) + " centrals";
    for (const unsigned count : acting) {
      if (count != 1) return std::to_string(count) + " nodes act for a shard";
    }
    return {};
  }
};

}  // namespace chargemill::test
