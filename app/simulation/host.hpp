// One engine with one network, and how to look at it: what a run has, alone or as one node of many.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/network/desk.hpp"
#include "actors/network/network.hpp"
#include "actors/network/scenario.hpp"
#include "actors/shell/recording.hpp"
#include "app/nodes/leader.hpp"
#include "app/simulation/hand_over.hpp"
#include "app/simulation/simulation.hpp"
#include "runtime/cluster/peers.hpp"
#include "runtime/engine/engine.hpp"

namespace chargemill::app {

/// The engine and what runs on it, taken down in the right order: actors read the network's tables
/// until the last worker has stopped.
class Host {
 public:
  /// `link`: to a central elsewhere; null: it is here. `exchange`, which outlives this, leads to
  /// the other nodes; null: there are none. `others`, likewise: they are asked from here.
  /// `joins`: where the shards are of a network that runs; null: all begin.
  Host(const network::Scenario& scenario, const RunJournal& journal, elsewhere::Link* link,
       runtime::Peers* exchange, network::Others* others = nullptr,
       const network::Route* joins = nullptr);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  [[nodiscard]] runtime::Coordinator& engine() noexcept { return engine_->coordinator(); }
  [[nodiscard]] network::Network& network() noexcept { return *network_; }
  [[nodiscard]] network::Desk& desk() noexcept { return *desk_; }
  /// Requires other nodes.
  [[nodiscard]] HandOver& hand_over() noexcept { return *hand_over_; }
  [[nodiscard]] const network::Topology& topology() const noexcept { return network_->topology(); }
  /// Of messages from other nodes; empty: there are none.
  [[nodiscard]] runtime::LatencyHistogram transit() const;
  /// Messages between nodes that nobody got, because one of them was lost.
  [[nodiscard]] std::uint64_t letters_lost() const noexcept {
    return exchange_ == nullptr ? 0 : exchange_->strays();
  }

 private:
  Recording* const recording_;
  runtime::Peers* const exchange_;
  std::unique_ptr<runtime::Engine> engine_;
  std::unique_ptr<network::Network> network_;
  std::unique_ptr<network::Desk> desk_;
  std::unique_ptr<HandOver> hand_over_;  // null: there are no other nodes
};

/// Live looks with what only the run knows: wall time, the workers' load since the last one, and
/// how long messages of other nodes were on their way.
class Looker {
 public:
  /// `leader`, which outlives this, adds how things stand on the other nodes; null: nobody does.
  explicit Looker(Host& host, Leader* leader = nullptr);

  [[nodiscard]] network::Snapshot look(LookKind kind = LookKind::live);
  /// Since model time began, by worker.
  [[nodiscard]] std::vector<double> busy();
  void add_load(network::Snapshot& snapshot);

 private:
  [[nodiscard]] std::uint64_t parked_ns(unsigned worker);

  Host& host_;
  Leader* const leader_;
  const double cpu_before_;
  const runtime::ModelClock::Wall started_;
  runtime::ModelClock::Wall last_;
  std::vector<std::uint64_t> parked_;
};

/// Threads of each of so many nodes that share the cores of one machine.
[[nodiscard]] unsigned workers_of_each(unsigned nodes, unsigned cores) noexcept;
/// Threads of each node: as the scenario says, or as many as fit if all are on this machine.
[[nodiscard]] unsigned workers_of(const network::Scenario& scenario);
/// Of the engine that a run has here; `exchange` as in Host.
[[nodiscard]] runtime::EngineOptions engine_options(const network::Scenario& scenario,
                                                    runtime::Peers* exchange);
/// The run is to end: from now on a disk that fails is not waited for. Null: nothing is kept.
void hurry(Recording* recording);
/// Brings what was recorded to the disk, waiting for it so long at most. What a broken disk holds
/// up is let go all the same: sums count what was said. Null: nothing is recorded.
[[nodiscard]] Written write_down(Recording* recording, Nanos patience);
/// Null: nothing is recorded.
[[nodiscard]] std::optional<JournalOutcome> outcome_of(const Recording* recording);
/// Sessions of this node's part that were open when the run before ended: they are started here.
[[nodiscard]] std::uint64_t sessions_carried(const RunJournal& journal);
/// User and system time of this process so far.
[[nodiscard]] double cpu_seconds();
/// What the process itself holds before its first run. Later runs have the pages of earlier ones
/// in it.
[[nodiscard]] std::int64_t anonymous_bytes_of_nothing();
/// What each charge point of this node's shards shows, in order of ids. Requires a frozen engine.
[[nodiscard]] std::vector<DisplayState> shown_here(network::Network& network);

}  // namespace chargemill::app
