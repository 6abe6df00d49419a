#include "app/output/json_text.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

TEST(JsonText, ReplacesWhatIsNoUtf8AndKeepsTheRest) {
  const nlohmann::ordered_json value{{"dir", "caf\xe9/\xc3\xa9"}, {"n", 1}};
  EXPECT_EQ(json_text(value), "{\"dir\":\"caf\xef\xbf\xbd/\xc3\xa9\",\"n\":1}");
  EXPECT_EQ(json_text(nlohmann::json{{"a", "\xff"}}, 2), "{\n  \"a\": \"\xef\xbf\xbd\"\n}");
}

}  // namespace
}  // namespace chargemill::app
