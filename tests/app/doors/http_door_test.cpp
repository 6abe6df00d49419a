// The HTTP door of a run, through real sockets.
#include "app/doors/http_door.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/app/doors/station.hpp"
#include "tests/runtime/net/plain_client.hpp"

namespace chargemill::app {
namespace {

using runtime::test::PlainClient;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

DoorsSettings http_only(const std::string& token_file = {}) {
  DoorsSettings settings;
  settings.tcp.listen = kDoorOff;
  settings.http.listen = "127.0.0.1:0";
  settings.http.is_chosen = true;
  settings.http.token_file = token_file;
  return settings;
}

/// A run of which nobody asks the actors anything.
struct Office {
  explicit Office(const RunFacts& facts = {}, const std::string& token_file = {})
      : station(2, http_only(token_file), facts), port(test::port_of(*station.doors)) {}

  std::string ask(const std::string& head, const std::string& body = {}) {
    PlainClient client{port};
    client.say(head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n" + body);
    return client.hear_all();
  }

  test::Station station;
  std::uint16_t port;
};

TEST(HttpDoor, WhatBreaksInsideIsAProblemThatTellsStrangersNothing) {  // D-179; issue, section 4
  RunFacts facts;
  facts.series = []() -> std::string { throw std::runtime_error{"/secret/place: no such file"}; };
  facts.metrics = facts.series;
  Office office{facts};
  const auto newer = office.ask("GET /api/v1/series HTTP/1.1");
  EXPECT_THAT(newer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(newer, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_THAT(newer, HasSubstr(R"("status":500)"));
  EXPECT_THAT(newer, Not(HasSubstr("secret")));
  const auto older = office.ask("GET /metrics HTTP/1.1");
  EXPECT_THAT(older, HasSubstr(R"({"error":"this request could not be answered"})"));
  EXPECT_THAT(office.ask("GET /health HTTP/1.1"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(office.station.doors->take_news(),
              testing::Contains("a request could not be answered: /secret/place: no such file"))
      << "those who watch the run learn it";
}

TEST(HttpDoor, TheWebSocketsPathIsNoPage) {
  Office office{{}};
  const auto answer = office.ask("GET /ws?x=1 HTTP/1.1");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 426 Upgrade Required\r\n"));
  EXPECT_THAT(answer, HasSubstr("Upgrade: websocket\r\n"));
}

TEST(HttpDoor, StrangersSendNoBodies) {  // issue, section 6; law 6
  const test::Folder folder;
  Office office{{}, test::token_file(folder)};
  EXPECT_THAT(office.ask("GET /livez HTTP/1.1\r\nContent-Length: 1048576"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(office.ask("GET /livez HTTP/1.1"), StartsWith("HTTP/1.1 200 "));
  const std::string known = std::string{"\r\nAuthorization: Bearer "} + test::kReader;
  EXPECT_THAT(office.ask("GET /livez HTTP/1.1\r\nContent-Length: 1" + known, "x"),
              StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace chargemill::app
