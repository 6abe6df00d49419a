// Drivers' own paths, and who joins over HTTP: the API in front of a network that stands still.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/api_office.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

std::string detail_of(const json& body) { return body.value("detail", "(none)"); }

/// Two charge points in two zones and a driver that has nothing to do but what it is asked.
struct DriverApi : ApiOffice {
  explicit DriverApi(const std::vector<StillNetwork::Lines>& others = {})
      : ApiOffice(scenario(others)) {
    post("/api/v1/drivers", {{"driver_id", "eve"}}, 201);
    pass(1s);
  }
  static network::Scenario scenario(const std::vector<StillNetwork::Lines>& others) {
    auto result = StillNetwork::scenario(2, others);
    result.network.points[1].zone = ZoneId{1};
    return result;
  }
  json ask_for(const char* point, unsigned status = 202) {
    return post("/api/v1/drivers/eve/requests", {{"cp_id", point}}, status);
  }
  json latest() { return get("/api/v1/drivers/eve/requests")["requests"][0]; }
  unsigned give_up(const std::string& path) { return ask("DELETE", path).status; }
  network::Totals totals() {
    const auto snapshot = network().count();
    for (const auto& text : network::broken_identities(snapshot.totals)) ADD_FAILURE() << text;
    return snapshot.totals;
  }
};

TEST(DriverApi, ARequestGoesFromPendingToItsTicket) {  // F-35, D-128, D-211
  DriverApi api;
  const json asked = api.ask_for("CP-001");
  EXPECT_EQ(asked["status"], "pending");
  EXPECT_EQ(asked["driver_id"], "eve");
  EXPECT_EQ(asked["cp_id"], "CP-001");
  EXPECT_THAT(asked["request_id"].get<std::string>(), testing::StartsWith("req-"));
  api.pass(2s);
  const json running = api.latest();
  EXPECT_EQ(running["request_id"], asked["request_id"]);
  EXPECT_EQ(running["status"], "in_progress");
  EXPECT_THAT(running["reason"].get<std::string>(), HasSubstr("Charging: 22.0 kW"));
  EXPECT_EQ(api.get("/api/v1/drivers/eve/sessions/current")["session"]["session_id"],
            running["session_id"]);
  api.pass(12s);
  const json over = api.latest();
  EXPECT_EQ(over["status"], "completed");
  EXPECT_EQ(over["reason"], "Charging completed successfully");
  EXPECT_EQ(api.get("/api/v1/drivers/eve/sessions/current")["session"], nullptr);
  EXPECT_EQ(api.totals().tickets_delivered, 1U);
}
TEST(DriverApi, TheAnswerNamesWhereTheRequestIsFound) {
  DriverApi api;
  const auto response = api.ask("POST", "/api/v1/drivers/eve/requests", R"({"zone": "Z01"})");
  ASSERT_EQ(response.status, 202U) << response.body;
  const json asked = json::parse(response.body);
  EXPECT_EQ(asked["cp_id"], nullptr) << "any of the zone: central chooses";
  ASSERT_FALSE(response.headers.empty());
  EXPECT_EQ(response.headers[0].name, "Location");
  const json found = api.get(response.headers[0].value);
  EXPECT_EQ(found["request_id"], asked["request_id"]);
  api.pass(2s);
  EXPECT_EQ(api.get(response.headers[0].value)["cp_id"], "CP-001");
}
TEST(DriverApi, ADeniedRequestSaysWhy) {  // D-052
  DriverApi api{{{"CP-001"}}};
  api.pass(1s);
  (void)api.ask_for("CP-001");
  api.pass(1s);
  EXPECT_EQ(api.latest()["status"], "denied");
  EXPECT_EQ(api.latest()["reason"], "Charging point not available (state: SUPPLYING)");
}
TEST(DriverApi, ARequestThatIsGivenUpEndsItsSessionCompleted) {  // D-125
  DriverApi api;
  const json asked = api.ask_for("CP-001");
  api.pass(3s);
  const std::string path = "/api/v1/drivers/eve/requests/" + asked["request_id"].get<std::string>();
  EXPECT_EQ(api.give_up(path), 204U);
  api.pass(1s);
  EXPECT_EQ(api.get(path)["status"], "completed");
  EXPECT_EQ(api.point("CP-001")["state"], "ACTIVATED");
  EXPECT_EQ(api.give_up(path), 404U) << "it is over";
  const auto totals = api.totals();
  EXPECT_EQ(totals.sessions_completed, 1U);
  EXPECT_EQ(totals.tickets_delivered, 1U);
  (void)api.ask_for("CP-002");
  api.pass(1s);
  EXPECT_EQ(api.give_up("/api/v1/drivers/eve/requests"), 204U) << "the present one";
  EXPECT_EQ(api.give_up("/api/v1/drivers/eve/requests/req-ffffffff"), 404U);
  EXPECT_EQ(api.give_up("/api/v1/drivers/eve/requests/x"), 404U);
}
TEST(DriverApi, OneRequestAtATime) {  // a driver has one vehicle
  DriverApi api;
  const json asked = api.ask_for("CP-001");
  EXPECT_EQ(detail_of(api.ask_for("CP-002", 409)),
            "request " + asked["request_id"].get<std::string>() + " of this driver is open");
  api.pass(15s);
  (void)api.ask_for("CP-002");
  EXPECT_EQ(api.get("/api/v1/drivers/eve/requests?limit=1")["requests"].size(), 1U);
  EXPECT_EQ(api.get("/api/v1/drivers/eve/requests")["requests"].size(), 2U);
}
TEST(DriverApi, AListGoesOnAfterWhatItsDriverDidByHand) {  // D-128, D-123
  DriverApi api{{{"CP-001", "CP-001"}}};
  api.pass(10s);  // its first line is over, it pauses
  api.post("/api/v1/drivers/driver-0/requests", {{"cp_id", "CP-002"}}, 202);
  api.pass(60s);
  EXPECT_EQ(api.totals().requests_accepted, 3U);
  EXPECT_EQ(api.totals().sessions_completed, 3U);
  api.post("/api/v1/drivers/driver-0/requests", {{"cp_id", "CP-002"}}, 202);
  api.pass(60s);
  EXPECT_EQ(api.totals().requests_accepted, 4U) << "also when it is through with its list";
}
TEST(DriverApi, WhatIsWrongInARequestIsNamed) {  // D-179
  DriverApi api;
  const std::string path = "/api/v1/drivers/eve/requests";
  EXPECT_EQ(api.post(path, json::object(), 422)["field"], "cp_id");
  EXPECT_EQ(api.post(path, {{"cp_id", "CP-001"}, {"zone", "Z01"}}, 422)["field"], "cp_id");
  EXPECT_EQ(api.post(path, {{"cp_id", "CP-999"}}, 422)["field"], "cp_id");
  EXPECT_EQ(api.post(path, {{"zone", "Z99"}}, 422)["field"], "zone");
  EXPECT_EQ(api.post(path, {{"cp_id", "CP-001"}, {"energy_kwh", -1}}, 422)["field"], "energy_kwh");
  EXPECT_EQ(api.post(path, {{"cp_id", "CP-001"}, {"energy_kwh", 1e7}}, 422)["field"], "energy_kwh");
  EXPECT_EQ(api.post(path, {{"cp_id", "CP-001"}, {"stay", "soon"}}, 422)["field"], "stay");
  EXPECT_EQ(detail_of(api.post("/api/v1/drivers/nobody/requests", {{"cp_id", "CP-001"}}, 404)),
            "Driver not found");
  EXPECT_EQ(api.give_up("/api/v1/drivers/nobody/requests"), 404U);
  EXPECT_EQ(api.give_up("/api/v1/drivers/eve/requests"), 404U);
}
TEST(DriverApi, ASessionEndsAtTheEnergyOrTheStayThatWasAskedFor) {
  DriverApi api;
  api.post("/api/v1/drivers/eve/requests", {{"cp_id", "CP-001"}, {"stay", "4s"}}, 202);
  api.pass(6s);
  EXPECT_EQ(api.latest()["status"], "completed");
  // 22 kW for five seconds.
  api.post("/api/v1/drivers/eve/requests", {{"cp_id", "CP-001"}, {"energy_kwh", 22.0 * 5 / 3'600}},
           202);
  api.pass(8s);
  EXPECT_EQ(api.latest()["status"], "completed");
}
TEST(DriverApi, DriversOfTheLoadAreNotAsked) {  // law 5: offered = done + shed
  auto scenario = StillNetwork::scenario(2, {});
  scenario.drivers.count = 3;
  scenario.drivers.sessions_per_cp_per_day = 1.0;
  ApiOffice api{scenario};
  EXPECT_THAT(
      detail_of(api.post("/api/v1/drivers/DRV-000001/requests", {{"cp_id", "CP-001"}}, 409)),
      HasSubstr("belongs to the scenario's load"));
}
TEST(DriverApi, WhatIsAvailableIsFoundByZonePowerAndPrice) {  // D-130
  DriverApi api;
  api.post("/api/v1/charge-points",
           {{"cp_id", "CP-FAST"}, {"power_kw", 150}, {"price_eur_kwh", 0.45}}, 201);
  api.pass(3s);
  const std::string path = "/api/v1/drivers/eve/available";
  EXPECT_EQ(api.get(path)["charge_points"].size(), 3U);
  EXPECT_EQ(api.get(path + "?min_kw=50")["charge_points"][0]["cp_id"], "CP-FAST");
  EXPECT_EQ(api.get(path + "?max_price=0.3")["charge_points"].size(), 2U);
  EXPECT_EQ(api.get(path + "?zone=Z02")["charge_points"].size(), 1U);
}

TEST(NewcomerApi, AChargePointJoinsAndServes) {  // D-003, G6
  DriverApi api;
  const auto response =
      api.ask("POST", "/api/v1/charge-points",
              R"({"cp_id": "CP-NEW", "zone": "Z02", "power_kw": 50, "price_eur_kwh": 0.35})");
  ASSERT_EQ(response.status, 201U) << response.body;
  EXPECT_EQ(response.headers[0].value, "/api/v1/charge-points/CP-NEW");
  const json born = json::parse(response.body);
  EXPECT_EQ(born["zone"], "Z02");
  EXPECT_EQ(born["site"], nullptr) << "it has joined a zone, and no site";
  EXPECT_EQ(api.point("CP-001")["site"], "S0001");
  EXPECT_EQ(born["power_kw"], 50.0);
  EXPECT_EQ(born["price_eur_kwh"], 0.35);
  EXPECT_EQ(born["state"], "DISCONNECTED") << "until its monitor and its engine are heard (D-041)";
  api.pass(3s);
  EXPECT_EQ(api.point("CP-NEW")["state"], "ACTIVATED");
  (void)api.ask_for("CP-NEW");
  api.pass(15s);
  EXPECT_EQ(api.latest()["status"], "completed");
  EXPECT_EQ(api.post("/api/v1/charge-points", nullptr, 201)["cp_id"], "CP-000004");
}
TEST(NewcomerApi, WhoJoinsHasAPlaceInTheLayout) {
  DriverApi api;
  const json before = api.get("/api/v1/layout");
  const auto points = before["points"].get<std::size_t>();
  EXPECT_EQ(before["joined"], json::array());
  for (const char* name : {"CP-NEW", "CP-NEWER"})
    api.post("/api/v1/charge-points", {{"cp_id", name}, {"zone", "Z02"}}, 201);
  const json after = api.get("/api/v1/layout");
  EXPECT_EQ(after["points"], points + 2);
  EXPECT_EQ(after["joined"], (json{"CP-NEW", "CP-NEWER"}));
  EXPECT_EQ(after["names"], before["names"]) << "of the scenario's";
  const auto counted = [](const json& layout) {
    std::size_t sum = 0;
    for (const auto& site : layout["sites"]) sum += site[2].get<std::size_t>();
    return sum;
  };
  EXPECT_EQ(counted(before), points);
  EXPECT_EQ(counted(after), points + 2);
  EXPECT_EQ(after["sites"].back()[0], 1) << "in Z02";
}
TEST(NewcomerApi, ADriverJoinsWithAListOfItsOwn) {
  DriverApi api;
  const json born =
      api.post("/api/v1/drivers", {{"driver_id", "bob"}, {"requests", {"CP-001", "CP-002"}}}, 201);
  EXPECT_EQ(born["driver_id"], "bob");
  EXPECT_EQ(born["requests"], 2);
  api.pass(60s);
  EXPECT_EQ(api.totals().sessions_completed, 2U);
  EXPECT_EQ(api.post("/api/v1/drivers", nullptr, 201)["driver_id"], "DRV-000003");
}
TEST(NewcomerApi, ANameIsTakenOnceAndHasToBeOne) {
  DriverApi api;
  EXPECT_EQ(detail_of(api.post("/api/v1/charge-points", {{"cp_id", "CP-001"}}, 409)),
            "there is a charge point 'CP-001' already");
  EXPECT_EQ(detail_of(api.post("/api/v1/drivers", {{"driver_id", "eve"}}, 409)),
            "there is a driver 'eve' already");
  EXPECT_EQ(api.post("/api/v1/charge-points", {{"cp_id", "a b"}}, 422)["field"], "cp_id");
  EXPECT_EQ(api.post("/api/v1/drivers", {{"driver_id", "a#b"}}, 422)["field"], "driver_id");
  EXPECT_EQ(api.post("/api/v1/charge-points", {{"cp_id", ">CP-001"}}, 422)["field"], "cp_id")
      << "in a list at the framed door it would be the way to the next page";
  EXPECT_EQ(api.post("/api/v1/charge-points", {{"power_kw", 0}}, 422)["field"], "power_kw");
  EXPECT_EQ(api.post("/api/v1/charge-points", {{"power_kw", 1e5}}, 422)["field"], "power_kw");
  EXPECT_EQ(api.post("/api/v1/charge-points", {{"price_eur_kwh", 1e4}}, 422)["field"],
            "price_eur_kwh");
  EXPECT_EQ(api.post("/api/v1/charge-points", {{"zone", "Z99"}}, 422)["field"], "zone");
  EXPECT_EQ(api.post("/api/v1/drivers", {{"requests", {"CP-001", "CP-999"}}}, 422)["field"],
            "requests");
  EXPECT_EQ(api.post("/api/v1/drivers", {{"requests", "CP-001"}}, 422)["field"], "requests");
}
TEST(NewcomerApi, OnesOutsideTakeThePlacesThatAreKeptForThem) {
  auto scenario = StillNetwork::scenario(1, {});
  scenario.network.external = 1;
  scenario.drivers.external = 1;
  ApiOffice api{scenario};
  EXPECT_EQ(api.post("/api/v1/charge-points", {{"cp_id", "OUT"}, {"external", true}}, 201)["state"],
            "DISCONNECTED");
  EXPECT_THAT(detail_of(api.post("/api/v1/charge-points", {{"external", true}}, 409)),
              HasSubstr("network.external"));
  api.post("/api/v1/drivers", {{"driver_id", "guest"}, {"external", true}}, 201);
  EXPECT_THAT(detail_of(api.post("/api/v1/drivers/guest/requests", {{"cp_id", "OUT"}}, 409)),
              HasSubstr("is outside"));
  EXPECT_EQ(api.post("/api/v1/drivers", {{"requests", {"OUT"}}, {"external", true}}, 422)["field"],
            "requests");
  EXPECT_THAT(detail_of(api.post("/api/v1/drivers", {{"external", true}}, 409)),
              HasSubstr("drivers.external"));
}

}  // namespace
}  // namespace chargemill::test
