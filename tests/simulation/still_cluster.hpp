// A network on several nodes that stand still: one thread, hand-moved time, messages between nodes
// at once. Its shards may go from one to another.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "actors/network/network.hpp"
#include "runtime/cluster/held_mail.hpp"
#include "runtime/engine/engine.hpp"
#include "runtime/engine/frontier.hpp"
#include "runtime/engine/mail_bag.hpp"
#include "runtime/engine/parking.hpp"

namespace chargemill::test {

class StillCluster {
 public:
  using Shards = std::vector<std::uint32_t>;
  using Bytes = std::vector<std::byte>;

  StillCluster(const network::Scenario& scenario, unsigned nodes, unsigned workers)
      : scenario_(scenario) {
    for (unsigned n = 0; n < nodes; ++n) wires_.push_back(std::make_unique<Wire>(*this));
    for (unsigned n = 0; n < nodes; ++n) {
      runtime::EngineOptions options;
      options.pacing = runtime::Pacing::by_hand;
      options.workers = workers;
      options.nodes = nodes;
      options.node = n;
      options.frontier = wires_[n].get();
      auto& node = nodes_.emplace_back();
      node.engine = std::make_unique<runtime::Engine>(options);
      node.network = std::make_unique<network::Network>(scenario_, node.coordinator());
    }
    for (auto& node : nodes_) node.network->start();
    settle();
  }
  StillCluster(const StillCluster&) = delete;
  StillCluster& operator=(const StillCluster&) = delete;
  ~StillCluster() {
    for (auto& node : nodes_) node.engine.reset();
  }

  void settle() {
    std::uint64_t before = 0;
    do {
      before = carried_;
      for (auto& node : nodes_) node.coordinator().settle();
    } while (carried_ != before);
  }
  /// In steps so small that what one node does hardly ever comes too late for another one.
  void pass(Nanos time) {
    for (; time > Nanos{0}; time -= kStep) {
      for (auto& node : nodes_) node.coordinator().pass(std::min(time, kStep));
      settle();
    }
  }

  [[nodiscard]] network::Network& on(unsigned n) { return *nodes_[n].network; }
  /// How things stand; broken identities fail the test that looks.
  [[nodiscard]] network::Totals count() {
    network::Totals sum;
    for (auto& node : nodes_) add(sum, node.network->count().totals);
    for (const auto& text : network::broken_identities(sum)) ADD_FAILURE() << text;
    return sum;
  }
  /// As whoever does not stop it sees it.
  [[nodiscard]] network::Totals look() {
    network::Totals sum;
    for (auto& node : nodes_) add(sum, node.network->look().totals);
    return sum;
  }
  /// Entities that are not as in `other`; empty: all are.
  [[nodiscard]] std::string difference(StillCluster& other) {
    std::string text;
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      const auto here = on(n).entity_digests();
      const auto there = other.on(n).entity_digests();
      if (here.size() != there.size()) return "another number of entities";
      for (std::size_t i = 0; i < here.size(); ++i) {
        if (!(here[i].digest == there[i].digest))
          text += "kind " + std::to_string(static_cast<int>(here[i].kind)) + " number " +
                  std::to_string(here[i].index) + "; ";
      }
    }
    return text;
  }

  /// They leave that node, and what is said to them waits.
  Bytes depart(unsigned from, unsigned to, const Shards& shards) {
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      if (n != from) wires_[n]->held.hold(on(from).numbers_of(shards));
    }
    settle();  // what was said before has come
    EXPECT_TRUE(on(from).settle(shards, Nanos{0}));
    auto bytes = on(from).depart(shards, to);
    EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().text);
    wires_[from]->held.hold(on(from).numbers_of(shards));
    return bytes ? *bytes : Bytes{};
  }
  void arrive(unsigned from, unsigned to, const Shards& shards, const Bytes& bytes) {
    std::uint64_t unheard = 0;
    const auto nobody = [](const network::Order&) { ADD_FAILURE() << "nobody is outside"; };
    if (from == to) unheard = on(from).forget_departed(nobody);
    ASSERT_TRUE(on(to).arrive(scenario_, shards, bytes));
    if (from != to) unheard = on(from).forget_departed(nobody);
    EXPECT_EQ(unheard, 0U);
    network::Route route;
    for (std::uint32_t s = 0; s < on(to).topology().shards.size(); ++s)
      route.node_of.push_back(on(to).node_of(s));
    route.carried = shards;
    for (unsigned n = 0; n < nodes_.size(); ++n) {
      on(n).route(route);
      release(n);
    }
    settle();
  }
  /// `from` and `to` may be one node: they begin anew there.
  void move(unsigned from, unsigned to, const Shards& shards) {
    const unsigned away = from == to ? (from + 1) % static_cast<unsigned>(nodes_.size()) : to;
    const Bytes bytes = depart(from, away, shards);
    arrive(from, to, shards, bytes);
  }
  /// Nobody can take them.
  void stay(unsigned from) {
    on(from).return_departed();
    for (unsigned n = 0; n < nodes_.size(); ++n) release(n);
    settle();
  }

 private:
  static constexpr Nanos kStep = std::chrono::milliseconds{20};

  struct Node {
    std::unique_ptr<network::Network> network;
    std::unique_ptr<runtime::Engine> engine;
    [[nodiscard]] runtime::Coordinator& coordinator() const { return engine->coordinator(); }
  };
  /// To all other nodes.
  struct Wire final : runtime::Frontier {
    explicit Wire(StillCluster& of) : cluster(of) {}
    void send(unsigned node, runtime::MailBag& bag) override {
      for (const auto& item : bag) {
        if (held.is_holding() && held.holds(item.entity())) {
          EXPECT_FALSE(held.keep(item));
        } else {
          cluster.carry(node, item);
        }
      }
    }
    void send(unsigned, const std::vector<runtime::Arrival>&,
              const std::vector<runtime::Arrival>&) override {}
    runtime::WindowGrant agree(const runtime::WindowGrant& here) override { return here; }
    Arrived& arrived(unsigned) override { return nothing; }

    StillCluster& cluster;
    runtime::HeldMail held{1 << 20};
    Arrived nothing;
  };

  static runtime::PacketBase* packet_of(const runtime::MailBag::Item& item) {
    return static_cast<runtime::PacketBase*>(
        runtime::kind_of(item.letter.tag).unpack(item.letter.content()));
  }
  void carry(unsigned node, const runtime::MailBag::Item& item) {
    ++carried_;
    auto& engine = nodes_[node].coordinator();
    const runtime::Address place = engine.resident(item.entity());
    ASSERT_TRUE(place != nullptr) << "somebody is not where others think";
    engine.deliver(place, packet_of(item));
  }
  void release(unsigned n) {
    auto& engine = nodes_[n].coordinator();
    runtime::Coordinator::Parking parking{engine};
    wires_[n]->held.release([&](const runtime::MailBag::Item& item) {
      const runtime::Address place = engine.resident(item.entity());
      if (place == nullptr) return carry(engine.node_of(item.entity()), item);
      parking.deliver(place, packet_of(item));
    });
  }

  const network::Scenario scenario_;
  std::vector<std::unique_ptr<Wire>> wires_;
  std::vector<Node> nodes_;
  std::uint64_t carried_ = 0;
};

}  // namespace chargemill::test
