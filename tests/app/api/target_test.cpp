// Targets of requests: what any client may send.
#include "app/api/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace chargemill::app::api {
namespace {

using testing::ElementsAre;

TEST(ApiTarget, APathIsWhatStandsBetweenItsSlashesDecoded) {
  EXPECT_THAT(parse_target("/")->path, ElementsAre(""));
  EXPECT_THAT(parse_target("/cp/CP-001")->path, ElementsAre("cp", "CP-001"));
  EXPECT_THAT(parse_target("/cp/a%2Fb%20c+d")->path, ElementsAre("cp", "a/b c+d"));
  EXPECT_THAT(parse_target("/cp/")->path, ElementsAre("cp", ""));
}

TEST(ApiTarget, AQueryKeepsOrderRepetitionAndEmptyValues) {
  const auto target = parse_target("/cp?a=1&b=&c&a=2+3%26&&");
  ASSERT_TRUE(target);
  ASSERT_EQ(target->query.size(), 4U);
  EXPECT_EQ(target->query[0].value, "1");
  EXPECT_EQ(target->query[1].value, "");
  EXPECT_EQ(target->query[2].name, "c");
  EXPECT_EQ(target->query[3].value, "2 3&");
}

TEST(ApiTarget, WhatCannotBeDecodedIsAnErrorAndNoGuess) {
  for (const char* text : {"", "cp", "*", "/a%", "/a%2", "/a%zz", "/?a=%g1", "/a%+1"})
    EXPECT_FALSE(parse_target(text)) << text;
  std::string many = "/?";
  for (int i = 0; i < 40; ++i) many += "a=1&";
  EXPECT_FALSE(parse_target(many)) << "law 6";
}

RC_GTEST_PROP(ApiTarget, WhatIsEncodedIsDecodedAgain, (const std::string& name)) {
  const auto target = parse_target("/cp/" + percent_encoded(name) + "?x=" + percent_encoded(name));
  RC_ASSERT(target.has_value());
  RC_ASSERT(target->path[1] == name);
  RC_ASSERT(target->query[0].value == name);
}

RC_GTEST_PROP(ApiTarget, AnyBytesAreATargetOrAnError, (const std::string& bytes)) {
  (void)parse_target(bytes);
  (void)parse_target("/" + bytes);
}

}  // namespace
}  // namespace chargemill::app::api
