// Participants outside, by their frames: a network that stands still, links that only remember.
#include "app/guests/guests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/net/io_thread.hpp"
#include "tests/support/still_engine.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Ear final : public runtime::FrameLink {
 public:
  void reply(runtime::MessageNumber, std::string_view) override {}
  void push(std::string_view text) override { heard.emplace_back(text); }

  std::vector<std::string> heard;
};

network::Scenario scenario() {
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
  Hotel()
      : still(2),
        network(scenario(), still.engine),
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
  test::StillEngine still;
  network::Network network;
  network::Desk desk;
  Directory names;
  std::shared_ptr<runtime::Poster> poster;
  Guests guests;
  std::shared_ptr<Ear> point;
  std::shared_ptr<Ear> driver;
};

TEST(Guests, WhatCannotBeReadIsToldCountedAndDroppedAndTheNextMessageIsHeard) {  // D-009
  Hotel h;
  EXPECT_EQ(h.say(h.point, R"({"type": "cp.status", "cp_id": 7, "state": "ACTIVATED"})"),
            "NACK: cp_id: must be a string");
  EXPECT_THAT(h.troubles,
              ElementsAre("Error processing message from cp.status: cp_id: must be a string"));
  EXPECT_EQ(h.say(h.point, "{no json"), "NACK: not valid JSON");
  EXPECT_EQ(h.guests.unread(), 2U);
  EXPECT_EQ(h.troubles.size(), 1U) << "one line a second: whoever sends nothing else fills no log";
  h.open_point();
  EXPECT_EQ(h.guests.unread(), 2U);
}
TEST(Guests, ASessionGoesFromRequestToTicket) {  // D-211
  Hotel h;
  h.open_point();
  EXPECT_EQ(h.ask("r1", "CP-OUT"), "ACK: driver.requests");
  ASSERT_THAT(h.point->heard,
              ElementsAre(HasSubstr(R"("cmd": "start_supply", "cp_id": "CP-OUT")")));
  const std::string session = "session-10000000001";
  EXPECT_THAT(h.point->heard[0], HasSubstr(session));
  ASSERT_EQ(h.driver->heard.size(), 1U);
  EXPECT_THAT(
      h.driver->heard[0],
      HasSubstr(
          R"("request_id": "r1", "driver_id": "guest", "cp_id": "CP-OUT", "status": "accepted")"));
  h.say(
      h.point,
      R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "SUPPLYING", "reason": "Starting supply for driver guest"})");
  h.say(
      h.point,
      R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 22.0, "kwh": 1.5, "euros": 0.45, "driver_id": "guest", "session_id": ")" +
          session + R"("})");
  EXPECT_THAT(h.driver->heard.back(), HasSubstr("Charging: 22.0 kW, \\u20ac0.45"));
  EXPECT_EQ(
      h.say(
          h.point,
          R"({"type": "cp.session_end", "cp_id": "CP-OUT", "driver_id": "guest", "session_id": ")" +
              session + R"(", "start_time": 0, "energy_kwh": 2.0, "total_cost_eur": 0.6})"),
      "ACK: cp.session_end");
  h.say(h.point, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "ACTIVATED"})");
  ASSERT_EQ(h.driver->heard.size(), 4U);
  EXPECT_THAT(h.driver->heard[2], HasSubstr(R"("status": "completed")"));
  EXPECT_THAT(
      h.driver->heard[3],
      HasSubstr(R"("type": "driver.ticket", "cp_id": "CP-OUT", "session_id": ")" + session));
  const auto t = h.totals();
  EXPECT_EQ(t.energy_delivered_mj, 2 * kMillijoulesPerKwh);
  EXPECT_EQ(t.revenue_microeur, 600'000);
  EXPECT_EQ(t.sessions_completed, 1U);
}
TEST(Guests, AParticipantMovesToTheConnectionOnWhichItSpeaks) {
  Hotel h;
  h.open_point();
  const auto other = std::make_shared<Ear>();
  h.say(other, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "ACTIVATED"})");
  h.guests.on_closed(*h.point);  // its monitor was there, its engine is not any more
  h.work();
  h.say(other, R"({"type": "cp.heartbeat", "cp_id": "CP-OUT"})");
  EXPECT_EQ(h.ask("r1", "CP-OUT"), "ACK: driver.requests");
  EXPECT_THAT(h.point->heard, IsEmpty());
  EXPECT_EQ(other->heard.size(), 1U);
}
TEST(Guests, WithoutItsConnectionAPointIsNotGivenToDrivers) {
  Hotel h;
  h.open_point();
  h.guests.on_closed(*h.point);
  h.work();
  h.ask("r1", "CP-OUT");
  EXPECT_THAT(h.driver->heard.back(),
              HasSubstr("Charging point not available (state: DISCONNECTED)"));
}
TEST(Guests, NobodySpeaksForThoseInside) {
  Hotel h;
  EXPECT_EQ(h.say(h.point, R"({"type": "cp.status", "cp_id": "CP-IN", "state": "FAULT"})"),
            "NACK: the engine of CP-IN is not outside");
  EXPECT_EQ(h.say(h.driver, R"({"type": "driver.return", "driver_id": "alice"})"),
            "NACK: driver alice is not outside");
  EXPECT_EQ(h.say(h.point, R"({"type": "cp.heartbeat", "cp_id": "CP-OUT"})"),
            "NACK: Charging point not found");  // D-043
}
TEST(Guests, WhatNoChargePointCanDeliverIsRefused) {
  Hotel h;
  h.open_point();
  EXPECT_EQ(h.say(h.point, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "DANCING"})"),
            "NACK: Invalid CP state 'DANCING' from CP-OUT");  // D-057
  EXPECT_EQ(h.say(h.point, R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 1e9, "euros": 1})"),
            "NACK: Number or time out of range");
  EXPECT_EQ(
      h.say(h.point,
            R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 1, "kwh": 1e6, "euros": 1})"),
      "NACK: Number or time out of range");
  EXPECT_EQ(
      h.say(
          h.point,
          R"({"type": "cp.session_end", "cp_id": "CP-OUT", "driver_id": "guest", "session_id": "session-00000001", "start_time": 0, "energy_kwh": 1, "total_cost_eur": 1e7})"),
      "NACK: Number or time out of range");
  EXPECT_EQ(
      h.say(
          h.point,
          R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 1, "kwh": 5, "euros": 1, "session_id": "session-00000001"})"),
      "ACK: cp.telemetry");
  const auto t = h.totals();
  EXPECT_EQ(t.energy_delivered_mj, 0);
  EXPECT_EQ(t.telemetry_unbilled, 1U) << "of a session that it was not told to start (D-065)";
}
TEST(Guests, ADriverHasOneRequestAtATimeAndMayGiveItUp) {  // D-125
  Hotel h;
  h.open_point();
  h.ask("r1", "CP-OUT");
  EXPECT_EQ(h.ask("r2", "CP-OUT"), "NACK: request r1 is open");
  EXPECT_EQ(h.ask("r1", "CP-OUT"), "ACK: driver.requests");
  EXPECT_EQ(h.driver->heard.size(), 2U) << "the present status again (D-054)";
  const std::string cancel =
      R"({"type": "driver.cancel", "driver_id": "guest", "cp_id": "CP-OUT", "request_id": )";
  EXPECT_EQ(h.say(h.driver, cancel + R"("r2"})"), "NACK: Request not found");
  EXPECT_EQ(h.say(h.driver, cancel + R"("r1"})"), "ACK: driver.cancel");
  EXPECT_THAT(h.driver->heard[2], HasSubstr("Driver cancelled"));
  EXPECT_EQ(h.totals().requests_open, 0U);
}

}  // namespace
}  // namespace chargemill::app
