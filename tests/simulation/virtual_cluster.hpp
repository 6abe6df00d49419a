// A network in virtual time on several nodes, all in this process, over real sockets.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "actors/network/letter_kinds.hpp"
#include "actors/network/network.hpp"
#include "runtime/cluster/exchange.hpp"
#include "runtime/engine/engine.hpp"
#include "tests/support/socket_folder.hpp"

namespace chargemill::test {

class VirtualCluster {
 public:
  VirtualCluster(const network::Scenario& scenario, unsigned nodes, unsigned workers)
      : end_(scenario.run.duration) {
    for (unsigned n = 0; n < nodes; ++n) open(n, nodes, workers);
    for (unsigned n = 0; n < nodes; ++n) build(scenario, n, nodes, workers);
    for (auto& node : nodes_) node.network->start();
  }
  VirtualCluster(const VirtualCluster&) = delete;
  VirtualCluster& operator=(const VirtualCluster&) = delete;
  ~VirtualCluster() {
    for (auto& node : nodes_) node.exchange->expect_leaving();
    for (auto& node : nodes_) {
      node.exchange->detach();
      node.engine.reset();  // the first one stops all
    }
  }

  void run_until(SimTime time) {
    leader().go_until(time);
    await_pause();
  }
  /// To the end, and until nothing is under way.
  [[nodiscard]] network::Totals finish() {
    run_until(end_);
    EXPECT_TRUE(leader().freeze(kPatience));
    await_pause();
    network::Totals sum;
    for (const auto& node : nodes_) add(sum, node.network->count().totals);
    return sum;
  }
  [[nodiscard]] Digest digest() const {
    Digest sum;
    for (const auto& node : nodes_) sum += network::sum_of(node.network->entity_digests());
    return sum;
  }
  /// Its part of the network; while all stand still.
  [[nodiscard]] network::Network& on(unsigned n) { return *nodes_[n].network; }
  [[nodiscard]] std::uint64_t messages_between_nodes() const {
    std::uint64_t sum = 0;
    for (const auto& node : nodes_) sum += node.exchange->sent();
    return sum;
  }

 private:
  static constexpr std::chrono::seconds kPatience{60};

  struct Node {
    std::unique_ptr<runtime::Exchange> exchange;
    std::unique_ptr<network::Network> network;
    std::unique_ptr<runtime::Engine> engine;  // gone before the network
  };

  [[nodiscard]] runtime::Coordinator& leader() { return nodes_[0].engine->coordinator(); }
  void await_pause() {
    for (auto& node : nodes_) EXPECT_TRUE(node.engine->coordinator().await_pause(kPatience));
  }
  void open(unsigned n, unsigned nodes, unsigned workers) {
    runtime::Exchange::Options options;
    options.links.nodes = folder_.endpoints(nodes);
    options.links.self = static_cast<std::uint16_t>(n);
    options.links.incarnation = runtime::Incarnation{1 + n};
    options.kinds = network::letter_kinds();
    options.workers = workers;
    auto opened = runtime::Exchange::open(std::move(options));
    if (!opened) throw std::runtime_error{opened.error().text};
    nodes_.emplace_back().exchange = std::move(*opened);
  }
  void build(const network::Scenario& scenario, unsigned n, unsigned nodes, unsigned workers) {
    Node& node = nodes_[n];
    EXPECT_TRUE(node.exchange->await_all(kPatience));
    runtime::EngineOptions options;
    options.pacing = runtime::Pacing::virtual_time;
    options.workers = workers;
    options.latency = scenario.network.control_latency;
    options.nodes = nodes;
    options.node = n;
    options.frontier = node.exchange.get();
    options.may_spin = false;
    node.engine = std::make_unique<runtime::Engine>(options);
    node.exchange->attach(node.engine->coordinator());
    node.network = std::make_unique<network::Network>(scenario, node.engine->coordinator());
  }

  const SimTime end_;
  SocketFolder folder_;
  std::vector<Node> nodes_;
};

}  // namespace chargemill::test
