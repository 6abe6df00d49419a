// A simulated cluster whose nodes leave while they lead, at random moments: each lets another one
// lead, with its shards gone before, or, now and then, without waiting for that.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/runtime/agreement/shrinking_cluster.hpp"

namespace chargemill::test {

class HandingOnCluster final : public ShrinkingCluster {
 public:
  explicit HandingOnCluster(Options options) : ShrinkingCluster(options), wishes_(nodes()) {
    for (unsigned turn = 0; turn + 1 < nodes(); ++turn)
      at(between(8.0, 35.0), [this] { ask_who_leads(); });
  }
  /// Nodes that were asked to leave while they led, so far.
  [[nodiscard]] unsigned asked() const noexcept { return asked_; }
  /// Of them, those that the one that they have named has followed, and those that gave up.
  [[nodiscard]] unsigned handed_on() const noexcept { return handed_on_; }
  [[nodiscard]] unsigned gave_up() const noexcept { return gave_up_; }
  /// Nodes that died after they were named and before they led.
  [[nodiscard]] unsigned named_and_lost() const noexcept { return named_and_lost_; }
  /// The longest time from the last moment in which one could order to the first of the next, of
  /// those that handed the lead on.
  [[nodiscard]] Nanos longest_gap() const noexcept { return longest_gap_; }

 private:
  static constexpr std::chrono::seconds kPatience{5};

  struct Wish {
    unsigned life = 0;                      // of the node; 0: nobody has asked it
    bool is_in_a_hurry = false;             // it does not wait for its shards to go
    std::optional<agreement::Owner> heir;   // whom it has named
    std::optional<agreement::Owner> asked;  // the last one, as told
    MachineTime stood_at{};                 // when it has ordered last; 0: that is noted
    Revision token{};                       // what its orders were fenced with
    bool has_left = false;
  };

  void set(agreement::MemberOptions& options) const override {
    options.course = agreement::Course::heirs;
    options.expected = static_cast<unsigned>(nodes());
    options.shards = 12;
  }
  [[nodiscard]] bool may_start(unsigned n) const override { return !wishes_[n].has_left; }

  /// Somebody is left who could lead, or nobody asks.
  void ask_who_leads() {
    if (is_healing_) return;
    for (unsigned n = 0; n < nodes(); ++n) {
      Node& node = nodes_[n];
      if (!node.member || node.paused_until > now_ || !node.member->is_central(clock_of(node)))
        continue;
      if (wishes_[n].life == node.life || !heir_of(n)) return;
      wishes_[n] = {};
      wishes_[n].life = node.life;
      wishes_[n].is_in_a_hurry = chance(0.25);
      ++asked_;
      return deliver(n, node.life, agreement::PartWith{});
    }
    at(between(0.5, 3.0), [this] { ask_who_leads(); });
  }
  [[nodiscard]] std::optional<agreement::Owner> heir_of(unsigned n) const {
    const auto& member = *nodes_[n].member;
    for (const auto& peer : member.view().members) {
      if (peer.who != member.self() && member.view().could_lead(peer.who)) return peer.who;
    }
    return std::nullopt;
  }
  void stepped(unsigned n) override {
    Node& node = nodes_[n];
    note_who_follows(n);
    Wish& wish = wishes_[n];
    if (wish.life != node.life) return;
    const auto& view = node.member->view();
    const bool has_the_key = view.central && *view.central == node.member->self();
    if (wish.heir && !has_the_key) return leave(n);
    if (!has_the_key || (!wish.heir && !may_go(n))) return;
    if (wish.heir && view.could_lead(*wish.heir)) return;
    const auto heir = heir_of(n);
    if (!heir || wish.asked == heir) return;
    wish.asked = heir;
    at(Nanos{0}, [this, n, life = node.life, heir] { name_heir(n, life, *heir); });
  }
  [[nodiscard]] bool may_go(unsigned n) const {
    const auto& member = *nodes_[n].member;
    const auto& view = member.view();
    if (!view.is_leaving(member.self())) return false;
    if (wishes_[n].is_in_a_hurry) return true;
    const auto number = view.table.number_of(member.self());
    return number == agreement::ShardTable::kNobody ||
           (view.table.loads()[number] == 0 && !view.table.gives_away(number));
  }
  void name_heir(unsigned n, unsigned life, const agreement::Owner& heir) {
    Node& node = nodes_[n];
    Wish& wish = wishes_[n];
    if (!node.member || node.life != life) return;
    if (!wish.heir) {
      wish.stood_at = now_;
      wish.token = node.member->view().token;
      at(kPatience, [this, n, life] { give_up(n, life); });
    }
    wish.heir = heir;
    end_of(heir);
    deliver(n, life, agreement::HandOn{heir});
    // It does not order any more from that on, whatever becomes of the word.
    if (node.member && node.paused_until <= now_ && node.member->is_central(clock_of(node)))
      broke("a central that hands on still orders");
  }
  /// As whoever runs a node does: it does not wait for ever.
  void give_up(unsigned n, unsigned life) {
    Node& node = nodes_[n];
    if (!node.member || node.life != life) return;
    if (node.paused_until > now_)
      return (void)node.held.emplace_back([this, n, life] { give_up(n, life); });
    ++gave_up_;
    leave(n);
  }
  void leave(unsigned n) {
    Node& node = nodes_[n];
    wishes_[n].has_left = true;
    for (const auto& action : node.member->on(agreement::Leave{}, clock_of(node))) {
      if (const auto* const ask = std::get_if<agreement::Ask>(&action)) perform(n, *ask);
    }
    node.member.reset();
    node.shards.clear();
  }
  /// Who is named may die before it knows, or soon after.
  void end_of(const agreement::Owner& heir) {
    if (!options_.has_faults || !chance(0.15)) return;
    const auto n = static_cast<unsigned>(std::stoul(heir.name.substr(1)));
    at(between(0.0, 0.05), [this, n, life = nodes_[n].life] {
      if (is_healing_ || !nodes_[n].member || nodes_[n].life != life) return;
      ++tally_.crashes;
      ++named_and_lost_;
      end(n, between(0.05, 10.0));
    });
  }
  void note_who_follows(unsigned n) {
    const auto& member = *nodes_[n].member;
    if (!member.is_central(clock_of(nodes_[n]))) return;
    for (Wish& wish : wishes_) {
      if (!wish.heir || wish.stood_at == MachineTime{} || *wish.heir != member.self()) continue;
      if (member.view().token <= wish.token) broke("a token that is not greater");
      ++handed_on_;
      longest_gap_ = std::max(longest_gap_, now_ - std::exchange(wish.stood_at, {}));
    }
  }

  std::vector<Wish> wishes_;  // by node
  unsigned asked_ = 0;
  unsigned handed_on_ = 0;
  unsigned gave_up_ = 0;
  unsigned named_and_lost_ = 0;
  Nanos longest_gap_{};
};

}  // namespace chargemill::test
