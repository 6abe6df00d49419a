// A network that stands still, its participants outside, and links that only remember.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "app/guests/guests.hpp"
#include "runtime/net/io_thread.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::app::test {

using namespace std::chrono_literals;

class Ear final : public runtime::FrameLink {
 public:
  void reply(runtime::MessageNumber, std::string_view) override {}
  void push(std::string_view text) override { heard.emplace_back(text); }

  std::vector<std::string> heard;
};

inline network::Scenario scenario() {
  network::Scenario s;
  for (const char* id : {"CP-IN", "CP-OUT"}) {
    network::PointSpec spec;
    spec.id = id;
    spec.is_outside = std::string{id} == "CP-OUT";
    s.network.points.push_back(spec);
  }
  for (const char* id : {"alice", "guest"}) {
    network::DriverSpec spec;
    spec.id = id;
    spec.is_outside = std::string{id} == "guest";
    s.drivers.named.push_back(spec);
  }
  s.central.shards = 2;
  s.run.duration = 1h;
  return s;
}

/// The context runs on the test's own thread, when it is asked to.
struct Hotel {
  /// `recording` and `image`: as a network has them.
  explicit Hotel(const network::Scenario& of = scenario(), Recording* recording = nullptr,
                 const archive::Image* image = nullptr)
      : still(2),
        network(of, still.engine, recording, image),
        desk(network, still.engine),
        names(network.topology(), &network.annex()),
        poster(std::make_shared<runtime::Poster>(context)),
        guests(desk, names, {1'767'571'200'000'000}, poster,
               [this](std::string text) { troubles.push_back(std::move(text)); }),
        point(std::make_shared<Ear>()),
        driver(std::make_shared<Ear>()) {
    network.start();
    still.pass(1s);
  }
  std::string say(const std::shared_ptr<Ear>& who, const std::string& text) {
    auto said = guests.take(who, text);
    work();
    return said;
  }
  void work() {
    still.settle();
    context.restart();
    context.poll();
    still.settle();
  }
  void pass(Nanos time) {
    still.pass(time);
    work();
  }
  void open_point() {
    EXPECT_EQ(
        say(point,
            R"({"type": "cp.register", "cp_id": "CP-OUT", "cp_e_host": "h", "cp_e_port": 1})"),
        "ACK: cp.register");
    EXPECT_EQ(say(point, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "ACTIVATED"})"),
              "ACK: cp.status");
  }
  std::string ask(const char* request, const char* where) {
    return say(driver,
               std::string{R"({"type": "driver.requests", "driver_id": "guest", "request_id": ")"} +
                   request + R"(", "cp_id": ")" + where + R"("})");
  }
  network::Totals totals() {
    work();
    const auto snapshot = network.count();
    for (const auto& text : network::broken_identities(snapshot.totals)) ADD_FAILURE() << text;
    return snapshot.totals;
  }

  std::vector<std::string> troubles;
  boost::asio::io_context context;
  chargemill::test::StillEngine still;
  network::Network network;
  network::Desk desk;
  Directory names;
  std::shared_ptr<runtime::Poster> poster;
  Guests guests;
  std::shared_ptr<Ear> point;
  std::shared_ptr<Ear> driver;
};

}  // namespace chargemill::app::test
