// A running network behind its doors, through real sockets. Time moves by hand.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "app/doors/doors.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/frame_client.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::test {

inline network::Scenario station_of(std::uint32_t points) {
  network::Scenario s;
  s.network.charge_points = points;
  s.network.zones = 3;
  s.central.shards = 4;
  s.run.duration = std::chrono::hours{1};
  network::DriverSpec alice;
  alice.id = "driver-alice";
  s.drivers.named.push_back(alice);
  return s;
}

/// The framed door alone.
inline app::DoorsSettings framed_only(const std::string& token_file = {}) {
  app::DoorsSettings settings;
  settings.tcp.token_file = token_file;
  settings.http.listen = app::kDoorOff;
  settings.tcp.listen = "127.0.0.1:0";
  settings.tcp.is_chosen = true;
  settings.tcp.connections = 100;
  return settings;
}

inline std::unique_ptr<app::Doors> bound(const app::DoorsSettings& settings) {
  auto doors = app::Doors::bind(settings);
  EXPECT_TRUE(doors);
  return std::move(*doors);
}
inline std::unique_ptr<app::Doors> bound(const std::string& token_file = {}) {
  return bound(framed_only(token_file));
}

/// Of the first one.
inline std::uint16_t port_of(const app::Doors& doors) {
  return runtime::parse_endpoint(doors.addresses().front().at)->port;
}

/// Real actors, hand-moved time, an open door and a client.
struct Station {
  explicit Station(std::uint32_t points, const std::string& token_file = {})
      : Station(points, framed_only(token_file)) {}
  Station(std::uint32_t points, const app::DoorsSettings& settings, const app::RunFacts& facts = {})
      : scenario(station_of(points)),
        still(2),
        network(scenario, still.engine),
        desk(network, still.engine),
        doors(bound(settings)),
        open(doors->open({desk, scenario, {}, facts})),
        client(port_of(*doors)) {
    network.start();
    still.pass(std::chrono::seconds{3});
  }
  /// The actors work while the client waits.
  std::string hear() { return hear(client); }
  std::string hear(FrameClient& who) {
    pollfd one{who.fd(), POLLIN, 0};
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!who.holds_bytes() && poll(&one, 1, 0) == 0) {
      if (std::chrono::steady_clock::now() > deadline) return "(no reply)";
      still.settle();
    }
    return who.receive().value_or("(no reply)");
  }
  std::string ask(std::string_view text) {
    client.send(text);
    return hear();
  }

  const network::Scenario scenario;
  StillEngine still;
  network::Network network;
  network::Desk desk;
  std::unique_ptr<app::Doors> doors;
  std::shared_ptr<void> open;
  FrameClient client;
};

inline const char* const kOperator = "0123456789abcdef-operator";
inline const char* const kReader = "0123456789abcdef-reader";
inline std::string token_file(const Folder& folder) {
  std::string file = folder.path() + "/tokens";
  std::ofstream{file} << kOperator << '\n' << kReader << " read\n";
  return file;
}

}  // namespace chargemill::test
