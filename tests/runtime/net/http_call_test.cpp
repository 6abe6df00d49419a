// A request to an HTTP server, plain and inside TLS: what comes of it, and why nothing does.
#include "runtime/net/http_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <future>

#include "tests/runtime/net/served.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;
using chargemill::test::Certificate;
using test::Served;
using testing::HasSubstr;

struct Told {
  HttpEnd end;
  std::string text;
};

Told post(const Endpoint& to, TlsContext tls, const std::string& target = "/a",
          Nanos patience = 30s) {
  IoThread io;
  HttpCall::Options options;
  options.to = to;
  options.target = target;
  options.body = "{}";
  options.patience = patience;
  options.tls = std::move(tls);
  Told told;
  std::promise<void> ended;
  const auto call = std::make_shared<HttpCall>(
      io.context(), options, [&](std::string_view piece) { told.text += piece; },
      [&](const HttpEnd& end) {
        told.end = end;
        ended.set_value();
      });
  boost::asio::post(io.context(), [call] { call->start(); });
  ended.get_future().wait();
  io.stop();
  return told;
}

/// A server of HTTP that shows `shown` and, if it believes somebody, wants a certificate.
class HttpCallInsideTls : public testing::Test {
 protected:
  [[nodiscard]] HttpGuards guards(const Certificate& shown,
                                  const Certificate* believed = nullptr) const {
    HttpGuards guards;
    guards.tls = open_tls(shown.cert(), shown.key()).value();
    if (believed == nullptr) return guards;
    namespace ssl = boost::asio::ssl;
    guards.tls->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    guards.tls->load_verify_file(believed->cert());
    return guards;
  }
  [[nodiscard]] TlsContext trust(const Certificate& believed, const Certificate* shown = nullptr) {
    return open_client_tls({true, believed.cert(), shown == nullptr ? "" : shown->cert(),
                            shown == nullptr ? "" : shown->key()})
        .value();
  }

  const chargemill::test::Folder folder_;
  const Certificate door_{folder_.path()};
  const Certificate other_{folder_.path(), "other"};
};

TEST(HttpCall, PostsAndHearsAll) {
  Served served;
  const auto told = post({"127.0.0.1", served.port()}, nullptr);
  EXPECT_EQ(told.end.error, "");
  EXPECT_EQ(told.end.status, 200U);
  EXPECT_EQ(told.text, "POST /a  {}");
}
TEST_F(HttpCallInsideTls, PostsAndHearsAll) {
  Served served{{}, guards(door_)};
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto told = post({host, served.port()}, trust(door_));
    EXPECT_EQ(told.end.error, "") << host;
    EXPECT_EQ(told.text, "POST /a  {}") << host;
  }
  const auto big = post({"127.0.0.1", served.port()}, trust(door_), "/big");
  EXPECT_EQ(big.end.error, "");
  EXPECT_EQ(big.text.size(), 8U << 20U);
}
TEST_F(HttpCallInsideTls, SaysNothingToOneWhomItDoesNotBelieve) {
  Served served{{}, guards(door_)};
  const auto stranger = post({"127.0.0.1", served.port()}, trust(other_));
  EXPECT_THAT(stranger.end.error, HasSubstr("is not to be believed: self-signed certificate"));
  EXPECT_FALSE(stranger.end.was_sent);
  const Certificate elsewhere{folder_.path(), "elsewhere", {"DNS:elsewhere.example"}};
  Served misnamed{{}, guards(elsewhere)};
  for (const auto& [host, why] : {std::pair{"127.0.0.1", "IP address mismatch"},
                                  std::pair{"localhost", "hostname mismatch"}}) {
    const auto told = post({host, misnamed.port()}, trust(elsewhere));
    EXPECT_THAT(told.end.error, HasSubstr(why));
    EXPECT_FALSE(told.end.was_sent) << host;
  }
}
TEST_F(HttpCallInsideTls, ShowsItsCertificateToOneThatWantsIt) {
  Served served{{}, guards(door_, &other_)};
  const Endpoint to{"127.0.0.1", served.port()};
  EXPECT_EQ(post(to, trust(door_, &other_)).text, "POST /a  {}");
  EXPECT_THAT(post(to, trust(door_)).end.error, HasSubstr("wants a certificate of whoever comes"));
  EXPECT_THAT(post(to, trust(door_, &door_)).end.error,
              HasSubstr("does not take the certificate of this client"));
}
TEST_F(HttpCallInsideTls, SaysSoIfTheOtherEndKnowsNoTls) {
  Served plain;
  const auto told = post({"127.0.0.1", plain.port()}, trust(door_));
  EXPECT_THAT(told.end.error, HasSubstr("does not seem to speak TLS"));
  EXPECT_FALSE(told.end.was_sent);
}
TEST_F(HttpCallInsideTls, GivesUpOnOneThatNeverComesToAnAgreement) {  // law 6
  IoThread io;
  const auto silent = listen(io.context(), {"127.0.0.1", 0}, PortInUse::is_an_error);
  ASSERT_TRUE(silent);
  const auto told = post({"127.0.0.1", silent->at.port}, trust(door_), "/a", 200ms);
  EXPECT_EQ(told.end.error, "no answer in time");
  EXPECT_FALSE(told.end.was_sent);
  io.stop();
}

}  // namespace
}  // namespace chargemill::runtime
