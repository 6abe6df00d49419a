// Shards that go from node to node in one process, in real time: what whoever leads does, by hand.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "app/simulation/hand_over.hpp"
#include "tests/simulation/real_cluster.hpp"

namespace chargemill::test {

using app::HandOver;
using app::Move;
using app::TakeOver;
using network::Half;
using std::chrono::seconds;
using testing::IsEmpty;

inline constexpr unsigned kNodes = 3;
inline constexpr std::uint32_t kShards = 6;

/// 48 charge points in six shards, two to a node; busy drivers, who ask at any of them.
inline network::Scenario busy(std::vector<Roles> roles = {}) {
  network::Scenario s;
  s.run.roles = std::move(roles);
  s.run.duration = std::chrono::hours{900};
  s.run.speed.factor = 10.0;
  s.run.seed = 7;
  s.network.charge_points = 48;
  // Two seconds by the wall: each story waits for thirty of them to end. As often as one ends, one
  // begins: nearly all charge points are busy.
  s.network.max_session = seconds{20};
  s.run.start_unix_s += 17 * 3'600;  // people come home
  s.central.shards = kShards;
  // Six seconds by the wall, and not one or half of one: a thread that waits so long for a core is
  // no charge point that is lost.
  s.central.monitor_timeout = s.central.start_timeout = seconds{60};
  s.central.session_silence_timeout = seconds{60};
  s.drivers.count = 96;
  s.drivers.sessions_per_cp_per_day = 9'000;
  s.drivers.initial_supplying = 0.5;
  s.drivers.choose = network::Choice::any_in_zone;
  return s;
}

enum class Step : unsigned { hold = 1, give, hear, take, commit, arrive, route };

/// What whoever leads does, without etcd; it may stop after any step.
class Story {
 public:
  /// `places`: among the nodes; those beyond the first three are empty. `roles`: of these; empty:
  /// each is there for everything.
  explicit Story(const std::string& journal = {}, unsigned places = kNodes,
                 std::vector<Roles> roles = {})
      : cluster{busy(std::move(roles)), kNodes, journal, places} {
    for (unsigned n = 0; n < kNodes; ++n) take_part(n);
    const network::Placement placement{kShards, kNodes, cluster.scenario().run.roles};
    std::vector<unsigned> node_of;
    std::vector<unsigned> fleet_of;
    for (unsigned s = 0; s < kShards; ++s) {
      node_of.push_back(placement.shard(s).node);
      fleet_of.push_back(placement.fleet(s).node);
    }
    static_cast<app::Whereabouts&>(order) = app::Whereabouts::at_first(node_of, fleet_of);
    order.token = RealCluster::kFirstToken;
    move.token = RealCluster::kFirstToken;
    move.from = 1, move.to = 2;
    move.shards = {1, 4};
    EXPECT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_active > 20; }));
  }

  /// What is seen of a node while nothing moves.
  [[nodiscard]] network::Totals seen(unsigned n) { return cluster.node(n).network->look().totals; }

  void play(Step last) {
    const auto begun = std::chrono::steady_clock::now();
    const auto never = [] { return false; };
    app::Marks marks{move, std::vector<std::uint64_t>(cluster.places())};
    each([&](unsigned n) {
      const auto sent = parts_[n]->hold(move);
      ASSERT_TRUE(sent.has_value());
      marks.sent[n] = *sent;
    });
    if (last == Step::hold) return;
    app::Given given = parts_[move.from]->give(marks, never);
    ASSERT_EQ(given.trouble, "");
    ASSERT_FALSE(given.state.empty());
    moved = given.moved;
    if (last == Step::give) return;
    marks.sent = given.sent;
    each([&](unsigned n) { ASSERT_TRUE(parts_[n]->hear(marks, never)) << n; });
    if (last == Step::hear) return;
    ASSERT_TRUE(parts_[move.to]->take({move, given.at, std::move(given.state)}, never));
    if (last == Step::take) return;
    for (const std::uint32_t s : move.shards) order.go_to(s, move.to, move.half);
    if (last == Step::commit) return;
    arrive();
    if (last == Step::arrive) return;
    route();
    pause = std::chrono::steady_clock::now() - begun;
  }
  void arrive() {
    each([&](unsigned n) { parts_[n]->arrive(cluster.scenario(), order); });
  }
  void route() {
    each([&](unsigned n) {
      cluster.node(n).coordinator().hold_still([&] { parts_[n]->route(order); });
    });
  }
  /// What was to follow, after a death: shards of the lost one begin anew with others.
  void mend(unsigned lost) {
    cluster.give_up(lost);
    order.lost |= 1U << lost;
    if (order.central == lost) {
      order.central = lost == 0 ? 1 : 0;
      ++order.token;
    }
    unsigned next = 0;
    for (std::uint32_t s = 0; s < kShards; ++s) {
      const bool is_fleet_lost = order.fleet_of(s) == lost;
      if (order.node_of(s) == lost) {
        next = heir_after(next, Role::shards);
        order.go_on_at(s, next, Half::shard);
      }
      if (!is_fleet_lost) continue;
      const unsigned home = order.node_of(s);
      if (!roles_of(home).drivers) next = heir_after(next, Role::drivers);
      order.go_on_at(s, roles_of(home).drivers ? home : next, Half::fleet);
    }
    arrive();
    cluster.on_each([&](unsigned n, network::Network& here) {
      const auto has = [&](std::uint32_t s) {
        return here.has(ShardId{static_cast<std::uint16_t>(s)});
      };
      const auto has_fleet = [&](std::uint32_t s) {
        return here.has_fleet(ShardId{static_cast<std::uint16_t>(s)});
      };
      const SimTime since = here.look().sim;
      auto legacies = legacies_of(order, n, has, has_fleet);
      if (legacies.empty()) legacies.emplace_back();
      for (const auto& legacy : legacies) {
        network::Inheritance to;
        to.shards = legacy.shards;
        to.half = legacy.half;
        to.since = since;
        to.life = life;
        to.central = order.central == n;
        here.adopt(cluster.scenario(), to);
      }
    });
    route();
  }
  /// It goes on, and everything adds up.
  void expect_all_well(network::Totals left = {}) {
    const auto before = cluster.look().sessions_completed;
    ASSERT_TRUE(
        cluster.comes_true([&] { return cluster.look().sessions_completed > before + 30; }));
    ASSERT_TRUE(cluster.comes_true([&] {
      const auto& display = cluster.look().display;
      std::uint64_t sum = 0;
      for (const auto count : display) sum += count;
      return sum == 48 && display[static_cast<std::size_t>(DisplayState::disconnected)] == 0;
    })) << "all are heard";
    total = cluster.count();
    add(total, left);
    EXPECT_THAT(network::broken_identities(total), IsEmpty());
  }
  /// Somebody comes to a place that nobody has, or whose node was lost and mended.
  void join(unsigned n) {
    order.lost &= ~(1U << n);
    cluster.join(n, route_of(order));
    take_part(n);
  }
  template <class F>
  void each(F f) {
    for (unsigned n = 0; n < cluster.places(); ++n) {
      if (cluster.is_there(n)) f(n);
    }
  }
  void lose(unsigned n) {
    parts_[n].reset();
    cluster.lose(n);
  }

  RealCluster cluster;
  TakeOver order;
  Move move;
  network::Totals moved;
  network::Totals total;
  unsigned life = 2;  ///< of what was lost, when it goes on
  Nanos pause{};

 private:
  [[nodiscard]] Roles roles_of(unsigned n) const {
    const auto& roles = cluster.scenario().run.roles;
    return n < roles.size() ? roles[n] : Roles{};
  }
  /// The next one after that who is there, and there for it.
  [[nodiscard]] unsigned heir_after(unsigned n, Role role) const {
    do n = (n + 1) % cluster.places();
    while (!cluster.is_there(n) || !roles_of(n).has(role));
    return n;
  }
  void take_part(unsigned n) {
    auto& node = cluster.node(n);
    parts_.resize(cluster.places());
    parts_[n] = std::make_unique<HandOver>(node.coordinator(), *node.network, *node.exchange);
  }

  std::vector<std::unique_ptr<HandOver>> parts_;
};

inline std::uint64_t strays(Story& story) {
  std::uint64_t sum = 0;
  story.each([&](unsigned n) { sum += story.cluster.node(n).exchange->strays(); });
  return sum;
}

}  // namespace chargemill::test
