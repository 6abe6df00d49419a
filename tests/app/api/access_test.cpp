// Which requests need a token, and what those without one are told.
#include "app/api/access.hpp"

#include <gtest/gtest.h>

#include "app/api/route.hpp"

namespace chargemill::app::api {
namespace {

using runtime::AccessTokens;
using runtime::HttpRequest;

const char* const kOperator = "0123456789abcdef-operator";
const char* const kReader = "0123456789abcdef-reader";

const AccessTokens& tokens() {
  static const AccessTokens all =
      *AccessTokens::parse(std::string{kOperator} + "\n" + kReader + " read\n");
  return all;
}
HttpRequest asked(const std::string& method, const std::string& target,
                  const std::string& token = {}) {
  HttpRequest head{method, target, {}, {}};
  if (!token.empty()) head.headers.push_back({"authorization", "Bearer " + token});
  return head;
}
/// 200: it may come in.
unsigned status_of(const HttpRequest& head) {
  const auto refused = verdict(&tokens(), head).refusal;
  return refused ? refused->status : 200;
}

TEST(ApiAccess, NobodyWithoutATokenChangesOrSeesAnything) {  // D-147
  for (const auto& route : routes()) {
    SCOPED_TRACE(std::string{route.method} + " " + std::string{route.pattern});
    const std::string method{route.method};
    std::string target{route.pattern};
    if (const auto id = target.find("{id}"); id != std::string::npos) target.replace(id, 4, "X");
    const bool is_open = target == "/health" || target == "/livez" || target == "/readyz";
    EXPECT_EQ(status_of(asked(method, target)), is_open ? 200U : 401U);
    EXPECT_EQ(status_of(asked(method, target, "0123456789abcdef-wrong")), is_open ? 200U : 401U);
    EXPECT_EQ(status_of(asked(method, target, kReader)), route.is_change ? 403U : 200U);
    EXPECT_EQ(status_of(asked(method, target, kOperator)), 200U);
    EXPECT_FALSE(verdict(nullptr, asked(method, target)).refusal) << "a door without tokens";
    EXPECT_FALSE(verdict(nullptr, asked(method, target)).is_stranger);
  }
}

TEST(ApiAccess, AStrangerDoesNotLearnWhichPathsThereAre) {
  for (const char* target : {"/nothing", "/api/v1/nothing", "/cp?%", "/%zz", "/ws"}) {
    EXPECT_EQ(status_of(asked("GET", target)), 401U) << target;
    EXPECT_EQ(status_of(asked("POST", target)), 401U) << target;
    EXPECT_EQ(status_of(asked("GET", target, kReader)), 200U) << "and is told by the router";
  }
  EXPECT_EQ(status_of(asked("OPTIONS", "/cp")), 401U);
  EXPECT_EQ(status_of(asked("OPTIONS", "*")), 401U);
  EXPECT_EQ(status_of(asked("HEAD", "/livez?x=1")), 200U);
  EXPECT_EQ(status_of(asked("POST", "/livez")), 401U);
}

TEST(ApiAccess, WhoAsksOnlyWhatEverybodyMayIsStillAStranger) {  // issue, section 6
  for (const char* target : {"/livez", "/readyz", "/health", "/cp"}) {
    EXPECT_TRUE(verdict(&tokens(), asked("GET", target)).is_stranger) << target;
    EXPECT_TRUE(verdict(&tokens(), asked("GET", target, "0123456789abcdef-wrong")).is_stranger);
    EXPECT_FALSE(verdict(&tokens(), asked("GET", target, kReader)).is_stranger) << target;
  }
}

TEST(ApiAccess, TheRefusalSaysHowToComeInInTheFormOfItsPath) {  // D-179, RFC 9110 11.6.1
  const auto older = verdict(&tokens(), asked("GET", "/cp")).refusal;
  EXPECT_EQ(older->body, "{\"error\":\"a token is needed: Authorization: Bearer TOKEN\"}\n");
  ASSERT_EQ(older->headers.size(), 1U);
  EXPECT_EQ(older->headers[0].name, "WWW-Authenticate");
  const auto newer =
      verdict(&tokens(), asked("POST", "/api/v1/charge-points/stop?x", kReader)).refusal;
  EXPECT_EQ(newer->content_type, "application/problem+json");
  EXPECT_EQ(newer->status, 403U);
}

}  // namespace
}  // namespace chargemill::app::api
