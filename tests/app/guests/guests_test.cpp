// Participants outside, by their frames: a network that stands still, links that only remember.
#include "app/guests/guests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/driver/request_run.hpp"
#include "tests/app/guests/hotel.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using test::Ear;
using test::Hotel;
using test::scenario;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
TEST(Guests, AnEnginesEurosReachItsDriverAndTheBillThoughNoEndComes) {  // D-218, D-060, D-064
  Hotel h;
  h.open_point();
  h.ask("r1", "CP-OUT");
  h.say(h.point, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "SUPPLYING"})");
  h.say(
      h.point,
      R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 22.0, "kwh": 1.0, "euros": 0.75, "driver_id": "guest", "session_id": "session-10000000001"})");
  EXPECT_THAT(h.driver->heard.back(), HasSubstr("Charging: 22.0 kW, \\u20ac0.75"));
  h.say(
      h.point,
      R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 11.0, "euros": 1.25, "driver_id": "guest", "session_id": "session-10000000001"})");
  EXPECT_THAT(h.driver->heard.back(), HasSubstr("Charging: 11.0 kW, \\u20ac1.25"))
      << "the seed's form: the cost alone is new (D-027)";
  h.say(h.point, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "ACTIVATED"})");
  EXPECT_THAT(h.driver->heard.back(),
              testing::AllOf(HasSubstr("driver.ticket"), HasSubstr(R"("energy_kwh": 1.0)"),
                             HasSubstr(R"("total_cost_eur": 1.25)")));
  EXPECT_EQ(h.totals().revenue_microeur, 1'250'000);
}
TEST(Guests, WhoConfirmsTheFirstTicketIsStillOwedTheCorrection) {  // D-083, D-075
  Hotel h;
  h.open_point();
  h.ask("r1", "CP-OUT");
  h.say(h.point, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "SUPPLYING"})");
  h.say(
      h.point,
      R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 22.0, "kwh": 0.5, "euros": 0.15, "driver_id": "guest", "session_id": "session-10000000001"})");
  h.say(h.point, R"({"type": "cp.fault", "cp_id": "CP-OUT", "status": "FAULT", "reason": "x"})");
  h.say(
      h.point,
      R"({"type": "cp.session_end", "cp_id": "CP-OUT", "driver_id": "guest", "session_id": "session-10000000001", "start_time": 0, "energy_kwh": 2.0, "total_cost_eur": 0.6})");
  std::vector<std::string> tickets;
  for (const auto& text : h.driver->heard) {
    if (text.find("driver.ticket") != std::string::npos) tickets.push_back(text);
  }
  ASSERT_EQ(tickets.size(), 2U);
  EXPECT_EQ(h.say(h.driver, tickets[0]), "ACK: driver.ticket") << "it had crossed the second";
  h.guests.on_closed(*h.driver);
  h.work();
  const auto back = std::make_shared<Ear>();
  h.say(back, R"({"type": "driver.return", "driver_id": "guest"})");
  EXPECT_THAT(back->heard, testing::Contains(tickets[1]));
  EXPECT_EQ(h.say(back, tickets[1]), "ACK: driver.ticket");
  h.guests.on_closed(*back);
  h.work();
  const auto last = std::make_shared<Ear>();
  h.say(last, R"({"type": "driver.return", "driver_id": "guest"})");
  EXPECT_THAT(last->heard, testing::Not(testing::Contains(HasSubstr("driver.ticket"))));
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
      h.say(h.point,
            R"({"type": "cp.telemetry", "cp_id": "CP-OUT", "kw": 1, "kwh": 1, "euros": -1e7})"),
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
TEST(Guests, WhatIsSaidOfNobodyIsToldAndCounted) {  // D-056, D-057, D-065, D-074, D-009
  const std::pair<const char*, const char*> said[] = {
      {R"({"type": "cp.status", "cp_id": "CP-NONE", "state": "FAULT"})",
       "Error processing message from cp.status: Charging point not found"},
      {R"({"type": "cp.telemetry", "cp_id": "CP-NONE", "kw": 1, "euros": 1})",
       "Error processing message from cp.telemetry: Charging point not found"},
      {R"({"type": "cp.fault", "cp_id": "CP-NONE", "status": "FAULT"})",
       "Error processing message from cp.fault: Charging point not found"},
      {R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "DAN\u001bCING"})",
       "Invalid CP state 'DAN CING' from CP-OUT"}};
  for (const auto& [text, line] : said) {
    SCOPED_TRACE(text);
    Hotel h;
    h.open_point();
    EXPECT_THAT(h.say(h.point, text), testing::StartsWith("NACK: "));
    EXPECT_THAT(h.troubles, ElementsAre(line));
    EXPECT_EQ(h.guests.unread(), 1U);
  }
  Hotel h;
  h.say(h.point, R"({"type": "cp.heartbeat", "cp_id": "CP-OUT"})");  // D-043: how it always begins
  EXPECT_THAT(h.troubles, IsEmpty());
  EXPECT_EQ(h.guests.unread(), 0U);
}
TEST(Guests, ARegistrationThatIsRefusedTakesNoPlaceAndChangesNothing) {  // D-042, D-017
  auto one_place = scenario();
  one_place.network.external = 1;
  Hotel h{one_place};
  const auto registration = [](const char* id, const char* price) {
    return std::string{R"({"type": "cp.register", "cp_id": ")"} + id +
           R"(", "cp_e_host": "h", "cp_e_port": 1, "price_eur_kwh": )" + price + "}";
  };
  for (const char* price : {"-1", "1000.001", "9e11", "1e300"}) {
    EXPECT_EQ(h.say(h.point, registration("CP-BAD", price)),
              "NACK: price_eur_kwh: must be from 0 to 1000");
    EXPECT_EQ(h.say(h.point, registration("CP-OUT", price)),
              "NACK: price_eur_kwh: must be from 0 to 1000");
  }
  EXPECT_FALSE(h.names.point("CP-BAD"));
  EXPECT_EQ(h.say(h.point, registration("CP-GOOD", "1000")), "ACK: cp.register");
  EXPECT_TRUE(h.names.point("CP-GOOD")) << "the place is still there";
}
TEST(Guests, ANameThatIsEmptyTakesNoPlace) {  // D-018, D-042
  auto one_place = scenario();
  one_place.network.external = 1;
  one_place.drivers.external = 1;
  Hotel h{one_place};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(
        h.say(h.point, R"({"type": "cp.register", "cp_id": "", "cp_e_host": "h", "cp_e_port": 1})"),
        "NACK: Registration failed: cp_id is empty");
    EXPECT_EQ(h.say(h.driver, R"({"type": "driver.return", "driver_id": ""})"),
              "NACK: driver_id: is empty");
  }
  EXPECT_EQ(
      h.say(h.point, R"({"type": "cp.register", "cp_id": "X", "cp_e_host": "h", "cp_e_port": 1})"),
      "ACK: cp.register");
  EXPECT_EQ(h.say(h.driver, R"({"type": "driver.return", "driver_id": "eve"})"),
            "ACK: driver.return");
}
TEST(Guests, ARequestThatIsOverLongAgoDoesNotBeginAgain) {  // D-054
  Hotel h;
  constexpr int kMany = 50;
  for (int i = 0; i < kMany; ++i)  // nobody is called so: each is denied at once
    ASSERT_EQ(h.ask(("r" + std::to_string(i)).c_str(), "CP-NONE"), "ACK: driver.requests");
  h.open_point();
  h.driver->heard.clear();
  EXPECT_EQ(h.ask("r0", "CP-OUT"), "NACK: request r0 is over");
  EXPECT_EQ(h.ask("r41", "CP-OUT"), "NACK: request r41 is over");
  EXPECT_THAT(h.driver->heard, IsEmpty());
  EXPECT_EQ(h.ask("r49", "CP-OUT"), "ACK: driver.requests");
  EXPECT_THAT(h.driver->heard, ElementsAre(HasSubstr(R"("status": "denied")")))
      << "a late one's status is said again";
  EXPECT_EQ(h.totals().requests_open, 0U);
  h.guests.on_closed(*h.driver);
  EXPECT_EQ(h.ask("r0", "CP-OUT"), "ACK: driver.requests") << "a program that starts anew";
}
TEST(Guests, WhatComesOfARequestOfAnEarlierRunIsNotTakenForTheNewOne) {  // D-214, D-015
  Hotel h;
  h.open_point();
  DriverUpdate old{};
  old.request = driver::request_id(*h.names.driver("guest"), 1U << driver::kRequestBits);
  old.session = SessionId{10'000'000'001};
  old.driver = *h.names.driver("guest");
  old.point = *h.names.point("CP-IN");
  old.status = UpdateStatus::completed;
  ASSERT_EQ(
      h.guests.take(
          h.driver,
          R"({"type": "driver.requests", "driver_id": "guest", "request_id": "r1", "cp_id": "CP-OUT"})"),
      "ACK: driver.requests");
  h.guests.tell(old, SimTime{2s});  // before anything is known of r1
  h.work();
  ASSERT_EQ(h.driver->heard.size(), 2U);
  EXPECT_THAT(h.driver->heard[0], HasSubstr(R"("request_id": "req-)"));
  EXPECT_THAT(h.driver->heard[0], HasSubstr(R"("status": "completed")"));
  EXPECT_THAT(h.driver->heard[1], HasSubstr(R"("request_id": "r1")"));
  EXPECT_THAT(h.driver->heard[1], HasSubstr(R"("status": "accepted")"));
}
TEST(Guests, NamesThatAreKeptAreShort) {  // law 6
  Hotel h;
  const std::string longest(Guests::kNameBytesMax, 'x');
  EXPECT_EQ(h.ask((longest + "x").c_str(), "CP-OUT"), "NACK: request_id: is too long");
  EXPECT_EQ(h.ask("r1", (longest + "x").c_str()), "NACK: cp_id: is too long");
  EXPECT_EQ(h.ask(longest.c_str(), longest.c_str()), "ACK: driver.requests");
}
TEST(Guests, WhoGoesToAndFroBetweenConnectionsIsRememberedOnceForEach) {  // law 6
  Hotel h;
  h.open_point();
  const auto other = std::make_shared<Ear>();
  const std::size_t before = h.guests.remembered();
  for (int i = 0; i < 100; ++i) {
    h.say(other, R"({"type": "cp.heartbeat", "cp_id": "CP-OUT"})");
    h.say(h.point, R"({"type": "cp.heartbeat", "cp_id": "CP-OUT"})");
  }
  EXPECT_EQ(h.guests.remembered(), before + 1);
  h.guests.on_closed(*other);
  EXPECT_EQ(h.guests.remembered(), before);
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
  EXPECT_EQ(
      h.say(
          h.driver,
          R"({"type": "driver.cancel", "driver_id": "guest", "cp_id": "CP-IN", "request_id": "r1"})"),
      "NACK: cp_id: request r1 is about CP-OUT");
  EXPECT_EQ(h.driver->heard.size(), 2U) << "nothing has become of it";
  EXPECT_EQ(h.say(h.driver, cancel + R"("r1"})"), "ACK: driver.cancel");
  EXPECT_THAT(h.driver->heard[2], HasSubstr("Driver cancelled"));
  EXPECT_EQ(h.totals().requests_open, 0U);
}

/// How far the session of the point outside is, for its shard.
class StageLook final : public central::Inspection {
 public:
  explicit StageLook(PointId point) : point_(point) {}
  std::uint32_t look(const central::ShardState& shard, SimTime, std::uint32_t) override {
    stage = shard.points[central::find(shard, point_)].stage;
    return kEnough;
  }
  void finish(SimTime) override { is_finished = true; }

  central::Stage stage = central::Stage::starting;
  bool is_finished = false;

 private:
  const PointId point_;
};

TEST(Guests, WhoLooksBehindAPointSeesTheEndThatItHasTold) {  // D-102, D-177: its ACK says so
  Hotel h;
  h.open_point();
  h.ask("r1", "CP-OUT");
  h.say(h.point, R"({"type": "cp.status", "cp_id": "CP-OUT", "state": "SUPPLYING"})");
  const PointId point = *h.names.point("CP-OUT");
  const auto before = std::make_shared<StageLook>(point);
  ASSERT_TRUE(h.desk.inspect_behind(point, before));
  ASSERT_EQ(
      h.guests.take(
          h.point,
          R"({"type": "cp.session_end", "cp_id": "CP-OUT", "driver_id": "guest", "session_id": "session-10000000001", "start_time": 0, "energy_kwh": 2.0, "total_cost_eur": 0.6})"),
      "ACK: cp.session_end");
  EXPECT_EQ(h.guests.recorded_at(), point);
  EXPECT_TRUE(h.guests.is_relayed());
  const auto after = std::make_shared<StageLook>(point);
  ASSERT_TRUE(h.desk.inspect_behind(point, after));
  h.work();
  EXPECT_TRUE(before->is_finished && after->is_finished);
  EXPECT_EQ(before->stage, central::Stage::supplying);
  EXPECT_EQ(after->stage, central::Stage::none);
}

}  // namespace
}  // namespace chargemill::app
