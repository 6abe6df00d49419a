// Clients of HTTP that mean harm: what they hold is limited, and taken from them, not from others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "tests/runtime/net/plain_client.hpp"
#include "tests/runtime/net/served.hpp"

namespace chargemill::runtime {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Client = test::PlainClient;
using test::kHost;
using test::kPatience;
using test::Served;

/// Knows `Bearer x`; everybody may ask for /livez.
HttpGuards guarded() {
  HttpGuards guards;
  guards.gate = [](const HttpRequest& head) {
    HttpVerdict verdict;
    verdict.is_stranger = head.header("authorization") != "Bearer x";
    if (!verdict.is_stranger || head.target == "/livez") return verdict;
    verdict.refusal.emplace();
    verdict.refusal->status = 401;
    return verdict;
  };
  return guards;
}
const std::string kLive = "GET /livez HTTP/1.1\r\n" + kHost;
const std::string kKnown = kHost + "Authorization: Bearer x\r\n";
const std::string kOperators = "GET /x HTTP/1.1\r\n" + kKnown + "\r\n";

std::uint64_t held(Served& served) {
  return served.on_thread([&] { return served.server().held_bytes(); });
}
template <class F>
bool comes_true(F f) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!f()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(HttpSiege, StrangersWhoAnnounceBodiesTakeNoRoomFromOthers) {  // issue, section 6; law 6
  Served served{{}, guarded()};
  std::vector<std::unique_ptr<Client>> strangers;
  for (int i = 0; i < 64; ++i) {
    strangers.push_back(std::make_unique<Client>(served.port()));
    strangers.back()->say(kLive + (i % 2 == 0 ? "Content-Length: 1048576\r\n\r\n"
                                              : "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"));
  }
  for (const auto& stranger : strangers)
    EXPECT_THAT(stranger->hear_one(), StartsWith("HTTP/1.1 413"));
  // What the last one was answered is let go of once its sending is known to be over.
  EXPECT_TRUE(comes_true([&] { return held(served) == 0; }));
  EXPECT_THAT(served.ask("POST /p HTTP/1.1\r\n" + kKnown + "Content-Length: 4\r\n\r\nbody"),
              HasSubstr("POST /p  body"));
  EXPECT_THAT(served.ask(kOperators), HasSubstr("200 OK"));
  EXPECT_THAT(served.ask(kLive + "Content-Length: 0\r\n\r\n"), HasSubstr("200 OK"));
}

TEST(HttpSiege, BodiesTogetherHaveALimitAndOnlyWhatHasComeCounts) {  // law 6
  HttpLimits limits;
  limits.body_bytes = 800;
  limits.bodies_bytes = 1'000;
  Served served{limits};
  const std::string announced =
      "POST /b HTTP/1.1\r\n" + kHost + "Expect: 100-continue\r\nContent-Length: 700\r\n\r\n";
  Client first{served.port()};
  Client second{served.port()};
  Client chunked{served.port()};
  first.say(announced);
  second.say(announced);
  ASSERT_TRUE(first.hear_until("100 Continue\r\n\r\n"));
  ASSERT_TRUE(second.hear_until("100 Continue\r\n\r\n")) << "nothing has come";
  first.say(std::string(699, 'x'));
  ASSERT_TRUE(comes_true([&] { return held(served) == 699; }));
  second.say(std::string(400, 'y'));
  EXPECT_TRUE(second.hear_until("HTTP/1.1 503"));
  chunked.say("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kHost + "\r\n190\r\n" +
              std::string(400, 'z'));
  EXPECT_TRUE(chunked.hear_until("HTTP/1.1 503"));
  EXPECT_TRUE(comes_true([&] { return held(served) == 699; })) << "what is refused is not kept";
  EXPECT_THAT(served.ask("POST /b HTTP/1.1\r\n" + kHost + "Content-Length: 4\r\n\r\nbody"),
              HasSubstr("200 OK"));
  EXPECT_THAT(served.ask("GET /x HTTP/1.1\r\n" + kHost + "\r\n"), HasSubstr("200 OK"));
  first.say("x");
  EXPECT_TRUE(first.hear_until("xxxx"));
  EXPECT_TRUE(comes_true([&] { return held(served) == 0; })) << "there is room again";
}

TEST(HttpSiege, WhoIsRefusedReadsWhyWhateverItStillSays) {  // law 6
  HttpLimits limits;
  limits.connections = 1;
  // Ten requests go out in it, whoever else wants the cores.
  limits.linger = std::chrono::seconds{5};
  Served served{limits};
  const std::string get = "GET /x HTTP/1.1\r\n" + kHost + "\r\n";
  Client first{served.port()};
  first.say(get);
  EXPECT_THAT(first.hear_one(), HasSubstr("200 OK"));
  Client second{served.port()};
  ASSERT_TRUE(comes_true([&] { return served.server().counters().connections_refused == 1; }));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(second.say(get)) << "not reset by request " << i;
  const auto said = second.hear_all();
  EXPECT_THAT(said, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(said, EndsWith("\r\n\r\ntoo many connections []")) << "in the form of all errors";
}

TEST(HttpSiege, WhoAsksOnlyWhatEverybodyMayHasNoClaimToItsPlace) {  // law 6
  HttpLimits limits;
  limits.connections = 2;
  limits.grace = Nanos{0};
  Served served{limits, guarded()};
  Client stranger{served.port()};
  Client first{served.port()};
  stranger.say(kLive + "\r\n");
  first.say(kOperators);
  EXPECT_THAT(stranger.hear_one(), HasSubstr("(a stranger)"));
  EXPECT_THAT(first.hear_one(), AllOf(HasSubstr("200 OK"), Not(HasSubstr("(a stranger)"))));
  Client second{served.port()};
  second.say(kOperators);
  EXPECT_THAT(second.hear_one(), HasSubstr("200 OK"));
  EXPECT_EQ(stranger.hear_all(), "");
  EXPECT_EQ(served.server().counters().connections_displaced.load(), 1U);
  EXPECT_THAT(Client{served.port()}.hear_all(), StartsWith("HTTP/1.1 503")) << "all are known";
  first.say(kOperators);
  EXPECT_THAT(first.hear_one(), HasSubstr("200 OK"));
}

TEST(HttpSiege, OfTheStrangersTheOneGoesThatHasBeenIdleLongest) {  // law 6
  HttpLimits limits;
  limits.connections = 2;
  limits.grace = Nanos{0};
  Served served{limits, guarded()};
  Client busy{served.port()};
  Client idle{served.port()};
  for (Client* one : {&busy, &idle, &busy}) {
    one->say(kLive + "\r\n");
    EXPECT_THAT(one->hear_one(), HasSubstr("200 OK"));
  }
  EXPECT_THAT(served.ask(kOperators), HasSubstr("200 OK"));
  EXPECT_EQ(idle.hear_all(), "");
  busy.say(kLive + "\r\n");
  EXPECT_THAT(busy.hear_one(), HasSubstr("200 OK"));
}

TEST(HttpSiege, AnswersThatNobodyTakesHaveALimitTogether) {  // law 6
  HttpLimits limits;
  limits.answers_bytes = 20U << 20U;
  Served served{limits};
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 6; ++i) {
    silent.push_back(std::make_unique<Client>(served.port()));
    silent.back()->say("GET /big HTTP/1.1\r\n" + kHost + "\r\n");  // 8 MiB, and reads nothing
  }
  ASSERT_TRUE(comes_true([&] { return served.server().counters().requests.load() == 6; }));
  ASSERT_TRUE(comes_true([&] { return served.server().counters().answers_cut.load() > 0; }));
  EXPECT_LE(held(served), limits.answers_bytes);
  EXPECT_THAT(served.ask("GET /x HTTP/1.1\r\n" + kHost + "\r\n"), HasSubstr("200 OK"));
}

}  // namespace
}  // namespace chargemill::runtime
