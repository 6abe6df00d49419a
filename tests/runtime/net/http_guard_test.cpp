// Strangers' pages reach no server of this machine through a visitor's browser.
#include "runtime/net/http_guard.hpp"

#include <gtest/gtest.h>

namespace chargemill::runtime {
namespace {

TEST(HttpGuard, ALoopbackServerIsCalledByLoopbackNamesOnly) {  // DNS rebinding
  const Endpoint at{"127.0.0.1", 8000};
  for (const char* own :
       {"127.0.0.1:8000", "127.0.0.1", "localhost:8000", "LOCALHOST", "127.1.2.3:1", "[::1]:8000"})
    EXPECT_TRUE(is_own_host(own, at)) << own;
  for (const char* foreign : {"evil.example", "evil.example:8000", "localhost.evil.example",
                              "127.0.0.1.evil.example", "10.0.0.1", "", ":8000", "a b", "[::2]",
                              "localhost:99999", "127.0.0.1:8000:1", "localhost,evil.example"})
    EXPECT_FALSE(is_own_host(foreign, at)) << foreign;
}

TEST(HttpGuard, AnotherAddressIsCalledByItsOwnName) {
  EXPECT_TRUE(is_own_host("charge.example:80", {"charge.example", 8000}));
  EXPECT_TRUE(is_own_host("10.0.0.7", {"0.0.0.0", 8000}));
  EXPECT_FALSE(is_own_host("evil.example", {"0.0.0.0", 8000}));
  EXPECT_FALSE(is_own_host("10.0.0.7", {"10.0.0.8", 8000}));
}

TEST(HttpGuard, AServerMayHaveNamesBesideItsAddress) {
  const std::vector<std::string> names{"charge.example", "Two.Example"};
  EXPECT_TRUE(is_own_host("charge.example:8000", {"0.0.0.0", 8000}, names));
  EXPECT_TRUE(is_own_host("two.example", {"0.0.0.0", 8000}, names));
  EXPECT_FALSE(is_own_host("evil.charge.example", {"0.0.0.0", 8000}, names));
  EXPECT_FALSE(is_own_host("charge.example.evil", {"0.0.0.0", 8000}, names));
}

TEST(HttpGuard, OnlyPagesOfTheServerItselfMayChangeAnything) {
  EXPECT_TRUE(is_own_origin("http://127.0.0.1:8000", "127.0.0.1:8000", false));
  EXPECT_TRUE(is_own_origin("https://LocalHost:8000", "localhost:8000", false));
  for (const char* foreign : {"null", "", "http://", "http://localhost:8000", "http://127.0.0.1",
                              "ftp://127.0.0.1:8000", "http://127.0.0.1:8000.evil.example"})
    EXPECT_FALSE(is_own_origin(foreign, "127.0.0.1:8000", false)) << foreign;
  EXPECT_FALSE(is_own_origin("http://", "", false));
}

TEST(HttpGuard, APageThatCameInTheOpenIsNoneOfAServerInsideTls) {
  EXPECT_TRUE(is_own_origin("https://charge.example", "charge.example", true));
  EXPECT_FALSE(is_own_origin("http://charge.example", "charge.example", true));
}

TEST(HttpGuard, ATargetInAbsoluteFormHasTwoParts) {  // RFC 9112, 3.2.2
  const auto parts = [](std::string_view target) {
    const auto found = split_absolute(target);
    return found ? found->authority + " " + found->target : std::string{"none"};
  };
  EXPECT_EQ(parts("http://localhost:80/a?b"), "localhost:80 /a?b");
  EXPECT_EQ(parts("HTTPS://[::1]"), "[::1] /");
  EXPECT_EQ(parts("http://host?q=http://x/"), "host /?q=http://x/");
  EXPECT_EQ(parts("http:///x"), " /x");
  for (const char* other : {"", "/", "/http://x/", "*", "localhost:80", "http:/x", "ftp://x/"})
    EXPECT_EQ(parts(other), "none") << other;
}

}  // namespace
}  // namespace chargemill::runtime
