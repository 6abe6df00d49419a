// A simulated cluster whose nodes join while it runs: those beyond the first three, and all that
// come back after a crash. Whoever is central says at some time that they are ready.
#pragma once

#include <set>
#include <string>
#include <tuple>

#include "runtime/base/roles.hpp"
#include "tests/runtime/agreement/simulated_cluster.hpp"

namespace chargemill::test {

class JoiningCluster : public SimulatedCluster {
 public:
  static constexpr std::size_t kUsed = 12;
  explicit JoiningCluster(Options options) : SimulatedCluster(options) {}
  /// How often a node was ready, and how often one had shards for the first time in that life.
  [[nodiscard]] unsigned ready() const noexcept { return static_cast<unsigned>(told_.size()); }
  [[nodiscard]] unsigned joined() const noexcept { return static_cast<unsigned>(joined_.size()); }

 protected:
  void set(agreement::MemberOptions& options) const override {
    options.course = agreement::Course::heirs;
    options.expected = 3;
    options.shards = kUsed;
  }
  void stepped(unsigned n) override {
    const Node& node = nodes_[n];
    const auto& view = node.member->view();
    note_numbers(view);
    if (!node.member->is_central(clock_of(node))) return;
    for (const auto& owner : view.table.owners) {
      const bool is_new = view.has(owner) && !view.table.has_part(view.table.number_of(owner));
      const auto life = agreement::number_of(owner.incarnation);
      if (!is_new || !told_.emplace(n, node.life, life).second) continue;
      newcomers_.insert(life);
      at(between(0.01, 1.0),
         [this, n, life = node.life, owner] { deliver(n, life, agreement::Welcome{owner}); });
    }
    for (std::size_t i = 0; i < view.table.owners.size(); ++i) {
      const auto life = agreement::number_of(view.table.owners[i].incarnation);
      const bool has_part = view.table.has_part(static_cast<agreement::ShardTable::Number>(i));
      if (has_part && newcomers_.count(life) > 0) joined_.insert(life);
    }
  }
  /// What that node is there for.
  [[nodiscard]] virtual Roles roles_at(unsigned) const { return {}; }
  [[nodiscard]] std::string not_converged() const override {
    std::set<std::string> centrals;
    std::array<unsigned, kShards> acting{};
    std::size_t bearers = 0;
    for (unsigned n = 0; n < nodes_.size(); ++n) bearers += roles_at(n).shards ? 1 : 0;
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      const Node& node = nodes_[n];
      if (!node.member || !node.member->may_act(clock_of(node))) return "a node is not back";
      const auto& view = node.member->view();
      if (node.member->is_central(clock_of(node))) centrals.insert(node.member->self().name);
      if (view.table.moving() > 0) return "shards still move";
      std::vector<std::size_t> in_use(view.table.owners.size());
      for (std::size_t s = 0; s < kUsed; ++s) ++in_use[view.table.owner[s]];
      const auto number = view.table.number_of(node.member->self());
      if (number == agreement::ShardTable::kNobody) return "a node has no number";
      if (!view.table.has_part(number)) return "a node has no part";
      const std::size_t fair = kUsed / bearers;
      if (!roles_at(n).shards && view.table.loads()[number] > 0) return "a node is not idle";
      if (roles_at(n).shards && (in_use[number] < fair || in_use[number] > fair + 1))
        return "shards are not even";
      for (std::size_t s = 0; s < kShards; ++s)
        acting[s] += node.member->acts_for(s, clock_of(node));
    }
    if (centrals.size() != 1) return std::to_string(centrals.size()) + " centrals";
    for (const unsigned count : acting) {
      if (count != 1) return std::to_string(count) + " nodes act for a shard";
    }
    return {};
  }

 private:
  /// A life has one number for as long as its network is there.
  void note_numbers(const agreement::View& view) {
    if (view.epoch == seen_) return;
    seen_ = view.epoch;
    for (std::size_t i = 0; i < view.table.owners.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (view.table.owners[i].name == view.table.owners[k].name) broke("two numbers for a name");
      }
    }
  }
  std::set<std::tuple<unsigned, unsigned, std::int64_t>> told_;  // by whom, in which life, of whom
  std::set<std::int64_t> newcomers_;
  std::set<std::int64_t> joined_;
  agreement::Revision seen_{};
};

}  // namespace chargemill::test
