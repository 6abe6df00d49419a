// The older HTTP paths, as clients of the earlier system know them (domain, section 12).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/api_office.hpp"

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string error_of(const json& body) { return body.value("error", "(none)"); }

TEST(OlderApi, HealthSaysWhoItIs) {  // D-180
  ApiOffice office{1};
  EXPECT_EQ(office.get("/health"), (json{{"status", "healthy"}, {"service", "ev-central"}}));
}

TEST(OlderApi, TheListHasEachPointAndEachOpenRequest) {  // D-184
  ApiOffice office{3, {{"CP-002"}}};
  office.pass(3s);
  const json body = office.get("/cp");
  ASSERT_EQ(body["charging_points"].size(), 3U);
  EXPECT_EQ(body["active_requests"], 1);
  const json request = body["active_requests_details"][0];
  EXPECT_EQ(request["driver_id"], "driver-0");
  EXPECT_EQ(request["cp_id"], "CP-002");
  const json busy = body["charging_points"][1];
  EXPECT_EQ(busy["state"], "SUPPLYING");
  EXPECT_EQ(busy["engine_state"], "SUPPLYING");
  EXPECT_EQ(busy["monitor_status"], "OK");
  EXPECT_EQ(busy["current_driver"], "driver-0");
  EXPECT_EQ(busy["current_session"], request["session_id"]);
  EXPECT_EQ(busy["price_eur_kwh"], 0.3);
  EXPECT_EQ(busy["is_faulty"], false);
  EXPECT_EQ(busy["fault_reason"], nullptr);
  EXPECT_EQ(busy["circuit_state"], "closed");
  EXPECT_EQ(busy["available"], false);
  EXPECT_EQ(busy["telemetry"]["kw"], 22.0);
  EXPECT_EQ(busy["telemetry"]["session_id"], request["session_id"]);
  EXPECT_FALSE(busy["telemetry"].contains("driver_id"));
  EXPECT_THAT(busy["last_update"].get<std::string>(),
              testing::MatchesRegex("2026-01-05T00:00:[0-9]{2}\\.[0-9]{6}\\+00:00"));  // D-163
  EXPECT_EQ(body["charging_points"][0]["telemetry"], nullptr);
  EXPECT_EQ(body["charging_points"][0]["available"], true);
  EXPECT_EQ(office.get("/cp?only_available=true")["charging_points"].size(), 2U);
}

TEST(OlderApi, TheListGoesOnWhereAPageEnded) {
  ApiOffice office{5, {{"CP-005"}}};
  office.pass(3s);
  const json first = office.get("/cp?limit=2");
  EXPECT_EQ(first["charging_points"].size(), 2U);
  EXPECT_EQ(first["active_requests"], 1) << "of all points, not of the page";
  EXPECT_EQ(first["next"], "CP-002");
  const json last = office.get("/cp?limit=3&after=CP-002");
  EXPECT_EQ(last["charging_points"][0]["cp_id"], "CP-003");
  EXPECT_EQ(last["charging_points"].size(), 3U);
  EXPECT_FALSE(last.contains("next"));
}

TEST(OlderApi, APointNobodyHasIsNotFoundWithAStatusThatSaysSo) {  // D-185, X-07
  ApiOffice office{1};
  const auto response = office.ask("GET", "/cp/CP-999");
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(json::parse(response.body), (json{{"error", "Charging point not found"}}));
  EXPECT_EQ(office.get("/cp/CP-001")["cp_id"], "CP-001");
}

TEST(OlderApi, TelemetryIsOfRunningSessionsOnly) {  // D-186
  ApiOffice office{3, {{"CP-001"}}};
  EXPECT_TRUE(office.get("/telemetry")["telemetry"].is_array());
  office.pass(4s);
  const json rows = office.get("/telemetry")["telemetry"];
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["cp_id"], "CP-001");
  EXPECT_EQ(rows[0]["driver_id"], "driver-0");
  EXPECT_GT(rows[0]["euros"].get<double>(), 0.0);
  office.pass(20s);
  EXPECT_TRUE(office.get("/telemetry")["telemetry"].empty()) << "never shown as live (D-062)";
}

TEST(OlderApi, AMonitorRegistersAPointOfTheScenario) {  // D-010, D-181, D-042
  ApiOffice office{2};
  const json body{
      {"cp_id", "CP-001"}, {"cp_e_host", "localhost"}, {"cp_e_port", 8001}, {"price_eur_kwh", 0.5}};
  EXPECT_EQ(office.post("/cp/register", body),
            (json{{"success", true},
                  {"cp_id", "CP-001"},
                  {"message", "Charging point registered successfully"}}));
  EXPECT_EQ(office.get("/cp/CP-001")["price_eur_kwh"], 0.5);
  json stranger = body;
  stranger["cp_id"] = "CP-999";
  EXPECT_EQ(office.post("/cp/register", stranger, 403),
            (json{{"success", false}, {"cp_id", "CP-999"}, {"message", "Registration failed"}}));
  json incomplete = body;
  incomplete.erase("cp_e_host");
  EXPECT_EQ(error_of(office.post("/cp/register", incomplete, 422)), "cp_e_host: is missing");
  json negative = body;
  negative["price_eur_kwh"] = -1;
  EXPECT_THAT(error_of(office.post("/cp/register", negative, 422)), testing::HasSubstr("price"));
  EXPECT_EQ(office.ask("POST", "/cp/register", "not json").status, 422U);
  json unheard_of = body;
  for (const double price : {1000.001, 1e6, 9e11, 1e300}) {  // D-111: sums must not overflow
    unheard_of["price_eur_kwh"] = price;
    EXPECT_EQ(error_of(office.post("/cp/register", unheard_of, 422)),
              "price_eur_kwh: must be from 0 to 1000");
  }
  EXPECT_EQ(office.get("/cp/CP-001")["price_eur_kwh"], 0.5);
}

TEST(OlderApi, ARegistrationThatIsRefusedTakesNoPlace) {  // D-017, D-042, D-181
  auto scenario = StillNetwork::scenario(1, {});
  scenario.network.external = 1;
  ApiOffice office{scenario};
  json body{{"cp_id", "CP-BAD"}, {"cp_e_host", "h"}, {"cp_e_port", 1}, {"price_eur_kwh", -1}};
  (void)office.post("/cp/register", body, 422);
  EXPECT_EQ(office.ask("GET", "/cp/CP-BAD").status, 404U);
  body["price_eur_kwh"] = 0.4;
  body["cp_id"] = "";
  EXPECT_EQ(office.post("/cp/register", body, 403)["message"], "Registration failed");
  body["cp_id"] = "CP-GOOD";
  EXPECT_EQ(office.post("/cp/register", body)["success"], true);
  EXPECT_EQ(office.get("/cp/CP-GOOD")["price_eur_kwh"], 0.4);
}

TEST(OlderApi, AFaultOfNobodyIsTold) {  // D-074, D-009
  ApiOffice office{1};
  std::vector<std::string> told;
  office.world().tell = [&told](std::string text) { told.push_back(std::move(text)); };
  (void)office.post("/cp/fault", {{"cp_id", "CP-9\n9"}, {"status", "FAULT"}}, 404);
  EXPECT_THAT(told,
              testing::ElementsAre(
                  "Error processing message from cp.fault: Charging point not found: CP-9 9"));
  (void)office.post("/cp/heartbeat", {{"cp_id", "CP-9"}}, 404);
  EXPECT_EQ(told.size(), 1U) << "that is how monitors find that they must register (D-043)";
}

TEST(OlderApi, AStrangerRegistersWhereAPlaceIsFreeAsAtTheFramedDoor) {  // D-041, D-042
  auto scenario = StillNetwork::scenario(2, {});
  scenario.network.points[1].zone = ZoneId{1};
  scenario.network.external = 1;
  ApiOffice office{scenario};
  const json body{{"cp_id", "CP-900"},
                  {"cp_e_host", "localhost"},
                  {"cp_e_port", 8001},
                  {"location", "Z02 Main Street 3"},
                  {"price_eur_kwh", 0.5}};
  EXPECT_EQ(office.post("/cp/register", body)["success"], true);
  const json shown = office.get("/cp/CP-900");
  EXPECT_EQ(shown["location"], "Z02 Main Street 3");
  EXPECT_EQ(shown["price_eur_kwh"], 0.5);
  EXPECT_EQ(shown["monitor_status"], "OK");
  EXPECT_EQ(shown["state"], "DISCONNECTED") << "until its engine is heard";
  EXPECT_EQ(office.point("CP-900")["zone"], "Z02");
  EXPECT_EQ(office.post("/cp/heartbeat", {{"cp_id", "CP-900"}})["success"], true);
  json second = body;
  second["cp_id"] = "CP-901";
  EXPECT_EQ(office.post("/cp/register", second, 403)["message"], "Registration failed");
  second["cp_id"] = "CP 901";
  EXPECT_EQ(office.post("/cp/register", second, 403)["success"], false);
}

TEST(OlderApi, TheLocationIsWhatTheMonitorSaysAndElseWhatTheScenarioSays) {  // D-041, D-196
  ApiOffice office{1};
  json body{{"cp_id", "CP-001"}, {"cp_e_host", "h"}, {"cp_e_port", 1}};
  (void)office.post("/cp/register", body);
  EXPECT_EQ(office.get("/cp/CP-001")["location"], "Z01 S0001");
  body["location"] = "Alicante <b>";
  (void)office.post("/cp/register", body);
  EXPECT_EQ(office.get("/cp/CP-001")["location"], "Alicante <b>");
  (void)office.post("/cp/register", {{"cp_id", "CP-001"}, {"cp_e_host", "h"}, {"cp_e_port", 1}});
  EXPECT_EQ(office.get("/cp/CP-001")["location"], "Alicante <b>") << "nothing new was said of it";
  body["location"] = std::string(127, 'x') + "€";
  (void)office.post("/cp/register", body);
  EXPECT_EQ(office.get("/cp/CP-001")["location"], std::string(127, 'x'))
      << "128 bytes, whole characters";
}

TEST(OlderApi, AMonitorsFaultTakesPartAndItsRecoveryEndsIt) {  // D-182, D-068, D-072
  ApiOffice office{2, {{"CP-001"}}};
  office.pass(3s);
  const json fault{{"cp_id", "CP-001"},
                   {"status", "FAULT"},
                   {"reason", "Health check failures exceeded threshold"}};
  EXPECT_EQ(office.post("/cp/fault", fault),
            (json{{"success", true}, {"cp_id", "CP-001"}, {"status", "FAULT"}}));
  json shown = office.get("/cp/CP-001");
  EXPECT_EQ(shown["state"], "BROKEN");
  EXPECT_EQ(shown["is_faulty"], true);
  EXPECT_EQ(shown["fault_reason"], "Health check failures exceeded threshold");
  EXPECT_EQ(shown["current_session"], nullptr) << "the session ended at once (D-070)";
  EXPECT_EQ(office.network().look().totals.sessions_failed, 0U) << "a look is a little old";
  (void)office.post("/cp/fault", {{"cp_id", "CP-001"}, {"status", "HEALTHY"}});
  office.pass(2s);
  EXPECT_EQ(office.get("/cp/CP-001")["state"], "ACTIVATED");
  const json anonymous{{"status", "FAULT"}};
  EXPECT_EQ(error_of(office.post("/cp/fault", anonymous, 400)), "cp_id required");
  EXPECT_EQ(error_of(office.post("/cp/fault", {{"cp_id", "CP-001"}, {"status", "SICK"}}, 400)),
            "status must be FAULT or HEALTHY");
  EXPECT_EQ(error_of(office.post("/cp/fault", {{"cp_id", "CP-9"}, {"status", "FAULT"}}, 404)),
            "Charging point not found");
}

TEST(OlderApi, AMonitorMaySayInItsOwnWordsWhatIsWrong) {  // D-068, D-070, D-182
  Memory memory;
  ApiOffice office{StillNetwork::scenario(1, {{"CP-001"}}), nullptr, &memory};
  office.pass(3s);
  (void)office.post("/cp/fault",
                    {{"cp_id", "CP-001"}, {"status", "FAULT"}, {"reason", "Cable <overheated>"}});
  EXPECT_EQ(office.get("/cp/CP-001")["fault_reason"], "Cable <overheated>");
  office.pass(1s);
  EXPECT_EQ(office.get("/api/v1/faults")["faults"][0]["reason"], "Cable <overheated>");
  EXPECT_EQ(office.get("/api/v1/sessions")["sessions"][0]["reason"],
            "Charging interrupted: FAULT (Cable <overheated>)");
}

TEST(OlderApi, AHeartbeatOfAnUnknownPointCreatesNothing) {  // D-183, D-043
  ApiOffice office{1};
  EXPECT_EQ(office.post("/cp/heartbeat", {{"cp_id", "CP-001"}}),
            (json{{"success", true}, {"cp_id", "CP-001"}}));
  EXPECT_EQ(error_of(office.post("/cp/heartbeat", {{"cp_id", "CP-002"}}, 404)),
            "Charging point not found");
  EXPECT_EQ(error_of(office.post("/cp/heartbeat", json::object(), 400)), "cp_id required");
  EXPECT_EQ(error_of(office.post("/cp/heartbeat", {{"cp_id", 7}}, 400)), "cp_id required");
  EXPECT_EQ(office.ask("POST", "/cp/heartbeat", "[1]").status, 422U);
  EXPECT_EQ(error_of(office.post("/cp/heartbeat", {{"cp_id", "CP-001"}, {"ts", "soon"}}, 422)),
            "ts: must be an ISO 8601 time or a Unix time in seconds")
      << "as at the framed door (D-017)";
}

TEST(OlderApi, OnlyTheDriverOfASessionEndsIt) {  // D-187
  ApiOffice office{1, {{"CP-001"}}};
  office.pass(4s);
  const std::string session = office.get("/cp/CP-001")["current_session"];
  const auto body = [&](const char* driver, const std::string& id) {
    return json{{"cp_id", "CP-001"}, {"driver_id", driver}, {"session_id", id}};
  };
  EXPECT_EQ(error_of(office.post("/stop-session", body("driver-0", "session-00000bad"), 400)),
            "Session ID mismatch");
  EXPECT_EQ(error_of(office.post("/stop-session", body("driver-9", session), 403)),
            "Not authorized to stop this session");
  EXPECT_EQ(error_of(office.post("/stop-session", {{"cp_id", "CP-001"}}, 400)),
            "cp_id, driver_id, and session_id required");
  json elsewhere = body("driver-0", session);
  elsewhere["cp_id"] = "CP-404";
  EXPECT_EQ(office.post("/stop-session", elsewhere, 404)["error"], "Charging point not found");
  EXPECT_EQ(office.get("/cp/CP-001")["state"], "SUPPLYING") << "nothing has happened so far";
  EXPECT_EQ(office.post("/stop-session", body("driver-0", session)),
            (json{{"success", true},
                  {"cp_id", "CP-001"},
                  {"session_id", session},
                  {"message", "Stop command sent"}}));
  office.pass(1s);
  EXPECT_EQ(office.get("/cp/CP-001")["state"], "ACTIVATED");
  EXPECT_EQ(office.network().count().totals.sessions_completed, 1U);
}

TEST(OlderApi, StopEndsASupplyAndThePointStaysInOrder) {  // D-188
  ApiOffice office{1, {{"CP-001"}}};
  office.pass(4s);
  EXPECT_EQ(office.post("/cp/stop", {{"cp_id", "CP-001"}}),
            (json{{"success", true}, {"message", "Stop command sent to CP-001"}}));
  office.pass(1s);
  EXPECT_EQ(office.get("/cp/CP-001")["state"], "ACTIVATED");
  EXPECT_EQ(error_of(office.post("/cp/stop", json::object(), 400)), "cp_id required");
  EXPECT_EQ(error_of(office.post("/cp/stop", {{"cp_id", "X"}}, 404)), "Charging point not found");
}

TEST(OlderApi, CommandsGoToOneOrToAll) {  // D-189
  ApiOffice office{3};
  EXPECT_EQ(office.post("/cp/command", {{"cmd", "stop_cp"}, {"cp_id", "*"}}),
            (json{{"success", true}, {"cmd", "stop_cp"}, {"count", 3}}));
  office.pass(1s);
  const json all = office.get("/cp");
  for (const auto& point : all["charging_points"]) EXPECT_EQ(point["state"], "STOPPED");
  EXPECT_EQ(office.post("/cp/command", {{"cmd", "resume_cp"}, {"cp_id", "CP-002"}})["count"], 1);
  office.pass(1s);
  EXPECT_EQ(office.get("/cp/CP-002")["state"], "ACTIVATED");
  EXPECT_EQ(office.get("/cp/CP-001")["state"], "STOPPED");
  EXPECT_THAT(error_of(office.post("/cp/command", {{"cmd", "explode"}, {"cp_id", "*"}}, 400)),
              testing::HasSubstr("stop_cp, resume_cp"));
  EXPECT_EQ(error_of(office.post("/cp/command", {{"cmd", "stop_cp"}, {"cp_id", "X"}}, 404)),
            "Charging point not found");
}

TEST(OlderApi, APointIsRemovedUnlessASessionRunsThere) {  // D-193, D-080
  ApiOffice office{2, {{"CP-001"}}};
  office.pass(4s);
  const auto busy = office.ask("DELETE", "/cp/CP-001");
  EXPECT_EQ(busy.status, 409U);
  EXPECT_EQ(error_of(json::parse(busy.body)), "a session runs: stop it first");
  EXPECT_EQ(office.ask("DELETE", "/cp/X").status, 404U);
  const auto done = office.ask("DELETE", "/cp/CP-002");
  EXPECT_EQ(done.status, 204U);
  EXPECT_EQ(done.body, "");
  office.pass(60s);
  EXPECT_EQ(office.get("/cp/CP-002")["state"], "BROKEN") << "nobody restarts it";
  EXPECT_EQ(office.ask("DELETE", "/cp/CP-001").status, 204U) << "its session is over";
}

TEST(OlderApi, WrongMethodsAndPathsHaveTheirStatusAndTheOlderForm) {  // D-179, X-07
  ApiOffice office{1};
  const auto put = office.ask("PUT", "/cp");
  EXPECT_EQ(put.status, 405U);
  EXPECT_EQ(put.headers[0].name, "Allow");
  EXPECT_EQ(put.headers[0].value, "GET, HEAD");
  EXPECT_EQ(office.ask("GET", "/stop-session").status, 405U);
  for (const char* path : {"/cp/register", "/cp/fault", "/cp/heartbeat", "/cp/stop", "/cp/command",
                           "/api/v1/charge-points/stop"}) {
    const auto read = office.ask("GET", path);
    EXPECT_EQ(read.status, 405U) << path;
    ASSERT_EQ(read.headers.size(), 1U) << path;
    EXPECT_EQ(read.headers[0].value, "POST") << path;
  }
  for (const char* path : {"/nope", "/cp/", "/cp/a/b", "/CP", "/favicon.ico"}) {
    const auto response = office.ask("GET", path);
    EXPECT_EQ(response.status, 404U) << path;
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_TRUE(json::parse(response.body).contains("error"));
  }
  EXPECT_EQ(office.ask("GET", "/cp?limt=3").status, 400U);
  EXPECT_EQ(office.ask("POST", "/cp/stop", "{}", {{"content-type", "text/html"}}).status, 415U);
  EXPECT_EQ(office.ask("POST", "/cp/stop", "{}", {{"content-type", "application/jsonp"}}).status,
            415U);
  for (const char* media : {"Application/JSON; charset=utf-8", "application/json ;charset=utf-8",
                            "application/problem+JSON"})
    EXPECT_EQ(office.ask("POST", "/cp/stop", "{}", {{"content-type", media}}).status, 400U)
        << media;
}

}  // namespace
}  // namespace chargemill::test
