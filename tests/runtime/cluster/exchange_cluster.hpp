// Engines of several nodes, all in this process, over real sockets.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/cluster/exchange.hpp"
#include "runtime/engine/engine.hpp"
#include "tests/runtime/cluster/gossip.hpp"

namespace chargemill::runtime {

/// Counts what it hears and passes it on as often as it says.
class Counting final : public LeanActor {
 public:
  Counting(caf::actor_config& cfg, const std::vector<Address>& all, std::size_t next)
      : LeanActor(cfg), all_(all), next_(next) {}
  std::uint64_t heard = 0;      // read while the engine is frozen
  std::uint64_t wrong = 0;      // numbers that did not rise
  std::uint64_t last_seen = 0;  // of the one that sends here

 private:
  void on_message(const Message& m) override {
    const auto* hop = m.get_if<Hop>();
    if (hop == nullptr) return drop(m);
    ++heard;
    if (hop->value == 0) {  // from outside: begin
      for (std::uint64_t i = 1; i <= 2'000; ++i) send(all_[next_], Hop{i});
      return;
    }
    if (hop->value != ++last_seen) ++wrong;
  }
  const std::vector<Address>& all_;
  const std::size_t next_;
};

/// One node: its engine, its actors, and the addresses of all.
struct Machine {
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<Engine> engine;
  std::vector<Address> all;
  std::vector<Gossip*> gossips;     // by number; null: elsewhere
  std::vector<Counting*> counters;  // likewise

  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() {
    engine.reset();
    exchange.reset();
  }
};

struct Cluster {
  Cluster(unsigned nodes, unsigned workers, Pacing pacing,
          std::uint32_t window_bytes = LinksOptions{}.window_bytes)
      : machines(nodes) {
    for (unsigned n = 0; n < nodes; ++n) {
      Exchange::Options options;
      options.links.nodes = folder.endpoints(nodes);
      options.links.self = static_cast<std::uint16_t>(n);
      options.links.incarnation = Incarnation{1 + n};
      options.kinds = {letter_kind<Hop, write_hop, read_hop>()};
      options.links.window_bytes = window_bytes;
      options.workers = workers;
      options.is_virtual = pacing == Pacing::virtual_time;
      auto opened = Exchange::open(std::move(options));
      if (!opened) throw std::runtime_error{opened.error().text};
      machines[n].exchange = std::move(*opened);
    }
    for (unsigned n = 0; n < nodes; ++n) {
      EXPECT_TRUE(machines[n].exchange->await_all(kPatience));
      EngineOptions options;
      options.pacing = pacing;
      options.workers = workers;
      options.latency = kLatency;
      options.nodes = nodes;
      options.node = n;
      options.frontier = machines[n].exchange.get();
      options.may_spin = false;
      machines[n].engine = std::make_unique<Engine>(options);
      machines[n].exchange->attach(machines[n].engine->coordinator());
    }
  }
  ~Cluster() {
    for (auto& machine : machines) {
      if (machine.exchange) machine.exchange->expect_leaving();
    }
    // The first one stops all in virtual time.
    for (auto& machine : machines) {
      if (machine.exchange) machine.exchange->detach();
      machine.engine.reset();
    }
  }

  /// Every node names all actors in one order; actor i lives on node i mod nodes.
  template <class Spawn>
  void populate(std::size_t actors, Spawn spawn) {
    for (unsigned n = 0; n < machines.size(); ++n) {
      auto& machine = machines[n];
      for (std::size_t i = 0; i < actors; ++i) {
        const auto at = static_cast<unsigned>(i % machines.size());
        machine.all.push_back(at == n ? spawn(machine, i)
                                      : machine.engine->coordinator().reserve(at));
      }
    }
  }

  test::SocketFolder folder;
  std::vector<Machine> machines;
};

}  // namespace chargemill::runtime
