#include "runtime/agreement/gateway_json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "runtime/base/base64.hpp"

namespace chargemill::runtime::agreement {
namespace {

using std::chrono::seconds;

RC_GTEST_PROP(Base64, GivesBackAnyBytes, (const std::string& bytes)) {
  RC_ASSERT(from_base64(to_base64(bytes)) == bytes);
}
TEST(Base64, KnowsTheLettersOfTheStandard) {
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");  // RFC 4648, section 10
  EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(from_base64(""), "");
}
TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Zg=", "Zg", "Z===", "Zm9v!A==", "Zm=v", "===="})
    EXPECT_FALSE(from_base64(text).has_value()) << text;
}

TEST(GatewayJson, ComparesAndPutsInOneTransaction) {
  const Txn txn{
      {{"a", Compare::Of::created, Revision{0}}, {"b", Compare::Of::modified, Revision{7}}},
      {{"a", "v", LeaseId{5}}}};
  EXPECT_EQ(call_of(txn).target, "/v3/kv/txn");
  EXPECT_EQ(
      call_of(txn).body,
      R"({"compare":[{"create_revision":"0","key":"YQ==","result":"EQUAL","target":"CREATE"},)"
      R"({"key":"Yg==","mod_revision":"7","result":"EQUAL","target":"MOD"}],)"
      R"("success":[{"request_put":{"key":"YQ==","lease":"5","value":"dg=="}}]})");
}
TEST(GatewayJson, AsksForAllKeysWithAPrefix) {
  EXPECT_EQ(call_of(Range{"/x/", true}).body, R"({"key":"L3gv","range_end":"L3gw"})");  // "/x0"
}

// Answers as etcd 3.4.23 gave them.
TEST(GatewayJson, ReadsKeysOfARange) {
  const auto answer = answer_from(
      Range{"foo"}, 200,
      R"({"header":{"cluster_id":"1","revision":"9","raft_term":"2"},"kvs":[{"key":"Zm9v",)"
      R"("create_revision":"2","mod_revision":"8","version":"3","value":"YmFy","lease":"77"}],"count":"1"})");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->revision, Revision{9});
  ASSERT_EQ(answer->found.size(), 1U);
  const KeyValue& kv = answer->found[0];
  EXPECT_EQ(kv.key + kv.value, "foobar");
  EXPECT_EQ(kv.created, Revision{2});
  EXPECT_EQ(kv.modified, Revision{8});
  EXPECT_EQ(kv.lease, LeaseId{77});
}
TEST(GatewayJson, SaysThatALeaseIsGone) {
  const auto answer =
      answer_from(KeepAlive{LeaseId{5}}, 200, R"({"result":{"header":{"revision":"2"},"ID":"5"}})");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->ttl, seconds{0});
}
TEST(GatewayJson, GivesEtcdsOwnWordsForWhyNot) {
  const auto answer = answer_from(
      Put{}, 404, R"({"error":"etcdserver: requested lease not found","message":"x","code":5})");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().text, "etcdserver: requested lease not found");
  EXPECT_EQ(answer_from(Put{}, 404, "Not Found").error().text, "HTTP status 404: Not Found");
}
TEST(GatewayJson, ReadsTheLinesOfAWatch) {
  const auto news = changes_from(
      R"({"result":{"header":{"revision":"4"},"events":[{"kv":{"key":"YQ==","create_revision":"3",)"
      R"("mod_revision":"3","value":"Yg=="}},{"type":"DELETE","kv":{"key":"YQ==","mod_revision":"4"}}]}})");
  const auto* changes = std::get_if<Changes>(&news);
  ASSERT_NE(changes, nullptr);
  ASSERT_EQ(changes->changes.size(), 2U);
  EXPECT_FALSE(changes->changes[0].is_removed);
  EXPECT_EQ(changes->changes[0].now.value, "b");
  EXPECT_TRUE(changes->changes[1].is_removed);
  EXPECT_EQ(changes->changes[1].now.modified, Revision{4});
}
TEST(GatewayJson, EndsAWatchThatAsksForWhatIsForgotten) {
  const auto news = changes_from(
      R"({"result":{"header":{"raft_term":"2"},"canceled":true,"compact_revision":"3"}})");
  const auto* end = std::get_if<WatchEnd>(&news);
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(end->compacted, Revision{3});
}
TEST(GatewayJson, TakesNothingElseForAnAnswer) {
  for (const char* text :
       {"", "[]", "{}", "null", R"({"header":[]})", R"({"header":{"revision":7}})",
        R"({"header":{"revision":"7"},"kvs":{}})",
        R"({"header":{"revision":"7"},"kvs":[{"key":"!"}]})", R"({"header":{"revision":"7x"}})",
        R"({"header":{"revision":"99999999999999999999"}})", R"({"result":[]})",
        R"({"error":{"message":"no leader"}})"})
    EXPECT_FALSE(answer_from(Range{}, 200, text).has_value()) << text;
  EXPECT_FALSE(answer_from(Grant{}, 200, R"({"header":{"revision":"7"},"TTL":"5"})").has_value());
  for (const char* text : {"", "{}", R"({"result":3})", R"({"result":{"header":{},"events":3}})",
                           R"({"error":{"grpc_code":14,"message":"no leader"}})"})
    EXPECT_TRUE(std::holds_alternative<WatchEnd>(changes_from(text))) << text;
}
RC_GTEST_PROP(GatewayJson, ReadsAnyBytesWithoutHarm, (const std::string& bytes)) {
  (void)answer_from(Range{}, 200, bytes);
  (void)answer_from(Grant{}, 500, "{\"result\":" + bytes + "}");
  (void)changes_from("{\"result\":" + bytes + "}");
}

}  // namespace
}  // namespace chargemill::runtime::agreement
