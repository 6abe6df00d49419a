// A simulated cluster whose nodes join while it runs and are there for different things.
#pragma once

#include "tests/runtime/agreement/joining_cluster.hpp"
#include "tests/runtime/agreement/roles_cluster.hpp"

namespace chargemill::test {

class JoiningRolesCluster : public JoiningCluster {
 public:
  using JoiningCluster::JoiningCluster;

 protected:
  void set(agreement::MemberOptions& options) const override {
    JoiningCluster::set(options);
    options.roles_of = [this](std::string_view card) {
      return roles_at(static_cast<unsigned>(card.at(1) - '0'));
    };
  }
  [[nodiscard]] Roles roles_at(unsigned n) const override { return roles_of_number(n); }
  void stepped(unsigned n) override {
    const Node& node = nodes_[n];
    const auto& view = node.member->view();
    const auto number = view.table.number_of(node.member->self());
    if (node.member->is_central(clock_of(node)) && !roles_at(n).central)
      broke("a node leads that may not");
    if (!roles_at(n).shards && !node.shards.empty())
      broke("a node acts for a shard that may have none");
    if (view.table.has_part(number) && is_role_missing(view)) return leave(n);
    JoiningCluster::stepped(n);
  }

 private:
  /// Of those who have part in the network and live; then all of them end (app/nodes).
  [[nodiscard]] static bool is_role_missing(const agreement::View& view) {
    std::vector<Roles> roles;
    for (const auto& owner : view.table.owners) {
      if (view.has(owner) && view.table.has_part(view.table.number_of(owner)))
        roles.push_back(view.roles_of(owner));
    }
    return missing_role(roles).has_value();
  }
  void leave(unsigned n) {
    for (const auto& action : nodes_[n].member->on(agreement::Leave{}, clock_of(nodes_[n]))) {
      if (const auto* const ask = std::get_if<agreement::Ask>(&action)) perform(n, *ask);
    }
    end(n, between(0.1, 0.5));  // a supervisor starts it again
  }
};

}  // namespace chargemill::test
