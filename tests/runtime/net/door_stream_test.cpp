// Both servers inside TLS: the same replies as without, and no more patience with who says nothing.
#include "runtime/net/door_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>

#include "runtime/net/frame_client.hpp"
#include "runtime/net/framed_server.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/io_thread.hpp"
#include "runtime/net/listener.hpp"
#include "tests/runtime/net/plain_client.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using chargemill::test::Certificate;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t kBig = 8U << 20U;

/// Echoes what it is told; a message `big` is answered with all that a frame holds.
class Echo final : public FrameService {
 public:
  void on_message(const std::shared_ptr<FrameLink>& from, std::string_view text,
                  MessageNumber number) override {
    from->reply(number, text == "big" ? std::string(kPayloadBytesMax, 'x') : std::string{text});
  }
  void on_closed(const FrameLink&) override {}
};

/// A framed and an HTTP server that show one certificate.
class Encrypted {
 public:
  /// `patience` with a handshake.
  explicit Encrypted(Nanos patience = 60s) {
    FramedServer::Options options;
    options.tls = tls_;
    options.connection.frame_timeout = patience;
    auto frames = listen(io_.context(), {"0.0.0.0", 0}, PortInUse::is_an_error);
    frame_port_ = frames->at.port;
    framed_ = std::make_unique<FramedServer>(std::move(*frames), options, echo_, nullptr);
    boost::asio::post(io_.context(), [this] { framed_->start(); });

    auto listener = listen(io_.context(), {"127.0.0.1", 0}, PortInUse::is_an_error);
    http_port_ = listener->at.port;
    HttpLimits limits;
    limits.header = patience;
    HttpGuards guards;
    guards.tls = tls_;
    http_ = std::make_unique<HttpServer>(
        std::move(listener->acceptor), listener->at,
        [](const HttpRequest& request, const HttpAnswer& answer) {
          HttpResponse response;
          response.body = request.target == "/big" ? std::string(kBig, 'x') : request.target;
          answer(std::move(response));
        },
        [](unsigned status, const std::string& text, std::string_view) {
          HttpResponse response;
          response.status = status;
          response.body = text;
          return response;
        },
        limits, guards);
  }
  ~Encrypted() { io_.stop(); }
  Encrypted(const Encrypted&) = delete;
  Encrypted& operator=(const Encrypted&) = delete;

  [[nodiscard]] ClientTls trust() const { return {true, certificate_.cert()}; }
  [[nodiscard]] std::uint16_t frame_port() const { return frame_port_; }
  [[nodiscard]] std::uint16_t http_port() const { return http_port_; }
  [[nodiscard]] Result<FrameClient> frame_client(const std::string& host = "127.0.0.1") const {
    return FrameClient::connect({host, frame_port_}, 60s, trust());
  }
  void close() {
    std::promise<void> done;
    boost::asio::post(io_.context(), [&] {
      framed_->finish();
      http_->begin_to_close();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  const chargemill::test::Folder folder_;
  const Certificate certificate_{folder_.path()};
  const TlsContext tls_ = *open_tls(certificate_.cert(), certificate_.key());
  IoThread io_;
  Echo echo_;
  std::uint16_t frame_port_ = 0;
  std::uint16_t http_port_ = 0;
  std::unique_ptr<FramedServer> framed_;
  std::unique_ptr<HttpServer> http_;
};

/// All that comes until `bytes` of it are there, or the end.
std::string hear(ClientStream& stream, std::size_t bytes) {
  std::string heard;
  std::vector<std::byte> room(65'536);
  while (heard.size() < bytes) {
    const auto got = stream.receive({room.data(), room.size()});
    if (!got || *got == 0) break;
    heard.append(reinterpret_cast<const char*>(room.data()), *got);
  }
  return heard;
}

TEST(DoorStream, FramesGoAndComeInsideTls) {  // issue, section 6
  Encrypted served;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    auto client = served.frame_client(host);
    ASSERT_TRUE(client) << client.error().text;
    for (const char* text : {"PING", "", "a longer one"})
      EXPECT_EQ(client->ask(text).value(), text);
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(client->ask("big").value_or("").size(), kPayloadBytesMax);
  }
}

TEST(DoorStream, HttpAnswersRequestAfterRequestInsideTls) {
  Encrypted served;
  auto stream = ClientStream::connect({"localhost", served.http_port()}, 60s, served.trust());
  ASSERT_TRUE(stream) << stream.error().text;
  const std::string get = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::string heard;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stream->send(bytes_of(get)));
    heard = hear(*stream, 1);
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(heard, HasSubstr("\r\n\r\n/a"));
  }
  ASSERT_TRUE(stream->send(bytes_of(get + get)));  // both are deciphered at once
  EXPECT_THAT(hear(*stream, 2 * heard.size()), HasSubstr("/aHTTP/1.1 200 OK"));
  ASSERT_TRUE(
      stream->send(bytes_of("GET /big HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")));
  EXPECT_GT(hear(*stream, 2 * kBig).size(), kBig);
}

TEST(DoorStream, AClientBelievesOnlyWhomItWasTold) {
  Encrypted served;
  const auto nobody = FrameClient::connect({"127.0.0.1", served.frame_port()}, 60s, {true, {}});
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().text, HasSubstr("is not to be believed: self-signed certificate"));
  const auto elsewhere = served.frame_client("127.0.0.2");
  ASSERT_FALSE(elsewhere);
  EXPECT_THAT(elsewhere.error().text, HasSubstr("IP address mismatch"));
}

TEST(DoorStream, WhoNeverComesToAnAgreementIsCut) {  // law 6
  Encrypted served{200ms};
  for (const auto port : {served.frame_port(), served.http_port()}) {
    test::PlainClient silent{port};
    EXPECT_EQ(silent.hear_all(), "");
    test::PlainClient plain{port};
    plain.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(plain.hear_all(), testing::Not(HasSubstr("HTTP")));
  }
}

TEST(DoorStream, AtTheEndConnectionsInsideTlsEndToo) {  // D-146
  Encrypted served;
  auto client = served.frame_client();
  ASSERT_TRUE(client);
  EXPECT_EQ(client->ask("PING").value_or(""), "PING");
  served.close();
  EXPECT_FALSE(client->ask("PING"));
}

}  // namespace
}  // namespace chargemill::runtime
