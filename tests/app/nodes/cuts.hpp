// Nodes of which etcd hears all, with cables between them that are cut: each has its Silence, and
// time goes on by hand.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "app/nodes/silence.hpp"

namespace chargemill::test {

class Cuts {
 public:
  using Time = app::Silence::Time;
  static constexpr std::chrono::milliseconds kStep{50};  // each looks at every second one
  static constexpr std::chrono::seconds kSuspectAfter{2};

  Cuts(unsigned nodes, unsigned central, std::chrono::seconds lease = std::chrono::seconds{5})
      : lease_(lease), central_(central), living_((1U << nodes) - 1) {
    for (unsigned n = 0; n < nodes; ++n) {
      nodes_.push_back({app::Silence{n, 100 + n, lease, kSuspectAfter}, {}, {}, {}, {}});
      nodes_.back().heard.resize(nodes, now_);
    }
    pass(0.5);
  }

  void cut_one_way(unsigned from, unsigned to) { cut_.insert({from, to}), cut_at_ = now_; }
  void cut(unsigned a, unsigned b) { cut_one_way(a, b), cut_one_way(b, a); }
  void heal() { cut_.clear(); }
  /// All between these and the others.
  void cut_off(std::uint32_t part) {
    for (unsigned a = 0; a < nodes_.size(); ++a) {
      for (unsigned b = 0; b < nodes_.size(); ++b) {
        if ((part >> a & 1U) != 0 && (part >> b & 1U) == 0) cut(a, b);
      }
    }
  }
  /// Links tell only the end that does not hear; else both ends know at once, as they do.
  void let_one_end_notice() { is_noticed_by_both_ = false; }
  /// From its stop until etcd has no place for it any more.
  void let_end_take(unsigned node, Nanos time) { nodes_[node].end_takes = time; }
  /// Etcd's word that somebody is gone comes to node n only after n times that.
  void let_etcd_tell_in_turns(Nanos each) { tells_each_after_ = each; }
  /// It says nothing any more, and etcd says so only after `told_after`.
  void die(unsigned node, Nanos told_after) {
    cut_at_ = now_;
    nodes_[node].stopped_at = now_;
    nodes_[node].end_takes = told_after;
    dead_ |= 1U << node;
  }

  void pass(double leases) {
    const auto end = now_ + leases_of(leases);
    while (now_ < end) step();
  }
  /// Those who have stopped, by bit; dead ones have not.
  [[nodiscard]] std::uint32_t stopped() const {
    std::uint32_t nodes = 0;
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      if (nodes_[n].stopped_at && (dead_ >> n & 1U) == 0) nodes |= 1U << n;
    }
    return nodes;
  }
  /// From the last cut until etcd had nobody any more who stops, in leases.
  [[nodiscard]] double took() const {
    return std::chrono::duration<double>(changed_at_ - cut_at_) / lease_;
  }
  [[nodiscard]] std::uint32_t living() const { return living_; }
  [[nodiscard]] bool is_cut(unsigned a, unsigned b) const {
    return cut_.count({a, b}) + cut_.count({b, a}) > 0;
  }
  [[nodiscard]] unsigned told() const { return told_; }

 private:
  struct Node {
    app::Silence silence;
    std::vector<Time> heard;  // by node
    std::optional<Time> stopped_at, left_at;
    std::optional<Nanos> end_takes;
  };

  [[nodiscard]] Nanos leases_of(double leases) const {
    return std::chrono::duration_cast<Nanos>(leases * std::chrono::duration<double>(lease_));
  }
  [[nodiscard]] bool is_heard(unsigned from, unsigned to) const {
    if (nodes_[from].stopped_at) return false;
    return is_noticed_by_both_ ? !is_cut(from, to) : cut_.count({from, to}) == 0;
  }
  void step() {
    now_ += kStep;
    ++steps_;
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      for (unsigned m = 0; m < nodes_.size(); ++m) {
        if (is_heard(m, n)) nodes_[n].heard[m] = now_;
      }
      const auto& node = nodes_[n];
      const Nanos takes = node.end_takes.value_or(std::chrono::milliseconds{300});
      if (node.stopped_at && (living_ >> n & 1U) != 0 && now_ - *node.stopped_at >= takes) leave(n);
    }
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      if ((steps_ + n) % 2 == 0 && !nodes_[n].stopped_at) look(n);
    }
  }
  void leave(unsigned n) {
    living_ &= ~(1U << n);
    nodes_[n].left_at = now_;
    changed_at_ = now_;
    if (central_ == n) central_ = app::kNoNode;
    // Etcd elects one of those who are left.
    if (central_ == app::kNoNode && living_ != 0)
      central_ = static_cast<unsigned>(__builtin_ctz(living_));
  }
  [[nodiscard]] std::uint32_t living_for(unsigned n) const {
    std::uint32_t result = living_;
    for (unsigned m = 0; m < nodes_.size(); ++m) {
      const auto& left_at = nodes_[m].left_at;
      if (left_at && now_ - *left_at < n * tells_each_after_) result |= 1U << m;
    }
    return result;
  }
  void look(unsigned n) {
    Node& node = nodes_[n];
    app::Scene scene{central_, living_for(n), 0};
    for (unsigned m = 0; m < nodes_.size(); ++m) {
      if (m != n && now_ - node.heard[m] > kSuspectAfter) scene.suspect |= 1U << m;
    }
    scene.suspect &= scene.living;
    if (node.silence.look(scene, now_) != app::kNoNode) {
      node.stopped_at = now_;
      return;
    }
    const auto news = node.silence.news(now_);
    for (unsigned m = 0; m < nodes_.size() && news; ++m) {
      if (m == n || (living_ & ~scene.suspect & 1U << m) == 0) continue;
      ++told_;
      if (is_heard(n, m)) nodes_[m].silence.hear(*news);
    }
  }

  const std::chrono::seconds lease_;
  unsigned central_;
  std::uint32_t living_, dead_ = 0;
  std::vector<Node> nodes_;
  std::set<std::pair<unsigned, unsigned>> cut_;
  bool is_noticed_by_both_ = true;
  Nanos tells_each_after_{0};
  Time now_{std::chrono::seconds{1'000}}, cut_at_{}, changed_at_{};
  unsigned steps_ = 0, told_ = 0;
};

}  // namespace chargemill::test
