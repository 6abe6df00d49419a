// A simulated cluster whose nodes join while it runs, and of which some are there for shards and
// others for drivers.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/runtime/agreement/joining_roles_cluster.hpp"

namespace chargemill::test {

class FleetsCluster final : public JoiningRolesCluster {
 public:
  using JoiningRolesCluster::JoiningRolesCluster;
  /// Fleets that were for themselves in a table, of all that anybody has seen.
  [[nodiscard]] unsigned apart() const noexcept { return apart_; }

 private:
  /// Of any three of them each role is somebody's.
  [[nodiscard]] Roles roles_at(unsigned n) const override {
    constexpr std::array<Roles, 5> kMixes{{{true, false, true},
                                           {false, true, false},
                                           {true, true, true},
                                           {true, true, false},
                                           {false, false, true}}};
    return kMixes[n % kMixes.size()];
  }
  void stepped(unsigned n) override {
    look_at_fleets(n);
    JoiningRolesCluster::stepped(n);
  }
  /// Nobody has a fleet who is not there for drivers, and nobody has one that another has.
  void look_at_fleets(unsigned n) {
    const Node& node = nodes_[n];
    const auto& view = node.member->view();
    epochs_.resize(nodes_.size());
    if (epochs_[n] == view.epoch) return;
    epochs_[n] = view.epoch;
    for (std::size_t s = 0; s < kUsed; ++s) {
      if (!node.member->acts_for_fleet(s, clock_of(node))) continue;
      if (!roles_at(n).drivers) broke("a node acts for a fleet that may have none");
      if (view.table.fleet[s] != view.table.owner[s]) ++apart_;
      for (unsigned m = 0; m < nodes_.size(); ++m) {
        const Node& other = nodes_[m];
        if (m != n && other.member && other.member->acts_for_fleet(s, clock_of(other)))
          broke("two nodes act for the fleet of shard " + std::to_string(s));
      }
    }
  }
  /// Each is beside its shard where it may be, and the others are even.
  [[nodiscard]] std::string not_converged() const override {
    if (auto why = JoiningRolesCluster::not_converged(); !why.empty()) return why;
    const auto& table = nodes_.front().member->view().table;
    const auto roles_of = [&](agreement::ShardTable::Number number) {
      return roles_at(static_cast<unsigned>(table.owners[number].name.at(1) - '0'));
    };
    std::vector<std::size_t> loads(table.owners.size());
    std::vector<bool> has_apart(loads.size());
    for (std::size_t s = 0; s < kUsed; ++s) {
      unsigned acting = 0;
      for (const Node& node : nodes_)
        acting += node.member->acts_for_fleet(s, clock_of(node)) ? 1 : 0;
      if (acting != 1) return std::to_string(acting) + " nodes act for a fleet";
      const bool may_be_beside = roles_of(table.owner[s]).drivers;
      if (may_be_beside && table.fleet[s] != table.owner[s]) return "a fleet is not at home";
      ++loads[table.fleet[s]];
      if (!may_be_beside) has_apart[table.fleet[s]] = true;
    }
    std::size_t least = kUsed;
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      const auto number = table.number_of(nodes_[n].member->self());
      if (roles_at(n).drivers) least = std::min(least, loads[number]);
    }
    for (std::size_t i = 0; i < loads.size(); ++i) {
      if (has_apart[i] && loads[i] > least + 1) return "fleets are not even";
    }
    return {};
  }

  std::vector<agreement::Revision> epochs_;  // as last looked at, by node
  unsigned apart_ = 0;
};

}  // namespace chargemill::test
