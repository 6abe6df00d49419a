// Several nodes, a model of etcd and the network between them in one thread. What a node does is
// the real Member; what goes wrong follows from the seed.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/agreement/member.hpp"
#include "tests/runtime/agreement/ledger.hpp"
#include "tests/runtime/agreement/model_etcd.hpp"
#include "tests/runtime/agreement/simulated_node.hpp"
#include "tests/runtime/agreement/simulated_time.hpp"

namespace chargemill::test {

using agreement::kShards;
using agreement::Member;
using agreement::Revision;

class SimulatedCluster : protected SimulatedTime {
 public:
  struct Options {
    std::uint64_t seed = 0;
    double clock_error_max = 0.01;  ///< of each node's clock, either way
    bool has_faults = true;
    int leases_to_heal = 2;
  };
  static constexpr std::chrono::seconds kLease{5};
  static constexpr std::chrono::seconds kFaultsUntil{40};

  explicit SimulatedCluster(Options options) : SimulatedTime(options.seed), options_(options) {
    nodes_.resize(3 + random_.below(3));
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      auto& node = nodes_[n];
      node.rate = 1.0 + options_.clock_error_max * (2 * random_.uniform() - 1);
      node.offset = Nanos{static_cast<std::int64_t>(random_.below(1'000'000'000'000))};
      at(Nanos{static_cast<std::int64_t>(random_.below(3'000'000'000))}, [this, n] { start(n); });
    }
    at(Nanos{0}, [this] { drive(); });
    if (options_.has_faults) at(std::chrono::seconds{3}, [this] { go_wrong(); });
  }

  /// Plays faults to their end, heals everything, and gives some leases to come together. The
  /// first broken law; empty: none was.
  std::string play() {
    run_until(MachineTime{kFaultsUntil});
    is_healing_ = true;
    noise_ = 0;
    cut_.clear();
    if (is_etcd_down_) etcd_.extend(now_);
    is_etcd_down_ = false;
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      nodes_[n].paused_until = now_;
      wake(n);
      start(n);
    }
    run_until(MachineTime{kFaultsUntil} + options_.leases_to_heal * kLease);
    if (broken_.empty()) broken_ = not_converged();
    return broken_;
  }
  [[nodiscard]] const Tally& tally() const noexcept { return tally_; }
  [[nodiscard]] std::size_t nodes() const noexcept { return nodes_.size(); }
  SimulatedCluster(const SimulatedCluster&) = delete;
  SimulatedCluster& operator=(const SimulatedCluster&) = delete;
  virtual ~SimulatedCluster() = default;

 protected:
  static constexpr unsigned kPoints = 64;
  static constexpr unsigned kEtcd = 1'000;  // among the ends of a link

  using Node = SimulatedNode;
  using Watcher = SimulatedWatcher;

  // ---- clocks
  [[nodiscard]] MachineTime clock_of(const Node& node) const {
    return MachineTime{node.offset +
                       Nanos{static_cast<std::int64_t>(
                           static_cast<double>(now_.time_since_epoch().count()) * node.rate)}};
  }

  // ---- what lies between them
  [[nodiscard]] bool is_cut(unsigned from, unsigned to) const { return cut_.count({from, to}) > 0; }
  Nanos delay() { return chance(noise_) ? between(0.05, 3.0) : between(0.0002, 0.02); }
  /// Perhaps late, perhaps twice, perhaps never.
  void carry(unsigned from, unsigned to, const std::function<void()>& what) {
    if (is_cut(from, to) || chance(noise_ / 4)) return;
    at(delay(), what);
    if (chance(noise_ / 4)) at(delay(), what);
  }
  /// To that life of a node, when it is awake.
  void deliver(unsigned n, unsigned life, agreement::Event event) {
    Node& node = nodes_[n];
    if (node.life != life || !node.member) return;
    if (node.paused_until <= now_) return step(n, event);
    node.held.emplace_back([this, n, life, event = std::move(event)] { deliver(n, life, event); });
  }
  /// All that has come meanwhile comes now, in its order.
  void wake(unsigned n) {
    if (nodes_[n].paused_until > now_) return;
    for (auto& what : std::exchange(nodes_[n].held, {})) at(Nanos{0}, std::move(what));
  }

  // ---- a node's life
  void start(unsigned n) {
    Node& node = nodes_[n];
    if (node.member || !may_start(n)) return;
    ++node.life;
    agreement::MemberOptions options;
    options.prefix = "/sim/";
    options.name = "n" + std::to_string(n);
    options.card = options.name + " life " + std::to_string(node.life);
    options.lease = kLease;
    options.expected = 2;
    set(options);
    node.member = std::make_unique<Member>(options, clock_of(node));
    node.shards.clear();
    node.epoch = {};
    node.was_central = false;
    step(n, agreement::Tick{});
  }
  // What other courses do otherwise.
  virtual void set(agreement::MemberOptions&) const {}
  [[nodiscard]] virtual bool may_start(unsigned) const { return true; }
  virtual void stepped(unsigned) {}
  virtual void crashing(unsigned) {}
  [[nodiscard]] virtual bool lets_go_by_itself() const { return true; }

  void end(unsigned n, Nanos until_restart) {
    nodes_[n].member.reset();
    nodes_[n].shards.clear();
    at(until_restart, [this, n] { start(n); });
  }
  void step(unsigned n, const agreement::Event& event) {
    Node& node = nodes_[n];
    const auto actions = node.member->on(event, clock_of(node));
    hold_against_the_others(n);
    for (const auto& action : actions) {
      std::visit([&](const auto& a) { perform(n, a); }, action);
      if (!node.member) return;
    }
    stepped(n);
    if (node.member) wake_later(n);
  }
  void wake_later(unsigned n) {
    Node& node = nodes_[n];
    const auto at_its = node.member->wake_at();
    const unsigned wake = ++node.wake;
    if (at_its == MachineTime::max()) return;
    const auto wait = std::max(Nanos{0}, at_its - clock_of(node));
    const Nanos really{static_cast<std::int64_t>(static_cast<double>(wait.count()) / node.rate) +
                       1};
    at(really, [this, n, wake, life = node.life] {
      if (nodes_[n].wake == wake) deliver(n, life, agreement::Tick{});
    });
  }

  void perform(unsigned n, const agreement::Ask& ask) {
    const unsigned life = nodes_[n].life;
    carry(n, kEtcd, [this, n, life, ask] {
      if (is_etcd_down_) return;
      const auto answer = etcd_.serve(ask.request, now_);
      tell_watchers();
      carry(kEtcd, n, [this, n, life, ask, answer] {
        if (answer) return deliver(n, life, agreement::Answered{ask.call, *answer});
        deliver(n, life, agreement::Unanswered{ask.call, answer.error().text});
      });
    });
    const Nanos patience = Nanos{kLease} / 6;
    at(patience, [this, n, life, ask] {
      deliver(n, life, agreement::Unanswered{ask.call, "no answer in time"});
    });
  }
  void perform(unsigned n, const agreement::BeginWatch& begin) {
    const unsigned life = nodes_[n].life;
    const unsigned watch = ++nodes_[n].watch;
    if (is_cut(n, kEtcd) || is_etcd_down_) return lose_watch(n, life, watch);
    at(delay(), [this, n, life, watch, begin] {
      bool is_compacted = false;
      (void)etcd_.since(begin.from, is_compacted);
      if (is_etcd_down_ || is_compacted) return lose_watch(n, life, watch);
      watchers_.push_back({n, life, watch, begin.from, now_});
      tell_watchers();
    });
  }
  void lose_watch(unsigned n, unsigned life, unsigned watch) {
    at(between(0.01, 0.5), [this, n, life, watch] {
      if (nodes_[n].watch == watch) deliver(n, life, agreement::WatchLost{"cut"});
    });
  }
  void tell_watchers() {
    for (auto& w : watchers_) {
      bool is_compacted = false;
      auto changes = etcd_.since(w.next, is_compacted);
      if (changes.empty()) continue;
      w.next = agreement::after(changes.back().now.modified);
      if (is_cut(kEtcd, w.node)) {
        // What was sent is gone with the connection; who watches is not always told.
        if (chance(0.5)) lose_watch(w.node, w.life, w.watch);
        w.next = Revision{1LL << 60};
        continue;
      }
      w.last = std::max(w.last, now_ + delay());
      at(w.last - now_, [this, w, changes = std::move(changes)] {
        if (nodes_[w.node].watch != w.watch) return;
        deliver(w.node, w.life, agreement::Changes{changes.back().now.modified, changes});
      });
    }
  }
  void perform(unsigned n, const agreement::Drain& drain) {
    if (!lets_go_by_itself()) return;
    at(between(0.001, 0.2), [this, n, life = nodes_[n].life, drain] {
      deliver(n, life, agreement::Drained{drain.epoch});
    });
  }
  void perform(unsigned n, const agreement::TellLetGo& tell) {
    ++tally_.hand_overs;
    const auto to = static_cast<unsigned>(std::stoul(tell.to.name.substr(1)));
    carry(n, to, [this, to, tell] { deliver(to, nodes_[to].life, tell.what); });
  }
  void perform(unsigned, const agreement::Note&) {}
  void perform(unsigned n, const agreement::Stop&) {
    ++tally_.stops;
    end(n, between(0.1, is_healing_ ? 0.5 : 4.0));  // a supervisor starts it again
  }

  // ---- laws
  void hold_against_the_others(unsigned n) {
    Node& node = nodes_[n];
    const bool is_central = node.member->is_central(clock_of(node));
    if (is_central && !node.was_central) {
      ++tally_.centrals;
      for (const Node& other : nodes_) {
        if (&other != &node && other.member && other.member->is_central(clock_of(other)))
          broke("two centrals");
      }
    }
    node.was_central = is_central;
    const bool may_act = node.member->may_act(clock_of(node));
    if (!may_act) node.shards.clear();
    if (!may_act || node.member->view().epoch == node.epoch) return;
    node.epoch = node.member->view().epoch;
    for (std::size_t s = 0; s < kShards; ++s) {
      if (!node.member->acts_for(s, clock_of(node))) {
        node.shards.erase(s);
      } else if (node.shards.emplace(s, ledgers_[s]).second) {
        hold_shard_against_the_others(n, s);
      }
    }
  }
  void hold_shard_against_the_others(unsigned n, std::size_t shard) {
    if (!lets_go_by_itself()) return;  // by another's word: it may read of it later than the heir
    for (unsigned m = 0; m < nodes_.size(); ++m) {
      const Node& other = nodes_[m];
      if (m != n && other.member && other.member->acts_for(shard, clock_of(other)))
        broke("two nodes act for shard " + std::to_string(shard));
    }
  }
  [[nodiscard]] virtual std::string not_converged() const {
    std::set<std::string> centrals;
    std::set<std::int64_t> epochs;
    std::array<unsigned, kShards> acting{};
    for (const Node& node : nodes_) {
      if (!node.member || !node.member->may_act(clock_of(node))) return "a node is not back";
      const auto& view = node.member->view();
      if (node.member->is_central(clock_of(node))) centrals.insert(node.member->self().name);
      epochs.insert(agreement::number_of(view.epoch));
      if (view.members.size() != nodes_.size()) return "a node does not know all others";
      if (view.table.moving() > 0) return "shards still move";
      const auto loads = view.table.loads();
      const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
      if (loads.size() != nodes_.size() || *most - *least > 1) return "shards are not even";
      for (std::size_t s = 0; s < kShards; ++s)
        acting[s] += node.member->acts_for(s, clock_of(node));
    }
    if (centrals.size() != 1) return std::to_string(centrals.size()) + " centrals";
    if (epochs.size() != 1) return "nodes differ about the table";
    for (const unsigned count : acting) {
      if (count != 1) return std::to_string(count) + " nodes act for a shard";
    }
    return {};
  }

  // ---- load: a central books charge points for drivers
  void drive() {
    at(between(0.005, 0.05), [this] { drive(); });
    const auto point = static_cast<unsigned>(random_.below(kPoints));
    const std::size_t shard = agreement::shard_of(point);
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      const Node& node = nodes_[n];
      if (!node.member || node.paused_until > now_ || !node.member->is_central(clock_of(node)))
        continue;
      const auto& view = node.member->view();
      if (view.table.owners.empty()) continue;
      const auto& owner = view.table.owners[view.table.owner[shard]];
      const auto to = static_cast<unsigned>(std::stoul(owner.name.substr(1)));
      const std::uint64_t session = chance(0.5) ? 0 : ++sessions_;
      carry(n, to, [this, to, point, shard, session, token = view.token] {
        book(to, point, shard, session, token);
      });
    }
  }
  /// An order of a central arrives where it believes the shard to be; session 0 ends whatever runs.
  void book(unsigned n, unsigned point, std::size_t shard, std::uint64_t session, Revision token) {
    Node& node = nodes_[n];
    if (!node.member) return;
    if (node.paused_until > now_) {
      node.held.emplace_back([=] { book(n, point, shard, session, token); });
      return;
    }
    const auto here = node.shards.find(shard);
    if (here == node.shards.end() || !node.member->acts_for(shard, clock_of(node))) {
      ++tally_.not_mine;
      return;
    }
    Ledger& known = here->second;
    Ledger& truth = ledgers_[shard];
    if (!known.gate.admits(token)) {
      ++tally_.refused_tokens;
      return;
    }
    if (!truth.gate.admits(token)) broke("an order with an old token was obeyed");
    if (session == 0) {
      known.booked.erase(point);
      truth.booked.erase(point);
    } else if (known.booked.emplace(point, session).second) {
      ++tally_.booked;
      if (!truth.booked.emplace(point, session).second) broke("a charge point was booked twice");
    }
  }

  // ---- what goes wrong
  void go_wrong() {
    if (is_healing_) return;
    at(between(0.2, 4.0), [this] { go_wrong(); });
    const auto n = static_cast<unsigned>(random_.below(nodes_.size()));
    switch (random_.below(8)) {
      case 0:
        if (!nodes_[n].member) return;
        ++tally_.crashes;
        crashing(n);
        return end(n, between(0.05, 10.0));
      case 1:  // up to three leases
        ++tally_.pauses;
        nodes_[n].paused_until = now_ + between(0.5, 15.0);
        return at(nodes_[n].paused_until - now_, [this, n] { wake(n); });
      case 2:
        return cut(n, kEtcd, chance(0.5), chance(0.5));
      case 3:
        return cut(n, static_cast<unsigned>(random_.below(nodes_.size())), true, chance(0.5));
      case 4:
        ++tally_.etcd_faults;
        is_etcd_down_ = true;
        return at(between(0.5, 9.0), [this] {
          if (is_etcd_down_) etcd_.extend(now_);
          is_etcd_down_ = false;
          lose_watches();
        });
      case 5:
        ++tally_.etcd_faults;
        if (is_etcd_down_) return;
        etcd_.extend(now_);
        return lose_watches();
      case 6:
        return etcd_.compact();
      default:
        noise_ = chance(0.5) ? 0.0 : 0.3;
    }
  }
  void cut(unsigned a, unsigned b, bool there, bool back) {
    ++tally_.cuts;
    if (there || !back) cut_.insert({a, b});
    if (back || !there) cut_.insert({b, a});
    at(between(0.3, 12.0), [this, a, b] { cut_.erase({a, b}), cut_.erase({b, a}); });
  }
  void lose_watches() {
    for (const auto& w : watchers_) lose_watch(w.node, w.life, w.watch);
    watchers_.clear();
  }

  const Options options_;
  std::uint64_t sessions_ = 0;
  std::vector<Node> nodes_;
  ModelEtcd etcd_;
  std::vector<Watcher> watchers_;
  std::array<Ledger, kShards> ledgers_;
  std::set<std::pair<unsigned, unsigned>> cut_;
  double noise_ = 0.0;
  bool is_etcd_down_ = false;
  bool is_healing_ = false;
  Tally tally_;
};

}  // namespace chargemill::test
