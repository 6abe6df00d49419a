// What a run may want when its central is another process.
#include "app/scenario/check_elsewhere.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using testing::HasSubstr;

tl::expected<Loaded, std::vector<Diagnostic>> load(const std::string& text) {
  return load_scenario_text("[central]\naddress = \"tcp://127.0.0.1:9999\"\n" + text, "test.toml",
                            "/somewhere");
}
std::string errors_of(const std::string& text) {
  const auto loaded = load(text);
  return loaded ? "none" : render(loaded.error());
}
constexpr const char* kPoints = "[network]\ncharge_points = 4\n";

TEST(CheckElsewhere, DoorsAndJournalAreCentralsAndOffHere) {
  const auto loaded = load(std::string{"token_file = \"t\"\n"} + kPoints);
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_FALSE(loaded->doors.http.is_on());
  EXPECT_FALSE(loaded->doors.tcp.is_on());
  EXPECT_EQ(loaded->output.data, "off");
  EXPECT_EQ(loaded->elsewhere.token_file, "/somewhere/t");
  EXPECT_EQ(loaded->elsewhere.endpoint(), (runtime::Endpoint{"127.0.0.1", 9999}));
  EXPECT_THAT(
      errors_of(std::string{kPoints} + "[http]\nlisten = \"127.0.0.1:80\"\n"),
      HasSubstr("'http.listen' with a central elsewhere: the dashboard is that of central"));
  EXPECT_THAT(errors_of(std::string{kPoints} + "[http]\nlisten = \"127.0.0.1:80\"\n"),
              HasSubstr("leave it out, or off"));
  EXPECT_EQ(errors_of(std::string{kPoints} + "[http]\nlisten = \"off\"\n"), "none");
  EXPECT_THAT(errors_of(std::string{kPoints} + "[journal]\ndir = \"d\"\n"),
              HasSubstr("'journal.dir' with a central elsewhere"));
}
TEST(CheckElsewhere, AnAddressSaysHowItIsReached) {
  const auto of = [](const char* address) {
    const auto loaded = load_scenario_text(
        std::string{"[central]\naddress = \""} + address + "\"\n" + kPoints, "test.toml", ".");
    return loaded ? "none" : render(loaded.error());
  };
  EXPECT_EQ(of("tcp://localhost:9999"), "none");
  EXPECT_EQ(of("tls://localhost:9999"), "none");
  EXPECT_EQ(of("off"), "none");
  for (const char* bad :
       {"127.0.0.1:9999", "http://a:1", "tcp://", "tcp://a", "tcp://a:99999", "tls://"})
    EXPECT_THAT(of(bad), HasSubstr("is no address of a central")) << bad;
}
TEST(CheckElsewhere, WhoVouchesForItIsAskedInsideTlsOnly) {
  const auto loaded = load_scenario_text(
      std::string{"[central]\naddress = \"tls://charge.example:9999\"\nca_file = \"ca.pem\"\n"} +
          kPoints,
      "test.toml", "/somewhere");
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_TRUE(loaded->elsewhere.is_encrypted());
  EXPECT_EQ(loaded->elsewhere.endpoint(), (runtime::Endpoint{"charge.example", 9999}));
  EXPECT_EQ(loaded->elsewhere.ca_file, "/somewhere/ca.pem");
  EXPECT_THAT(errors_of(std::string{"ca_file = \"ca.pem\"\n"} + kPoints),
              HasSubstr("'central.ca_file' without TLS"));
}
TEST(CheckElsewhere, WhatNoMessageSaysIsRefused) {
  const std::string points = kPoints;
  EXPECT_THAT(errors_of("[run]\nspeed = \"max\"\n" + points), HasSubstr("real time"));
  EXPECT_THAT(errors_of(points + "external = 1\n"), HasSubstr("'network.external'"));
  EXPECT_THAT(errors_of(points + "[drivers]\nchoose = \"any_in_zone\"\n"),
              HasSubstr("a request names its charge point"));
  EXPECT_THAT(
      errors_of(points + "[[fault]]\nkind = \"partition\"\nat = \"1s\"\nduration = \"1s\"\n"),
      HasSubstr("'fault[0].kind'"));
  EXPECT_THAT(errors_of(points + "[[action]]\ndo = \"stop\"\nat = \"1s\"\ncp = \"*\"\n"),
              HasSubstr("operators speak to central itself"));
  EXPECT_EQ(errors_of(points + "[[fault]]\nkind = \"engine_ko\"\nat = \"1s\"\nduration = \"1s\"\n"),
            "none");
}

}  // namespace
}  // namespace chargemill::app
