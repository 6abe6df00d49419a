// Which doors a run may open.
#include "app/scenario/check_doors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/scenario/load.hpp"

namespace chargemill::app {
namespace {

using testing::HasSubstr;

tl::expected<Loaded, std::vector<Diagnostic>> load(const std::string& text,
                                                   const LoadInput& input = {}) {
  // A network without points has a warning of its own.
  return load_scenario_text(text + "\n[network]\ncharge_points = 1\n", "test.toml", "/somewhere",
                            input);
}

TEST(CheckDoors, AnAddressThatOthersReachNeedsATokenAndTheTextSaysHow) {  // issue, section 6
  for (const char* at : {"0.0.0.0:80", "[::]:80", "10.0.0.1:80"}) {
    const auto loaded = load(std::string{"[tcp]\nlisten = \""} + at + "\"\n");
    ASSERT_FALSE(loaded) << at;
    ASSERT_EQ(loaded.error().size(), 1U);
    EXPECT_EQ(loaded.error()[0].code, Code::open_door);
    EXPECT_THAT(loaded.error()[0].hint, HasSubstr("--set tcp.token_file=FILE"));
    EXPECT_THAT(loaded.error()[0].hint, HasSubstr("ssh -L 80:127.0.0.1:80"));
  }
  EXPECT_TRUE(load("[tcp]\nlisten = \"0.0.0.0:80\"\ntoken_file = \"tokens\"\n"));
  EXPECT_FALSE(load("[tcp]\nlisten = \"0.0.0.0:80\"\n[http]\ntoken_file = \"tokens\"\n"))
      << "a token is of one door";
  for (const char* at : {"127.0.0.1:80", "[::1]:80", "localhost:80", "127.8.9.10:80", "off"})
    EXPECT_TRUE(load(std::string{"[http]\nlisten = \""} + at + "\"\n")) << at;
}

TEST(CheckDoors, AFileNamedInAScenarioIsBesideItOneNamedElsewhereIsNot) {
  const auto in_file =
      load("[http]\ntoken_file = \"tokens\"\n[tcp]\ntoken_file = \"/etc/tokens\"\n");
  EXPECT_EQ(in_file->doors.http.token_file, "/somewhere/tokens");
  EXPECT_EQ(in_file->doors.tcp.token_file, "/etc/tokens");
  const auto as_flag = load("", {{}, {}, {{"http.token_file", "tokens", "--set"}}});
  EXPECT_EQ(as_flag->doors.http.token_file, "tokens");
  const auto as_variable = load("", {{}, {{"CHARGEMILL_TCP_TOKEN_FILE", "tokens"}}, {}});
  EXPECT_EQ(as_variable->doors.tcp.token_file, "tokens");
}

TEST(CheckDoors, ACertificateAndItsKeyComeTogether) {
  for (const char* one : {"tls_cert", "tls_key"}) {
    const auto loaded = load(std::string{"[tcp]\n"} + one + " = \"door.pem\"\n");
    ASSERT_FALSE(loaded) << one;
    EXPECT_EQ(loaded.error()[0].code, Code::contradiction);
    EXPECT_EQ(loaded.error()[0].place.line, 2U);
  }
  const auto both = load("[http]\ntls_cert = \"door.pem\"\ntls_key = \"door.key\"\n");
  EXPECT_EQ(both->doors.http.tls_cert, "/somewhere/door.pem");
  EXPECT_EQ(both->doors.http.tls_key, "/somewhere/door.key");
}

TEST(CheckDoors, ATokenThatOthersCouldReadOnItsWayIsWarnedOf) {
  const std::string wide = "[tcp]\nlisten = \"0.0.0.0:80\"\ntoken_file = \"tokens\"\n";
  const auto plain = load(wide);
  ASSERT_EQ(plain->warnings.size(), 1U);
  EXPECT_THAT(plain->warnings[0].text, HasSubstr("can be read on its way"));
  EXPECT_TRUE(load(wide + "tls_cert = \"a\"\ntls_key = \"b\"\n")->warnings.empty());
}

}  // namespace
}  // namespace chargemill::app
