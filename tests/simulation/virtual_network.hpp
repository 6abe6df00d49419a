// A network in virtual time, and what it comes to.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "actors/network/network.hpp"
#include "runtime/engine/engine.hpp"

namespace chargemill::test {

/// Runs `scenario` on so many workers and looks at all entities after every `step` of model time,
/// and once more when all messages have arrived.
class VirtualNetwork {
 public:
  VirtualNetwork(const network::Scenario& scenario, unsigned workers,
                 Recording* recording = nullptr, const archive::Image* image = nullptr)
      : end_(scenario.run.duration),
        engine_(std::make_unique<runtime::Engine>(options(scenario, workers))),
        network_(std::make_unique<network::Network>(scenario, engine_->coordinator(), recording,
                                                    image)) {
    network_->start();
  }
  /// One that nobody has started: it goes on from what another one was.
  struct Unstarted {};
  VirtualNetwork(const network::Scenario& scenario, unsigned workers, Unstarted)
      : end_(scenario.run.duration),
        engine_(std::make_unique<runtime::Engine>(options(scenario, workers))),
        network_(std::make_unique<network::Network>(scenario, engine_->coordinator())) {}
  VirtualNetwork(const VirtualNetwork&) = delete;
  VirtualNetwork& operator=(const VirtualNetwork&) = delete;
  ~VirtualNetwork() { engine_.reset(); }

  void run_until(SimTime time) {
    engine_->coordinator().go_until(time);
    ASSERT_TRUE(engine_->coordinator().await_pause(std::chrono::seconds{60}));
  }
  void drain() { ASSERT_TRUE(engine_->coordinator().freeze(std::chrono::seconds{60})); }
  [[nodiscard]] bool load(const std::vector<std::byte>& bytes) {
    drain();
    const bool is_loaded = network_->load(bytes.data(), bytes.size());
    engine_->coordinator().thaw();
    return is_loaded;
  }
  /// To the end, and until nothing is under way.
  [[nodiscard]] network::Totals finish() {
    run_until(end_);
    drain();
    return network_->count().totals;
  }
  [[nodiscard]] std::vector<network::EntityDigest> entities() const {
    return network_->entity_digests();
  }
  [[nodiscard]] Digest digest() const { return network::sum_of(entities()); }
  [[nodiscard]] network::Network& network() noexcept { return *network_; }
  [[nodiscard]] runtime::Coordinator& engine() noexcept { return engine_->coordinator(); }
  /// Delivered so far.
  [[nodiscard]] std::uint64_t messages() const {
    return network_->look().totals.messages_delivered;
  }
  [[nodiscard]] SimTime end() const noexcept { return end_; }

 private:
  static runtime::EngineOptions options(const network::Scenario& scenario, unsigned workers) {
    runtime::EngineOptions o;
    o.pacing = runtime::Pacing::virtual_time;
    o.workers = workers;
    o.latency = scenario.network.control_latency;
    return o;
  }

  const SimTime end_;
  std::unique_ptr<runtime::Engine> engine_;
  std::unique_ptr<network::Network> network_;
};

}  // namespace chargemill::test
