// A network in real time on several nodes, all in this process, over real sockets. A node may be
// lost, as if it were killed.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "actors/network/desk.hpp"
#include "actors/network/letter_kinds.hpp"
#include "actors/network/network.hpp"
#include "actors/shell/recording.hpp"
#include "app/history/journal_set.hpp"
#include "runtime/cluster/exchange.hpp"
#include "runtime/engine/engine.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/socket_folder.hpp"

namespace chargemill::test {

class RealCluster {
 public:
  struct Node {
    std::unique_ptr<runtime::Exchange> exchange;
    std::unique_ptr<Recording> recording;
    std::unique_ptr<network::Network> network;
    std::unique_ptr<network::Desk> desk;
    std::unique_ptr<runtime::Engine> engine;  // gone before the network
    [[nodiscard]] runtime::Coordinator& coordinator() const { return engine->coordinator(); }
  };

  /// `journal`: of the first node, the others beside it; empty: nothing is kept. `places`: so many
  /// nodes there may be; 0: no more.
  RealCluster(const network::Scenario& scenario, unsigned nodes, const std::string& journal = {},
              unsigned places = 0)
      : scenario_(scenario), journal_(journal), begin_(nodes), where_(sockets_.endpoints(nodes)) {
    where_.resize(std::max(nodes, places));
    next_socket_ = nodes;
    for (unsigned n = 0; n < nodes; ++n) open(n, false);
    for (unsigned n = 0; n < nodes; ++n) build(n, {begin_, {}, 0});
    for (auto& node : nodes_) {
      EXPECT_TRUE(node.coordinator().freeze(kPatience));
      node.coordinator().thaw();
      node.coordinator().set_horizon(SimTime{scenario.run.duration});
      node.exchange->outlive_losses();
    }
    for (auto& node : nodes_) {
      node.network->fence(kFirstToken);
      node.coordinator().start_clock();
      node.network->start();
    }
  }
  RealCluster(const RealCluster&) = delete;
  RealCluster& operator=(const RealCluster&) = delete;
  ~RealCluster() {
    for (unsigned n = 0; n < nodes_.size(); ++n) lose(n);
  }

  static constexpr std::int64_t kFirstToken = 7;
  static constexpr std::chrono::seconds kPatience{60};

  /// Somebody comes to a place while all run: it has none of the shards, which are where `route`
  /// says.
  void join(unsigned n, const network::Route& route) {
    ASSERT_LT(n, places());
    const auto all = sockets_.endpoints(next_socket_ + 1);
    where_[n] = all[next_socket_++];
    if (nodes_.size() <= n) nodes_.resize(n + 1);
    open(n, true);
    for (unsigned other = 0; other < nodes_.size(); ++other) {
      if (other == n || !is_there(other)) continue;
      ASSERT_TRUE(nodes_[other].exchange->let_in(n, where_[n]));
    }
    build(n, {begin_, route.node_of, route.central, route.fleet_of});
    auto& here = nodes_[n];
    auto& first = nodes_[route.central];
    EXPECT_TRUE(here.coordinator().freeze(kPatience));
    here.coordinator().thaw();
    here.coordinator().set_horizon(SimTime{scenario_.run.duration});
    here.exchange->outlive_losses();
    here.coordinator().hold_still(
        [&] { here.exchange->hold_arrivals([&] { here.network->route(route); }); });
    here.coordinator().start_clock(first.coordinator().reached());
    here.network->start();
  }

  [[nodiscard]] Node& node(unsigned n) { return nodes_[n]; }
  [[nodiscard]] unsigned places() const noexcept { return static_cast<unsigned>(where_.size()); }
  [[nodiscard]] const network::Scenario& scenario() const noexcept { return scenario_; }
  [[nodiscard]] const std::string& journal() const noexcept { return journal_; }
  [[nodiscard]] bool is_there(unsigned n) const {
    return n < nodes_.size() && nodes_[n].engine != nullptr;
  }

  /// Waits until it is so. With a breath between two looks: what is waited for needs the cores.
  template <class Condition>
  [[nodiscard]] static bool comes_true(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
  }
  /// How things stand on all that are there, about now.
  [[nodiscard]] network::Totals look() const {
    network::Totals sum;
    for (const auto& node : nodes_) {
      if (node.engine != nullptr) add(sum, node.network->look().totals);
    }
    return sum;
  }

  /// What was on disk stays there; the rest is gone.
  void lose(unsigned n) {
    Node& node = nodes_[n];
    if (node.engine == nullptr) return;
    node.exchange->expect_leaving();
    if (node.recording) node.recording->stop_waking();
    node.exchange->detach();
    node.engine.reset();
    node.desk.reset();
    node.network.reset();
    node.recording.reset();
    node.exchange.reset();
    where_[n] = {};
  }

  /// On each node that is there, while its actors stand and nothing arrives.
  template <class F>
  void on_each(F f) {
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      if (!is_there(n)) continue;
      nodes_[n].coordinator().hold_still(
          [&] { nodes_[n].exchange->hold_arrivals([&] { f(n, *nodes_[n].network); }); });
    }
  }
  void give_up(unsigned lost) {
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      if (n != lost && is_there(n)) nodes_[n].exchange->give_up(lost);
    }
  }

  /// Until nothing moves and nothing is under way; the exact sum.
  [[nodiscard]] network::Totals count() {
    std::uint64_t before = 0;
    const bool is_still = comes_true([&] {
      std::uint64_t sent = 0;
      std::uint64_t received = 0;
      for (auto& node : nodes_) {
        if (node.engine == nullptr) continue;
        if (!node.coordinator().freeze(kPatience)) return false;
        if (node.recording && !node.recording->flush(kPatience)) return false;
        sent += node.exchange->sent();
        received += node.exchange->received();
      }
      return sent == received && std::exchange(before, sent) == sent;
    });
    EXPECT_TRUE(is_still);
    network::Totals sum;
    for (const auto& node : nodes_) {
      if (node.engine != nullptr) add(sum, node.network->count().totals);
    }
    return sum;
  }

 private:
  void open(unsigned n, bool joins) {
    runtime::Exchange::Options options;
    options.links.nodes = where_;
    options.links.self = static_cast<std::uint16_t>(n);
    options.links.incarnation = runtime::Incarnation{++lives_};
    options.links.joins = joins;
    options.kinds = network::letter_kinds();
    options.workers = kWorkers;
    options.is_virtual = false;
    auto opened = runtime::Exchange::open(std::move(options));
    if (!opened) throw std::runtime_error{opened.error().text};
    if (nodes_.size() <= n) nodes_.resize(n + 1);
    nodes_[n].exchange = std::move(*opened);
  }
  void build(unsigned n, const network::Spread& spread) {
    Node& node = nodes_[n];
    EXPECT_TRUE(node.exchange->await_all(kPatience));
    runtime::EngineOptions options;
    options.pacing = runtime::Pacing::paced;
    options.speed = scenario_.run.speed.factor;
    options.workers = kWorkers;
    options.nodes = places();
    options.node = n;
    options.frontier = node.exchange.get();
    options.may_spin = false;
    node.engine = std::make_unique<runtime::Engine>(options);
    node.exchange->attach(node.coordinator());
    if (!journal_.empty()) {
      Recording::Options recording;
      recording.journal.chain.directory = app::journal_of_node(journal_, n).string();
      auto opened = Recording::open(std::move(recording));
      if (!opened) throw std::runtime_error{opened.error().text};
      node.recording = std::move(*opened);
    }
    node.network = std::make_unique<network::Network>(
        scenario_, node.coordinator(), node.recording.get(), nullptr, nullptr, spread);
    node.desk = std::make_unique<network::Desk>(*node.network, node.coordinator());
  }

  static constexpr unsigned kWorkers = 2;
  const network::Scenario scenario_;
  const std::string journal_;
  const unsigned begin_;  // so many nodes
  SocketFolder sockets_;
  std::vector<runtime::NodeEndpoints> where_;  // by place; none: nobody is there
  unsigned next_socket_ = 0;
  std::uint32_t lives_ = 0;
  std::vector<Node> nodes_;
};

}  // namespace chargemill::test
