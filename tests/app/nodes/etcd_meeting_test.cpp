#include "app/nodes/etcd_meeting.hpp"

#include <gtest/gtest.h>

#include "runtime/cluster/keys.hpp"

namespace chargemill::app {
namespace {

TEST(EtcdMeeting, TellsWhereANodeIsReached) {
  const runtime::NodeEndpoints node{"tcp://10.0.0.1:7101", "tcp://10.0.0.1:7102",
                                    runtime::make_key_pair().public_key};
  const auto back = endpoints_from(card_of(node));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->data, node.data);
  EXPECT_EQ(back->control, node.control);
  EXPECT_EQ(back->key, node.key);
}
TEST(EtcdMeeting, TellsWhatANodeIsThereFor) {
  const runtime::NodeEndpoints node{"tcp://10.0.0.1:7101", "tcp://10.0.0.1:7102",
                                    runtime::make_key_pair().public_key};
  const Roles leads{true, false, false};
  EXPECT_EQ(roles_from_card(card_of(node, leads)), leads);
  EXPECT_TRUE(endpoints_from(card_of(node, leads)).has_value());
  // A card that does not say so is that of a node for everything.
  for (const char* card : {"", "[]", R"({"data":"a"})", R"({"roles":7})", R"({"roles":"cook"})"})
    EXPECT_EQ(roles_from_card(card), Roles{}) << card;
}
TEST(EtcdMeeting, BelievesNoCardThatIsNone) {
  for (const char* card :
       {"", "[]", "7", R"({"data":"a","control":"b"})",
        R"({"data":"a","control":"b","key":"short"})", R"({"data":1,"control":"b","key":""})"})
    EXPECT_FALSE(endpoints_from(card).has_value()) << card;
}

TEST(EtcdMeeting, LeavesWhatIsLeftOfTheWaitForThoseThatItHasFound) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  EXPECT_EQ(rest_of(seconds{300}, Nanos{0}), seconds{300});
  EXPECT_EQ(rest_of(seconds{300}, milliseconds{200'500}), seconds{100});
  EXPECT_EQ(rest_of(seconds{300}, seconds{299}), seconds{10}) << "they have just come";
  EXPECT_EQ(rest_of(seconds{5}, seconds{4}), seconds{5});
}

}  // namespace
}  // namespace chargemill::app
