// A small network that stands still: one thread, hand-moved time, real actors.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/network/network.hpp"
#include "app/output/console.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::test {

/// Charge points CP-001 ... at 22 kW and 0.30 EUR/kWh in one zone; sessions end after eleven
/// seconds (domain, flow A). Drivers run their lines; everything is on after a second.
class StillNetwork {
 public:
  using Lines = std::vector<std::string>;

  explicit StillNetwork(std::uint32_t points, const std::vector<Lines>& drivers,
                        unsigned workers = 2)
      : StillNetwork(scenario(points, drivers), workers) {}
  explicit StillNetwork(network::Scenario scenario, unsigned workers = 2)
      : scenario_(std::move(scenario)), still_(workers), network_(scenario_, still_.engine) {
    network_.open_consoles();
    network_.start();
  }

  static network::Scenario scenario(std::uint32_t points, const std::vector<Lines>& drivers) {
    network::Scenario s;
    for (std::uint32_t p = 0; p < points; ++p) {
      network::PointSpec spec;
      spec.id = "CP-00" + std::to_string(p + 1);
      s.network.points.push_back(spec);
    }
    s.network.max_session = std::chrono::seconds{11};
    s.central.shards = 1;
    s.run.duration = std::chrono::hours{24};
    for (std::size_t d = 0; d < drivers.size(); ++d) {
      network::DriverSpec driver;
      driver.id = "driver-" + std::to_string(d);
      driver.requests = drivers[d];
      s.drivers.named.push_back(driver);
    }
    return s;
  }

  void pass(Nanos time) { still_.pass(time); }
  template <class Event>
  void tell_point(std::uint32_t point, const Event& event) {
    runtime::LeanActor::post(&network_.point(PointId{point}), charge_point::Event{event});
    still_.settle();
  }
  template <class Event>
  void tell_monitor(std::uint32_t point, const Event& event) {
    runtime::LeanActor::post(&network_.monitor(PointId{point}), monitor::Event{event});
    still_.settle();
  }
  template <class Event>
  void tell_driver(std::uint32_t driver, const Event& event) {
    runtime::LeanActor::post(&network_.driver(DriverId{driver}), driver::Event{event});
    still_.settle();
  }
  template <class Event>
  void tell_shard(const Event& event) {
    runtime::LeanActor::post(&network_.shard(ShardId{0}), central::ShardEvent{event});
    still_.settle();
  }
  /// Its handler throws, whatever it is.
  void crash(runtime::LeanActor& actor) {
    runtime::LeanActor::post(&actor, Crash{});
    still_.settle();
  }
  /// How things stand; broken identities fail the test that looks.
  [[nodiscard]] network::Totals totals() {
    still_.settle();
    const auto snapshot = network_.count();
    for (const auto& text : network::broken_identities(snapshot.totals)) ADD_FAILURE() << text;
    return snapshot.totals;
  }
  /// What the consoles have shown since the last call, with model time.
  [[nodiscard]] std::vector<std::string> consoles() {
    const auto names = app::names_of(scenario_, network_.topology());
    std::vector<std::string> lines;
    (void)network_.hear(
        [&](const ConsoleNotice& notice) { lines.push_back(app::console_line(notice, names)); });
    return lines;
  }
  [[nodiscard]] const driver::State& driver(std::uint32_t id) {
    return network_.driver(DriverId{id}).state();
  }
  [[nodiscard]] const monitor::State& monitor(std::uint32_t id) {
    return network_.monitor(PointId{id}).state();
  }
  [[nodiscard]] const charge_point::State& point(std::uint32_t id) {
    return network_.point(PointId{id}).state();
  }
  [[nodiscard]] network::Network& network() noexcept { return network_; }
  [[nodiscard]] Failures::Survived defects() const { return network_.survived_failures(); }
  [[nodiscard]] std::uint64_t shown(DisplayState state) {
    return totals().display[static_cast<std::size_t>(state)];
  }

 private:
  const network::Scenario scenario_;
  StillEngine still_;
  network::Network network_;
};

}  // namespace chargemill::test
