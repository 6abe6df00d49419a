// The HTTP door of a run, through real sockets.
#include "app/doors/http_door.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>

#include "tests/app/doors/station.hpp"
#include "tests/runtime/net/plain_client.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
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
      : Office(facts, http_only(token_file)) {}
  Office(const RunFacts& facts, const DoorsSettings& settings)
      : station(2, settings, facts), port(test::port_of(*station.doors)) {}

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

TEST(HttpDoor, TellsWhatItTakesAsAWhole) {  // RFC 9110, 9.3.7
  Office office{{}};
  const auto answer = office.ask("OPTIONS * HTTP/1.1");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD, POST, DELETE, OPTIONS\r\n"));
  EXPECT_THAT(office.ask("OPTIONS /health HTTP/1.1"), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(office.ask("DELETE * HTTP/1.1"), StartsWith("HTTP/1.1 400 "));
}

/// Asks until an answer comes in time, which is that; whatever does not is left alone.
std::string first_prompt_answer(std::uint16_t port, const std::string& request) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < deadline) {
    PlainClient client{port};
    client.say(request);
    if (client.can_hear_within(100ms)) return client.hear_all();
  }
  return "(none)";
}

TEST(HttpDoor, IsNotAliveWhileOneRequestHoldsUpAllOthers) {  // user-experience, section 5.5
  std::promise<void> begun;
  std::promise<void> over;
  RunFacts facts;
  facts.metrics = [&] {
    begun.set_value();
    over.get_future().wait();
    return std::string{};
  };
  Office office{facts};
  PlainClient stuck{office.port};
  const auto since = std::chrono::steady_clock::now();
  stuck.say("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  begun.get_future().wait();
  const std::string live = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  EXPECT_THAT(first_prompt_answer(office.port, live),
              testing::AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("held up all others")));
  EXPECT_GE(std::chrono::steady_clock::now() - since, 5s);
  over.set_value();
  EXPECT_THAT(stuck.hear_all(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(office.ask("GET /livez HTTP/1.1"), StartsWith("HTTP/1.1 200 "));
}

/// What the doors have counted is published now and then.
template <class Fact>
bool comes_true(const Fact& fact) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!fact()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

TEST(HttpDoor, WhatItEndsItselfIsCounted) {  // issue, section 5; law 6
  auto settings = http_only();
  settings.http.connections = 1;
  Office office{{}, settings};  // whose client takes the only place and says nothing
  EXPECT_TRUE(comes_true([&] {
    return office.ask("GET /health HTTP/1.1").rfind("HTTP/1.1 200", 0) == 0;
  })) << "once that has had its second";
  const auto& doors = *office.station.doors;
  EXPECT_TRUE(comes_true([&] { return doors.figures().http_displaced == 1; }));
  EXPECT_EQ(doors.figures().http_slow + doors.figures().http_crowded, 0U);
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
