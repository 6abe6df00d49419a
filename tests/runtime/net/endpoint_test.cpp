// Addresses as people write them.
#include "runtime/net/endpoint.hpp"

#include <gtest/gtest.h>

#include "runtime/net/lookup.hpp"

namespace chargemill::runtime {
namespace {

TEST(Endpoint, IsReadAndWrittenAlike) {
  for (const char* text : {"127.0.0.1:9999", "[::1]:80", "localhost:0", "charge.example:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_text(*endpoint), text);
  }
  EXPECT_EQ(parse_endpoint("[::1]:80")->host, "::1");
}

TEST(Endpoint, WhatIsNoneIsRefused) {
  for (const char* text : {"", ":", "9999", "127.0.0.1", "127.0.0.1:", ":9999", "a:65536", "a:-1",
                           "a:1x", "::1:80", "[x]:80", "[]:80", "a b:80", "a/b:80", "a:80 "})
    EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(Endpoint, OnlyLoopbackIsOutOfReachOfOtherMachines) {
  const auto is_local = [](const char* text) { return is_loopback(*parse_endpoint(text)); };
  for (const char* text : {"127.0.0.1:1", "127.9.8.7:1", "[::1]:1", "localhost:1"})
    EXPECT_TRUE(is_local(text)) << text;
  for (const char* text : {"0.0.0.0:1", "128.0.0.1:1", "[::]:1", "[2001:db8::1]:1", "host:1"})
    EXPECT_FALSE(is_local(text)) << text;
}

// The tests of TLS talk to localhost by that name, on systems without /etc/hosts too.
TEST(Endpoint, NobodyIsAskedWhereLocalhostIs) {
  EXPECT_EQ(name_to_look_up(*parse_endpoint("localhost:1")), "");
  EXPECT_EQ(name_to_look_up(*parse_endpoint("localhost.example:1")), "localhost.example");
  EXPECT_EQ(name_to_look_up(*parse_endpoint("[::1]:1")), "::1");
}

TEST(Endpoint, ANameIsNoAddressToListenOn) {
  EXPECT_TRUE(is_address(*parse_endpoint("localhost:1")));
  EXPECT_TRUE(is_address(*parse_endpoint("0.0.0.0:1")));
  EXPECT_FALSE(is_address(*parse_endpoint("charge.example:1")));
  EXPECT_FALSE(is_address(*parse_endpoint("127.1:1")));
}

}  // namespace
}  // namespace chargemill::runtime
