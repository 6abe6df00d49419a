// A simulated cluster whose nodes leave in peace, one after the other: their shards move to those
// who stay, and nobody who comes is welcome.
#pragma once

#include <cstdlib>
#include <string>

#include "tests/runtime/agreement/shrinking_cluster.hpp"

namespace chargemill::test {

[[nodiscard]] inline std::uint64_t seed_from(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class LeavingCluster final : public ShrinkingCluster {
 public:
  explicit LeavingCluster(Options options) : ShrinkingCluster(options), wish_(nodes()) {
    for (unsigned n = 0; n + 1 < nodes(); ++n) {
      at(between(8.0, 30.0), [this, n] { want(n); });
    }
  }
  [[nodiscard]] unsigned parted() const noexcept { return parted_; }
  /// Nodes that died while shards were on their way from or to them.
  [[nodiscard]] unsigned died_on_the_way() const noexcept { return died_on_the_way_; }
  [[nodiscard]] unsigned wishes() const noexcept { return static_cast<unsigned>(wish_.size()) - 1; }

 private:
  struct Wish {
    bool is_said = false;
    bool has_left = false;
  };

  void want(unsigned n) {
    wish_[n].is_said = true;
    deliver(n, nodes_[n].life, agreement::PartWith{});
  }
  void set(agreement::MemberOptions& options) const override {
    options.course = agreement::Course::heirs;
    options.expected = static_cast<unsigned>(nodes());
    options.shards = 12;
  }
  [[nodiscard]] bool may_start(unsigned n) const override { return !wish_[n].has_left; }
  void stepped(unsigned n) override {
    Node& node = nodes_[n];
    const auto& view = node.member->view();
    const auto number = view.table.number_of(node.member->self());
    const bool is_done = wish_[n].is_said && number != agreement::ShardTable::kNobody &&
                         view.is_leaving(node.member->self()) && view.table.loads()[number] == 0 &&
                         !view.table.gives_away(number);
    if (!is_done) return die_now_and_then(n);
    wish_[n].has_left = true;
    ++parted_;
    for (const auto& action : node.member->on(agreement::Leave{}, clock_of(node))) {
      if (const auto* const ask = std::get_if<agreement::Ask>(&action)) perform(n, *ask);
    }
    node.member.reset();
    node.shards.clear();
  }
  /// While shards move, more often than at other times.
  void die_now_and_then(unsigned n) {
    if (!options_.has_faults || is_healing_) return;
    if (nodes_[n].member->view().table.moving() == 0 || !chance(0.01)) return;
    at(Nanos{0}, [this, n] {
      if (!nodes_[n].member) return;
      ++tally_.crashes;
      crashing(n);
      end(n, between(0.05, 10.0));
    });
  }
  void crashing(unsigned n) override {
    const auto& view = nodes_[n].member->view();
    const auto number = view.table.number_of(nodes_[n].member->self());
    for (std::size_t s = 0; s < kShards; ++s) {
      if (!view.table.is_moving(s)) continue;
      if (view.table.owner[s] != number && view.table.next[s] != number) continue;
      ++died_on_the_way_;
      return;
    }
  }

  std::vector<Wish> wish_;
  unsigned parted_ = 0;
  unsigned died_on_the_way_ = 0;
};

}  // namespace chargemill::test
