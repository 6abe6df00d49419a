// HTTP over real sockets: polite clients are served, the others cost nothing but themselves.
#include "runtime/net/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/runtime/net/plain_client.hpp"
#include "tests/runtime/net/served.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Client = test::PlainClient;
using test::kHost;
using test::kPatience;
using test::Served;

TEST(HttpServer, TurnsAwayWhoMayNotComeInBeforeItReadsTheBody) {  // issue, section 6
  HttpGuards guards;
  guards.gate = [](const HttpRequest& head) {
    EXPECT_EQ(head.body, "");
    HttpVerdict verdict;
    if (head.header("authorization") == "Bearer x") return verdict;
    verdict.refusal.emplace();
    verdict.refusal->status = 401;
    verdict.refusal->headers.push_back({"WWW-Authenticate", "Bearer"});
    return verdict;
  };
  Served served{{}, guards};
  Client client{served.port()};
  client.say("POST /p HTTP/1.1\r\nContent-Length: 1000000\r\n" + kHost + "\r\nthe beginning");
  const auto answer = client.hear_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 Unauthorized\r\n"));
  EXPECT_THAT(answer, HasSubstr("WWW-Authenticate: Bearer\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(served.server().counters().requests_refused, 1U);
  EXPECT_THAT(served.ask("POST /p HTTP/1.1\r\nAuthorization: Bearer x\r\nContent-Length: 4\r\n" +
                         kHost + "\r\nbody"),
              HasSubstr("POST /p  body"));
  EXPECT_EQ(served.server().counters().requests, 1U);
}

TEST(HttpServer, AnswersRequestAfterRequestOnOneConnection) {
  Served served;
  Client client{served.port()};
  for (int i = 0; i < 3; ++i) {
    client.say("GET /a?b=" + std::to_string(i) + " HTTP/1.1\r\nX-TEST: v\r\n" + kHost + "\r\n");
    const auto answer = client.hear_one();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("GET /a?b=" + std::to_string(i) + " v "));
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  }
  client.say("POST /p HTTP/1.1\r\nContent-Length: 4\r\n" + kHost + "\r\nbody");
  EXPECT_THAT(client.hear_one(), HasSubstr("POST /p  body"));
  client.say("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kHost +
             "\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(client.hear_one(), HasSubstr("POST /c  abcde"));
  EXPECT_EQ(served.server().counters().connections.load(), 1U);
  EXPECT_EQ(served.server().counters().requests.load(), 5U);
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  Served served;
  Client client{served.port()};
  std::string all;
  for (int i = 0; i < 20; ++i)
    all += "GET /" + std::to_string(i) + " HTTP/1.1\r\n" + kHost + "\r\n";
  client.say(all);
  for (int i = 0; i < 20; ++i)
    ASSERT_THAT(client.hear_one(), HasSubstr("GET /" + std::to_string(i) + " "));
}

TEST(HttpServer, AnAnswerWithoutContentSaysNothingOfItsLength) {  // RFC 9110, 8.6
  Served served;
  Client client{served.port()};
  client.say("GET /empty HTTP/1.1\r\n" + kHost + "\r\nGET /y HTTP/1.1\r\n" + kHost + "\r\n");
  const auto answer = client.hear_one(true);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("\r\nContent-")));
  EXPECT_THAT(client.hear_one(), HasSubstr("GET /y")) << "and the connection goes on";
}

TEST(HttpServer, AnAnswerThatNothingHasChangedDoesNotSayThatThereIsNothing) {  // RFC 9110, 8.6
  Served served;
  Client client{served.port()};
  client.say("GET /same HTTP/1.1\r\n" + kHost + "\r\nGET /y HTTP/1.1\r\n" + kHost + "\r\n");
  const auto answer = client.hear_one(true);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("\r\nContent-Length")));
  EXPECT_THAT(client.hear_one(), HasSubstr("GET /y"));
}

TEST(HttpServer, HeadHasTheLengthAndNoBody) {
  Served served;
  Client client{served.port()};
  client.say("HEAD /x HTTP/1.1\r\n" + kHost + "\r\nGET /y HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_THAT(client.hear_one(true), HasSubstr("Content-Length: 9\r\n"));
  EXPECT_THAT(client.hear_one(), HasSubstr("GET /y"));
}

TEST(HttpServer, ClosesWhenItIsAskedToAndForOlderClients) {
  Served served;
  for (const char* request : {"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                              "GET / HTTP/1.0\r\n\r\n"}) {
    Client client{served.port()};
    client.say(request);
    EXPECT_THAT(client.hear_all(), HasSubstr("GET /"));
  }
}

TEST(HttpServer, AClientThatWaitsForLeaveToSendItsBodyGetsIt) {
  Served served;
  Client client{served.port()};
  client.say("POST /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + kHost + "\r\n");
  ASSERT_TRUE(client.hear_until("100 Continue\r\n\r\n"));
  client.say("ok");
  EXPECT_TRUE(client.hear_until("POST /e  ok"));
}

TEST(HttpServer, WhatIsTooLargeIsRefusedByName) {  // law 6
  Served served;
  EXPECT_THAT(
      served.ask("GET / HTTP/1.1\r\n" + kHost + "X: " + std::string(9'000, 'x') + "\r\n\r\n"),
      StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(served.ask("GET /" + std::string(5'000, 'x') + " HTTP/1.1\r\n" + kHost + "\r\n"),
              StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(served.ask("POST / HTTP/1.1\r\nContent-Length: 1048577\r\n" + kHost + "\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(
      served.ask("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n" + kHost + "\r\n"),
      StartsWith("HTTP/1.1 400"));
  const std::string chunk = "10000\r\n" + std::string(65'536, 'x') + "\r\n";
  Client client{served.port()};
  client.say("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kHost + "\r\n");
  for (int i = 0; i < 40 && client.say(chunk); ++i) continue;
  EXPECT_THAT(client.hear_one(), StartsWith("HTTP/1.1 413"));
  EXPECT_EQ(served.server().counters().requests.load(), 0U);
}

TEST(HttpServer, WhatIsNotHttpIsRefusedAndClosed) {
  Served served;
  for (const char* bytes :
       {"hello\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET ftp://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"}) {
    Client client{served.port()};
    client.say(bytes);
    EXPECT_THAT(client.hear_all(), StartsWith("HTTP/1.1 400")) << bytes;
  }
  EXPECT_EQ(served.server().counters().requests.load(), 0U);
  EXPECT_THAT(served.ask("GET / HTTP/1.1\r\n" + kHost + "\r\n"), HasSubstr("200 OK"));
}

TEST(HttpServer, ABodyOfWhichNobodyKnowsTheEndIsNoNextRequest) {  // RFC 9112, 6.1 and 6.3
  Served served;
  const std::string hidden = "\r\nDELETE /hidden HTTP/1.1\r\n" + kHost + "\r\n";
  const std::string size = "Content-Length: 0\r\n";
  for (const char* head :
       {"HTTP/1.1\r\nTransfer-Encoding: gzip\r\n",
        "HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n",
        "HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n",
        "HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n",
        "HTTP/1.1\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        "HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n"}) {
    for (const std::string& length : {std::string{}, size}) {
      Client client{served.port()};
      client.say(std::string{"POST / "} + head + length + kHost + hidden);
      const auto answer = client.hear_all();
      EXPECT_THAT(answer, StartsWith("HTTP/1.")) << head << length;
      EXPECT_THAT(answer, HasSubstr(" 400 Bad Request\r\n")) << head << length;
      EXPECT_THAT(answer, Not(HasSubstr("hidden"))) << head << length;
    }
  }
  EXPECT_EQ(served.server().counters().requests.load(), 0U);
}

TEST(HttpServer, StrangersNamesAndStrangersPagesAreRefused) {
  Served served;
  EXPECT_THAT(served.ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
              StartsWith("HTTP/1.1 403"));
  const std::string post = "POST / HTTP/1.1\r\nContent-Length: 0\r\nHost: localhost:1\r\n";
  EXPECT_THAT(served.ask(post + "Origin: http://evil.example\r\n\r\n"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(served.ask(post + "Origin: null\r\n\r\n"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(served.ask(post + "Origin: http://localhost:1\r\n\r\n"), HasSubstr("200 OK"));
  EXPECT_THAT(served.ask("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n"),
              HasSubstr("200 OK"))
      << "reading is what browsers themselves keep from strangers";
}

TEST(HttpServer, ATargetInAbsoluteFormIsWhatItsPathSays) {  // RFC 9112, 3.2.2
  Served served;
  EXPECT_THAT(served.ask("GET http://localhost:1/a?b=c HTTP/1.1\r\n" + kHost + "\r\n"),
              HasSubstr("GET /a?b=c "));
  EXPECT_THAT(served.ask("GET HTTP://127.0.0.1 HTTP/1.1\r\n" + kHost + "\r\n"),
              HasSubstr("GET / "));
  EXPECT_THAT(served.ask("GET http://evil.example/ HTTP/1.1\r\n" + kHost + "\r\n"),
              StartsWith("HTTP/1.1 403"))
      << "it is the name that counts (X-26)";
}

TEST(HttpServer, OptionsMayAskForTheServerItselfAndNobodyElse) {  // RFC 9112, 3.2.4
  Served served;
  EXPECT_THAT(served.ask("OPTIONS * HTTP/1.1\r\n" + kHost + "\r\n"), HasSubstr("OPTIONS * "));
  EXPECT_THAT(served.ask("GET * HTTP/1.1\r\n" + kHost + "\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(served.ask("OPTIONS *x HTTP/1.1\r\n" + kHost + "\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(served.ask("OPTIONS * HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
              StartsWith("HTTP/1.1 403"));
}

/// Hasty in one thing alone: whoever is kept from a processor for longer is not late with another.
HttpLimits hasty(Nanos HttpLimits::*limit, Nanos time = 100ms) {
  HttpLimits limits;
  limits.*limit = time;
  limits.linger = 50ms;
  return limits;
}

TEST(HttpServer, SlowClientsAreToldAndDisconnected) {
  Served of_header{hasty(&HttpLimits::header)};
  Client half{of_header.port()};
  half.say("GET / HTTP/1.1\r\nHo");
  EXPECT_THAT(half.hear_all(), StartsWith("HTTP/1.1 408"));
  Served of_body{hasty(&HttpLimits::body)};
  Client body{of_body.port()};
  body.say("POST / HTTP/1.1\r\nContent-Length: 10\r\n" + kHost + "\r\nabc");
  EXPECT_THAT(body.hear_all(), StartsWith("HTTP/1.1 408"));
  Served of_silence{hasty(&HttpLimits::idle)};
  Client silent{of_silence.port()};
  EXPECT_EQ(silent.hear_all(), "") << "one who asks nothing is told nothing";
}

// A header that has no end: bytes without a pause as long as `hurry` lasts, then one a millisecond.
std::string answer_to_an_endless_header(const Served& served, std::chrono::milliseconds hurry) {
  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  Client client{served.port()};
  client.say("GET / HTTP/1.1\r\nX: ");
  while (!client.can_hear_within(Clock::now() - begun < hurry ? 0ms : 1ms)) {
    if (!client.say("x")) break;
    if (Clock::now() - begun > kPatience) return "nothing";
  }
  return client.hear_all();
}
TEST(HttpServer, OneWhoSendsByteByByteHasNoMoreTimeThanOthers) {
  Served served{hasty(&HttpLimits::header)};
  EXPECT_THAT(answer_to_an_endless_header(served, 0ms), StartsWith("HTTP/1.1 408"));
}
// Then there is nothing to cancel; who sends without a pause is there more often than not.
TEST(HttpServer, OneWhoseByteIsBeingReadWhenTimeIsUpHasNoMoreOfIt) {
  HttpLimits limits = hasty(&HttpLimits::header, 3ms);
  limits.header_bytes = 1U << 20U;  // the time is what ends it
  Served served{limits};
  for (int i = 0; i < 20; ++i)
    ASSERT_THAT(answer_to_an_endless_header(served, 10ms), StartsWith("HTTP/1.1 408")) << i;
}

TEST(HttpServer, OneWhoDoesNotReadIsDisconnected) {
  Served served{hasty(&HttpLimits::write)};
  Client client{served.port()};
  client.say("GET /big HTTP/1.1\r\n" + kHost + "\r\n");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (served.server().counters().timeouts.load() == 0 &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(served.server().counters().timeouts.load(), 1U);
  EXPECT_LT(client.hear_all().size(), 8U << 20U);
}

TEST(HttpServer, WhoeverAnswersTooLateIsNotWaitedFor) {
  Served served{hasty(&HttpLimits::answer)};
  Client client{served.port()};
  client.say("GET /later HTTP/1.1\r\n" + kHost + "\r\n");
  const auto answer = served.waiting_answer();
  EXPECT_THAT(client.hear_one(), StartsWith("HTTP/1.1 503"));
  HttpResponse late;
  late.body = "late";
  answer(late);
  client.say("GET /next HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_THAT(client.hear_one(), HasSubstr("GET /next"));
}

TEST(HttpServer, AnAnswerMayComeFromAnyThreadAndOnlyOnce) {
  Served served;
  Client client{served.port()};
  client.say("GET /later HTTP/1.1\r\n" + kHost + "\r\nGET /then HTTP/1.1\r\n" + kHost + "\r\n");
  const auto answer = served.waiting_answer();
  std::thread{[&] {
    HttpResponse response;
    response.body = "first";
    answer(response);
    response.body = "second";
    answer(response);
  }}.join();
  EXPECT_THAT(client.hear_one(), HasSubstr("first"));
  EXPECT_THAT(client.hear_one(), HasSubstr("GET /then"));
}

TEST(HttpServer, BeyondItsConnectionsItRefusesAndLaterTakesThemAgain) {  // law 6
  HttpLimits limits;
  limits.connections = 2;
  Served served{limits};
  const std::string get = "GET /x HTTP/1.1\r\n" + kHost + "\r\n";
  auto first = std::make_unique<Client>(served.port());
  Client second{served.port()};
  first->say(get);
  second.say(get);
  EXPECT_THAT(first->hear_one(), HasSubstr("200 OK"));
  EXPECT_THAT(second.hear_one(), HasSubstr("200 OK"));
  Client third{served.port()};
  EXPECT_THAT(third.hear_all(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(served.server().counters().connections_refused.load(), 1U);
  first.reset();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string answer;
  while (answer.find("200 OK") == std::string::npos && std::chrono::steady_clock::now() < deadline)
    answer = served.ask(get);
  EXPECT_THAT(answer, HasSubstr("200 OK"));
}

TEST(HttpServer, ADoorFullOfSilenceLetsInWhoAsks) {  // law 6
  HttpLimits limits;
  limits.connections = 2;
  limits.grace = Nanos{0};
  Served served{limits};
  const std::string get = "GET /x HTTP/1.1\r\n" + kHost + "\r\n";
  Client first{served.port()};
  first.say(get);
  EXPECT_THAT(first.hear_one(), HasSubstr("200 OK"));
  Client silent{served.port()};
  silent.say("GET /half HT");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (served.server().counters().connections.load() < 2 &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_THAT(served.ask(get), HasSubstr("200 OK"));
  EXPECT_EQ(silent.hear_all(), "");
  EXPECT_EQ(served.server().counters().connections_displaced.load(), 1U);
  first.say(get);
  EXPECT_THAT(first.hear_one(), HasSubstr("200 OK"));
}

TEST(HttpServer, AtItsEndItAnswersWhatIsUnderWayAndTakesNobody) {
  Served served;
  Client idle{served.port()};
  idle.say("GET /x HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_THAT(idle.hear_one(), HasSubstr("200 OK"));
  Client busy{served.port()};
  busy.say("GET /later HTTP/1.1\r\n" + kHost + "\r\n");
  const auto answer = served.waiting_answer();
  served.on_thread([&] { served.server().begin_to_close(); });
  EXPECT_EQ(idle.hear_all(), "");
  EXPECT_FALSE(served.on_thread([&] { return served.server().is_closed(); }));
  HttpResponse response;
  response.body = "the last";
  answer(response);
  const auto last = busy.hear_all();
  EXPECT_THAT(last, HasSubstr("the last"));
  EXPECT_THAT(last, HasSubstr("Connection: close"));
  EXPECT_TRUE(served.becomes_closed());
}

TEST(HttpServer, WhoIsCutIsGoneAtOnceAndItsAnswerIsForgotten) {
  Served served;
  Client busy{served.port()};
  busy.say("GET /later HTTP/1.1\r\n" + kHost + "\r\n");
  const auto answer = served.waiting_answer();
  served.close();
  EXPECT_EQ(busy.hear_all(), "");
  answer(HttpResponse{});
  EXPECT_TRUE(served.becomes_closed());
}

}  // namespace
}  // namespace chargemill::runtime
