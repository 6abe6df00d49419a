// Whoever looks at a node that waits sees for what, and that it still does.
#include "app/nodes/etcd_wait.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace chargemill::app {
namespace {

using runtime::agreement::Peer;
using runtime::agreement::Revision;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Text = std::optional<std::string>;

class EtcdWaits : public testing::Test {
 protected:
  EtcdWaits() {
    meeting_.name = "alpha";
    meeting_.expected = 3;
    meeting_.patience = seconds{300};
  }
  void see(const std::string& name) {
    Peer peer;
    peer.who = {name, Revision{++revision_}};
    status_.view.revision = Revision{revision_};
    status_.view.members.push_back(peer);
  }
  Text look(Nanos waited) { return wait_.look(status_, waited); }

  EtcdMeeting meeting_;
  EtcdWait wait_{meeting_};
  runtime::agreement::Agreement::Status status_;
  std::int64_t revision_ = 0;
};

TEST_F(EtcdWaits, ForOthersItSaysWhoIsThereWheneverThatChanges) {
  see("alpha");
  EXPECT_EQ(look(seconds{1}), Text{"waits for 3 nodes; here are alpha"});
  EXPECT_EQ(look(milliseconds{1'100}), std::nullopt);
  see("beta");
  EXPECT_EQ(look(milliseconds{1'200}), Text{"waits for 3 nodes; here are alpha, beta"});
  EXPECT_EQ(look(milliseconds{1'300}), std::nullopt);
}

TEST_F(EtcdWaits, ForOthersItSaysSoAgainThoughSeldom) {
  see("alpha");
  ASSERT_TRUE(look(seconds{1}).has_value());
  int said = 0;
  for (Nanos waited = seconds{1}; waited < seconds{60}; waited += milliseconds{100})
    said += look(waited) ? 1 : 0;
  EXPECT_EQ(said, 5) << "at 11, 21, 31, 41, 51 s";
  EXPECT_EQ(look(seconds{61}), Text{"waits for 3 nodes; here are alpha (61 of 300 s are over)"});
  see("beta");
  ASSERT_TRUE(look(seconds{65}).has_value());
  EXPECT_EQ(look(seconds{71}), std::nullopt) << "ten seconds after it has said anything";
}

TEST_F(EtcdWaits, ForEtcdItSaysWhyThatDoesNotAnswerAsLongAsItDoesNot) {
  EXPECT_EQ(look(Nanos{0}), Text{"asks etcd for a place"});
  see("alpha");
  ASSERT_TRUE(look(seconds{1}).has_value());
  status_.trouble = "etcd at 127.0.0.1:9: Connection refused";
  EXPECT_EQ(look(seconds{5}), std::nullopt) << "that it begins, the agreement itself says";
  EXPECT_EQ(look(seconds{11}), Text{"waits for 3 nodes; here are alpha; etcd does not answer: etcd "
                                    "at 127.0.0.1:9: Connection refused (11 of 300 s are over)"});
  status_.trouble.clear();
  EXPECT_EQ(look(seconds{21}), Text{"waits for 3 nodes; here are alpha (21 of 300 s are over)"});
}

// It gives up long before the time that others may take to come.
TEST_F(EtcdWaits, ForItsFirstAnswerItSaysWhyThereIsNoneBeforeItGivesUp) {
  EXPECT_EQ(look(Nanos{0}), Text{"asks etcd for a place"});
  status_.last_error = "etcd at 127.0.0.1:9: Connection refused";
  EXPECT_EQ(look(milliseconds{4'900}), std::nullopt);
  EXPECT_EQ(look(seconds{5}), Text{"asks etcd for a place; etcd does not answer: etcd at "
                                   "127.0.0.1:9: Connection refused (5 of 10 s are over)"});
  EXPECT_EQ(longest_wait(meeting_, status_), seconds{10});
  meeting_.patience = seconds{4};
  EXPECT_EQ(longest_wait(meeting_, status_), seconds{4});
}

TEST_F(EtcdWaits, ForItsNameItSaysWhenItWillGiveUp) {
  meeting_.lease = seconds{5};
  see("beta");
  status_.is_name_taken = true;
  EXPECT_EQ(look(seconds{1}), Text{"waits for the lease of another process with this name"});
  EXPECT_EQ(look(seconds{11}),
            Text{"waits for the lease of another process with this name (11 of 25 s are over)"});
  EXPECT_EQ(longest_wait(meeting_, status_), seconds{25});
  meeting_.patience = seconds{20};
  EXPECT_EQ(longest_wait(meeting_, status_), seconds{20});
  status_.is_name_taken = false;
  meeting_.patience = seconds{300};
  EXPECT_EQ(longest_wait(meeting_, status_), seconds{300});
}

}  // namespace
}  // namespace chargemill::app
