// WebSockets over real sockets: who may open one, what passes over it, and how it ends.
#include "runtime/net/web_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "bench/support/web_socket_client.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/io_thread.hpp"
#include "runtime/net/listener.hpp"
#include "tests/runtime/net/plain_client.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using bench::WebSocketClient;
using testing::HasSubstr;
using testing::StartsWith;

/// Says what a test gives it, keeps what it hears, refuses to hear "nonsense".
class Script final : public WebSocketSession {
 public:
  void next(Take take) override {
    const std::lock_guard lock{mutex_};
    waiting_ = std::move(take);
    serve();
  }
  bool hear(std::string_view message, bool is_text) override {
    const std::lock_guard lock{mutex_};
    heard_.push_back((is_text ? "t:" : "b:") + std::string{message});
    changed_.notify_all();
    return message != "nonsense";
  }
  void close() override { end(); }

  void say(std::string text, bool is_text = true) {
    const std::lock_guard lock{mutex_};
    to_say_.push_back({std::make_shared<const std::string>(std::move(text)), is_text});
    serve();
  }
  void end() {
    const std::lock_guard lock{mutex_};
    to_say_.push_back({});
    serve();
  }
  std::string heard() {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, 60s, [this] { return !heard_.empty(); })) return "(nothing)";
    auto first = heard_.front();
    heard_.pop_front();
    return first;
  }
  std::size_t unsaid() {
    const std::lock_guard lock{mutex_};
    return to_say_.size();
  }

 private:
  void serve() {
    if (!waiting_ || to_say_.empty()) return;
    const Take take = std::exchange(waiting_, {});
    auto message = to_say_.front();
    to_say_.pop_front();
    take(std::move(message));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WebSocketMessage> to_say_;  // guarded by mutex_; likewise the next
  std::deque<std::string> heard_;
  Take waiting_;
};

/// A server that talks at `/ws`, and refuses at `/full`.
class Talking {
 public:
  explicit Talking(HttpLimits limits = {}) {
    auto listener = listen(io.context(), {"127.0.0.1", 0}, PortInUse::is_an_error);
    port = listener->at.port;
    server = std::make_unique<HttpServer>(
        std::move(listener->acceptor), listener->at,
        [](const HttpRequest& request, const HttpAnswer& answer) {
          HttpResponse response;
          response.body = "plain " + request.target;
          answer(std::move(response));
        },
        [](unsigned status, const std::string& text, std::string_view) {
          HttpResponse response;
          response.status = status;
          response.body = text;
          return response;
        },
        limits, HttpGuards{}, [this](const HttpRequest& request) { return open(request); });
  }
  ~Talking() { io.stop(); }
  Talking(const Talking&) = delete;
  Talking& operator=(const Talking&) = delete;

  template <class F>
  std::invoke_result_t<F> on_thread(F f) {
    std::packaged_task<std::invoke_result_t<F>()> task{std::move(f)};
    auto done = task.get_future();
    boost::asio::post(io.context(), std::move(task));
    return done.get();
  }
  bool becomes_closed() {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < deadline) {
      if (on_thread([this] { return server->is_closed(); })) return true;
      std::this_thread::yield();
    }
    return false;
  }

  IoThread io;  // first: what lives on it goes before it
  std::uint16_t port = 0;
  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::unique_ptr<HttpServer> server;

 private:
  WebSocketReply open(const HttpRequest& request) {
    WebSocketReply reply;
    if (request.target == "/ws") {
      reply.session = script;
      if (offers_protocol(request.header("sec-websocket-protocol"), "v1")) reply.protocol = "v1";
    }
    if (request.target == "/full") {
      reply.refusal = HttpResponse{};
      reply.refusal->status = 503;
    }
    return reply;
  }
};

TEST(WebSocket, CarriesMessagesBothWaysUntilTheSessionEndsIt) {
  Talking talking;
  WebSocketClient client{talking.port};
  const auto head = client.shake_hands("/ws", "Sec-WebSocket-Protocol: other, v1\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Protocol: v1\r\n"));
  EXPECT_THAT(head, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  talking.script->say("hello");
  talking.script->say(std::string(100'000, 'x'), false);
  EXPECT_EQ(client.next(WebSocketClient::text), "hello");
  EXPECT_EQ(client.next(WebSocketClient::binary), std::string(100'000, 'x'));
  client.send(WebSocketClient::binary, "yes");
  EXPECT_EQ(talking.script->heard(), "b:yes");
  client.send(WebSocketClient::ping, "there?");
  EXPECT_EQ(client.next(WebSocketClient::pong), "there?");
  talking.script->end();
  EXPECT_EQ(client.next(WebSocketClient::close), "\x03\xE9") << "1001: going away";
  EXPECT_EQ(talking.server->counters().web_sockets.load(), 1U);
}

TEST(WebSocket, IsForOurOwnPagesAndNamesOnly) {  // cross-site hijacking, DNS rebinding
  Talking talking;
  const auto shake = [&](const std::string& headers, const std::string& host) {
    WebSocketClient client{talking.port};
    return client.shake_hands("/ws", headers, host);
  };
  const std::string own = "127.0.0.1:" + std::to_string(talking.port);
  EXPECT_THAT(shake("Origin: http://" + own + "\r\n", own), StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(shake("Origin: http://evil.example\r\n", own), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(shake("Origin: null\r\n", own), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(shake("", "evil.example"), StartsWith("HTTP/1.1 403 "));
}

TEST(WebSocket, AHandshakeThatStandsBehindABodyIsNone) {  // or a foreign page's would come in
  Talking talking;
  test::PlainClient client{talking.port};
  client.say(
      "GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_THAT(client.hear_one(), HasSubstr("plain /ws"));
  EXPECT_EQ(talking.server->counters().web_sockets.load(), 0U);
}

TEST(WebSocket, WhatIsNotOursIsARequestLikeAnyOtherAndARefusalIsOneAnswer) {
  Talking talking;
  WebSocketClient client{talking.port};
  EXPECT_THAT(client.shake_hands("/other", ""), StartsWith("HTTP/1.1 200 "));
  WebSocketClient refused{talking.port};
  EXPECT_THAT(refused.shake_hands("/full", ""), StartsWith("HTTP/1.1 503 "));
}

TEST(WebSocket, WhoTalksNonsenseTooMuchOrTooLongIsToldGoodbye) {  // law 6
  HttpLimits limits;
  limits.messages_per_second = 5;
  Talking talking{limits};
  const auto goodbye = [&](const auto& say) {
    WebSocketClient client{talking.port};
    EXPECT_THAT(client.shake_hands("/ws", ""), StartsWith("HTTP/1.1 101 "));
    say(client);
    return client.next(WebSocketClient::close).value_or("(nothing)");
  };
  EXPECT_EQ(goodbye([](auto& c) { c.send(WebSocketClient::text, "nonsense"); }), "\x03\xF0");
  EXPECT_EQ(goodbye([](auto& c) {
              for (int i = 0; i < 20; ++i) c.send(WebSocketClient::text, "a");
            }),
            "\x03\xF0");
  EXPECT_EQ(
      goodbye([](auto& c) { c.send(WebSocketClient::text, std::string(2'000, 'a')); }).substr(0, 2),
      "\x03\xF1");
}

TEST(WebSocket, OneWhoDoesNotReadIsAskedForNoMore) {
  Talking talking;
  WebSocketClient client{talking.port, 4'096};
  client.shake_hands("/ws", "");
  const std::string large(1U << 20U, 'x');
  for (int i = 0; i < 64; ++i) talking.script->say(large, false);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  std::size_t before = 64;
  // The kernel takes some; then nothing moves.
  for (std::size_t now = 0; std::chrono::steady_clock::now() < deadline; before = now) {
    talking.on_thread([] {});
    now = talking.script->unsaid();
    if (now == before && now < 64) break;
  }
  EXPECT_GT(talking.script->unsaid(), 32U);
  for (int i = 0; i < 64; ++i)
    ASSERT_EQ(client.next(WebSocketClient::binary)->size(), large.size());
}

TEST(WebSocket, TheServerClosesWithALastWordAndCutsWhoDoesNotAnswer) {
  HttpLimits limits;
  limits.linger = 50ms;
  Talking talking{limits};
  WebSocketClient client{talking.port};
  client.shake_hands("/ws", "");
  talking.script->say("last");
  talking.on_thread([&] { talking.server->begin_to_close(); });
  EXPECT_TRUE(talking.becomes_closed()) << "the client has not answered the goodbye";
  EXPECT_EQ(client.next(WebSocketClient::text), "last");
  EXPECT_EQ(client.next(WebSocketClient::close), "\x03\xE9");
  EXPECT_FALSE(client.next());
}

TEST(WebSocket, CountsAmongTheConnectionsAndIsCutWithThem) {
  HttpLimits limits;
  limits.connections = 1;
  Talking talking{limits};
  WebSocketClient client{talking.port};
  client.shake_hands("/ws", "");
  WebSocketClient second{talking.port};
  EXPECT_THAT(second.shake_hands("/ws", ""), StartsWith("HTTP/1.1 503 "));
  talking.on_thread([&] {
    talking.server->begin_to_close();
    talking.server->cut();
  });
  EXPECT_TRUE(talking.becomes_closed());
}

TEST(WebSocket, AProtocolIsOneOfTheWordsOffered) {
  EXPECT_TRUE(offers_protocol("a, b,c", "b"));
  EXPECT_TRUE(offers_protocol("c", "c"));
  EXPECT_FALSE(offers_protocol("", "c"));
  EXPECT_FALSE(offers_protocol("ab", "a"));
  EXPECT_FALSE(offers_protocol("a", ""));
}

}  // namespace
}  // namespace chargemill::runtime
