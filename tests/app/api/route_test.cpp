// The table of routes, and the document that is made of it.
#include "app/api/route.hpp"

#include <gtest/gtest.h>

#include <set>

#include "app/api/target.hpp"

namespace chargemill::app::api {
namespace {

TEST(ApiRoutes, EachIsReachedByItsOwnPathAndByNoOther) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& route : routes()) {
    SCOPED_TRACE(std::string{route.method} + " " + std::string{route.pattern});
    EXPECT_TRUE(seen.emplace(route.method, route.pattern).second);
    std::string path{route.pattern};
    if (const auto id = path.find("{id}"); id != std::string::npos) path.replace(id, 4, "X%2F1");
    const auto request = path.find("{request}");
    if (request != std::string::npos) path.replace(request, 9, "R%2F2");
    const auto found = match(route.method, parse_target(path)->path);
    EXPECT_EQ(found.route, &route);
    if (path != route.pattern) {
      EXPECT_EQ(found.id, "X/1");
    }
    EXPECT_EQ(found.request, request == std::string::npos ? "" : "R/2");
    EXPECT_EQ(match("PUT", parse_target(path)->path).route, nullptr);
    EXPECT_NE(match("PUT", parse_target(path)->path).allowed, "");
    EXPECT_EQ(match(route.method, parse_target(path + "/x/y/z")->path).route, nullptr);
  }
}

TEST(ApiRoutes, WhatReadsAnswersToHeadAndWhatChangesDoesNot) {
  EXPECT_NE(match("HEAD", {"health"}).route, nullptr);
  EXPECT_EQ(match("HEAD", {"cp", "stop"}).route->pattern, "/cp/{id}");
  EXPECT_EQ(match("HEAD", {"stop-session"}).route, nullptr);
  EXPECT_EQ(match("PATCH", {"cp", "stop"}).allowed, "GET, HEAD, POST, DELETE");
  EXPECT_EQ(match("GET", {"cp", "stop"}).fixed, "POST") << "if no charge point is called so";
  EXPECT_EQ(match("GET", {"cp", "CP-1"}).fixed, "");
  EXPECT_EQ(match("GET", {"cp", ""}).allowed, "") << "an empty id is nobody";
  EXPECT_EQ(match("GET", {}).allowed, "");
}

TEST(ApiRoutes, WhatDoesNotReadChangesAndNeedsATokenThatMay) {
  for (const auto& route : routes()) EXPECT_EQ(route.is_change, route.method != "GET");
}

TEST(ApiRoutes, TheDocumentHoldsExactlyTheRoutesTheirParametersAndTheirBodies) {
  const auto document = openapi_document();
  std::size_t operations = 0;
  for (const auto& [path, item] : document["paths"].items()) operations += item.size();
  EXPECT_EQ(operations, routes().size());
  for (const auto& route : routes()) {
    SCOPED_TRACE(route.pattern);
    const auto& of_path = document["paths"][std::string{route.pattern}];
    const auto& operation =
        of_path[route.method == "GET" ? "get" : (route.method == "POST" ? "post" : "delete")];
    ASSERT_TRUE(operation.is_object());
    std::set<std::string> documented;
    for (const auto& parameter : operation["parameters"])
      documented.insert(parameter["in"].get<std::string>() + " " +
                        parameter["name"].get<std::string>());
    std::set<std::string> wanted;
    if (route.subject != Subject::nobody) wanted.insert("path id");
    if (route.pattern.find("{request}") != std::string_view::npos) wanted.insert("path request");
    for (const auto& parameter : route.query) wanted.insert("query " + std::string{parameter.name});
    if (route.media == "text/event-stream") wanted.insert("header Last-Event-ID");
    EXPECT_EQ(documented, wanted);
    EXPECT_EQ(operation.contains("requestBody"), route.body_form != Body::none);
    EXPECT_EQ(operation["responses"].contains("409"), route.is_change);
    EXPECT_EQ(operation["responses"].contains("413"), route.body_form != Body::none);
    EXPECT_TRUE(operation["responses"].contains("414"));
    EXPECT_TRUE(operation["responses"].contains("431"));
    const auto& success = operation["responses"][std::to_string(route.success)];
    if (route.success == 204) {
      EXPECT_FALSE(success.contains("content"));
    } else {
      EXPECT_TRUE(success["content"].contains(std::string{route.media}));
    }
  }
}

TEST(ApiRoutes, TheDocumentKnowsWhichAnswersHaveAFormOfTheirOwn) {
  const auto document = openapi_document();
  const auto content = [&](const char* path, const char* method, const char* status) {
    return document["paths"][path][method]["responses"][status]["content"];
  };
  EXPECT_EQ(content("/readyz", "get", "503").dump(), R"({"text/plain":{}})");
  EXPECT_EQ(content("/cp/register", "post", "403").dump(), R"({"application/json":{}})") << "D-181";
  EXPECT_TRUE(content("/livez", "get", "503")["application/json"].contains("schema"));
  EXPECT_TRUE(content("/api/v1/events", "get", "503").contains("application/problem+json"));
  EXPECT_TRUE(content("/cp", "get", "414").contains("application/json"));
  EXPECT_TRUE(content("/cp", "get", "431").contains("application/problem+json")) << "both forms";
  EXPECT_TRUE(content("/cp/{id}", "get", "405").contains("application/json")) << "/cp/register";
  const auto& tickets = document["paths"]["/api/v1/drivers/{id}/tickets"]["get"]["responses"];
  EXPECT_FALSE(tickets.contains("405")) << "nothing else is called so";
}

TEST(ApiProblems, HaveTheFormOfTheirPathOrBothWhereNobodyKnowsIt) {  // D-179; contract, section 4
  const auto older = problem(style_of("/cp"), 404, "no");
  EXPECT_EQ(older.content_type, "application/json");
  EXPECT_EQ(older.body, "{\"error\":\"no\"}\n");
  const auto newer = problem(style_of("/api/v1/faults"), 404, "no");
  EXPECT_EQ(newer.content_type, "application/problem+json");
  EXPECT_EQ(newer.body.find("error"), std::string::npos);
  const auto lost = problem(style_of(""), 431, "no");
  EXPECT_EQ(lost.content_type, "application/problem+json");
  const auto body = nlohmann::json::parse(lost.body);
  EXPECT_EQ(body["error"], "no");
  EXPECT_EQ(body["detail"], "no");
  EXPECT_EQ(body["status"], 431);
}

TEST(ApiRoutes, TheContractsPathsAreThere) {  // contract, section 4
  for (const char* path : {"/",
                           "/health",
                           "/cp",
                           "/cp/{id}",
                           "/telemetry",
                           "/livez",
                           "/readyz",
                           "/metrics",
                           "/api/v1/summary",
                           "/api/v1/charge-points",
                           "/api/v1/charge-points/{id}",
                           "/api/v1/faults",
                           "/api/v1/sessions",
                           "/api/v1/stats",
                           "/api/v1/tickets",
                           "/api/v1/schemas",
                           "/api/v1/requests",
                           "/api/v1/events",
                           "/api/v1/slowest",
                           "/api/v1/openapi.json",
                           "/api/v1/drivers/x/sessions/current",
                           "/api/v1/drivers/x/sessions/history",
                           "/api/v1/drivers/x/tickets",
                           "/api/v1/drivers/x/available"})
    EXPECT_NE(match("GET", parse_target(path)->path).route, nullptr) << path;
  for (const char* path :
       {"/cp/register", "/cp/fault", "/cp/heartbeat", "/stop-session", "/cp/stop", "/cp/command",
        "/api/v1/charge-points/stop", "/api/v1/charge-points/resume",
        "/api/v1/charge-points/x/stop", "/api/v1/charge-points/x/resume",
        "/api/v1/charge-points/x/reset-breaker", "/api/v1/charge-points/x/plug",
        "/api/v1/charge-points/x/unplug", "/api/v1/charge-points/x/start",
        "/api/v1/charge-points/x/inject-fault", "/api/v1/charge-points", "/api/v1/drivers",
        "/api/v1/drivers/x/requests"})
    EXPECT_NE(match("POST", parse_target(path)->path).route, nullptr) << path;
  for (const char* path : {"/cp/x", "/api/v1/drivers/x/requests", "/api/v1/drivers/x/requests/y"})
    EXPECT_NE(match("DELETE", parse_target(path)->path).route, nullptr) << path;
}

}  // namespace
}  // namespace chargemill::app::api
