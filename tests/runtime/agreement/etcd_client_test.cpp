// Against real etcd processes of this machine.
#include "runtime/agreement/etcd_client.hpp"

#include <gtest/gtest.h>

#include <mutex>

#include "tests/support/etcd_cluster.hpp"

namespace chargemill::runtime::agreement {
namespace {

using namespace std::chrono_literals;
using test::AskingClient;
using test::comes_true;
using test::EtcdCluster;

const Range kAll{"/t/", true};

/// What a watch has brought, for a test's own thread to look at.
class Watched {
 public:
  void begin(AskingClient& asking, Revision from) {
    asking.on_thread([this, &asking, from] {
      asking.client().watch(
          "/t/", from, [this](const Changes& news) { add(news); },
          [this](const WatchEnd& end) {
            const std::lock_guard lock{mutex_};
            end_ = end;
          });
      return 0;
    });
  }
  [[nodiscard]] std::vector<Change> changes() {
    const std::lock_guard lock{mutex_};
    return changes_;
  }
  [[nodiscard]] std::optional<WatchEnd> end() {
    const std::lock_guard lock{mutex_};
    return end_;
  }

 private:
  void add(const Changes& news) {
    const std::lock_guard lock{mutex_};
    changes_.insert(changes_.end(), news.changes.begin(), news.changes.end());
  }
  std::mutex mutex_;
  std::vector<Change> changes_;  // guarded by mutex_
  std::optional<WatchEnd> end_;  // guarded by mutex_
};

class Etcd : public testing::Test {
 protected:
  void SetUp() override {
    if (!EtcdCluster::is_there()) GTEST_SKIP() << "etcd-server is not installed";
  }
};

TEST_F(Etcd, PutsRangesAndComparesByRevision) {
  EtcdCluster etcd{1};
  AskingClient asking{etcd.endpoints()};
  ASSERT_TRUE(asking.answers(kAll));
  const auto put = asking.ask(Put{"/t/a", std::string{"\0\xFF\n", 3}, {}});
  ASSERT_TRUE(put.has_value()) << put.error().text;
  const Txn claim{{{"/t/central", Compare::Of::created, Revision{}}}, {{"/t/central", "me", {}}}};
  EXPECT_TRUE(asking.ask(claim).value().was_done);
  EXPECT_FALSE(asking.ask(claim).value().was_done);  // it is there now
  const auto all = asking.ask(kAll).value();
  ASSERT_EQ(all.found.size(), 2U);
  EXPECT_EQ(all.found[0].value, (std::string{"\0\xFF\n", 3}));
  EXPECT_GT(all.found[1].created, put->revision);
  const Revision token = all.found[1].created;
  const Txn fenced{{{"/t/central", Compare::Of::created, token}}, {{"/t/a", "new", {}}}};
  EXPECT_TRUE(asking.ask(fenced).value().was_done);
  const Txn stale{{{"/t/a", Compare::Of::modified, put->revision}}, {{"/t/a", "stale", {}}}};
  EXPECT_FALSE(asking.ask(stale).value().was_done);
}
TEST_F(Etcd, TakesKeysAwayWithTheirLease) {
  EtcdCluster etcd{1};
  AskingClient asking{etcd.endpoints()};
  ASSERT_TRUE(asking.answers(kAll));
  const auto lease = asking.ask(Grant{5s});
  ASSERT_TRUE(lease.has_value());
  ASSERT_TRUE(asking.ask(Put{"/t/n", "1", lease->lease}).has_value());
  EXPECT_EQ(asking.ask(KeepAlive{lease->lease}).value().ttl, 5s);
  EXPECT_EQ(asking.ask(kAll).value().found.at(0).lease, lease->lease);
  // Nobody renews it any more.
  EXPECT_TRUE(comes_true([&] { return asking.ask(kAll).value().found.empty(); }));
  EXPECT_EQ(asking.ask(KeepAlive{lease->lease}).value().ttl, 0s);
  const auto gone = asking.ask(Put{"/t/n", "1", lease->lease});
  ASSERT_FALSE(gone.has_value());
  EXPECT_NE(gone.error().text.find("lease not found"), std::string::npos) << gone.error().text;
  const auto other = asking.ask(Grant{60s}).value();
  ASSERT_TRUE(asking.ask(Put{"/t/n", "2", other.lease}).has_value());
  ASSERT_TRUE(asking.ask(Revoke{other.lease}).has_value());
  EXPECT_TRUE(asking.ask(kAll).value().found.empty());
}
TEST_F(Etcd, WatchesEveryChangeInOrderFromARevisionOn) {
  EtcdCluster etcd{1};
  AskingClient asking{etcd.endpoints()};
  ASSERT_TRUE(asking.answers(kAll));
  const auto first = asking.ask(Put{"/t/0", "before", {}}).value().revision;
  constexpr std::size_t kChanges = 200;
  Watched watched;
  watched.begin(asking, after(first));
  for (std::size_t i = 0; i < kChanges; ++i)
    ASSERT_TRUE(asking.ask(Put{"/t/1", std::to_string(i), {}}).has_value());
  ASSERT_TRUE(comes_true([&] { return watched.changes().size() >= kChanges; }));
  const auto changes = watched.changes();
  ASSERT_EQ(changes.size(), kChanges);
  for (std::size_t i = 0; i < kChanges; ++i) ASSERT_EQ(changes[i].now.value, std::to_string(i));
  EXPECT_FALSE(watched.end().has_value());
}
TEST_F(Etcd, EndsAWatchOfARevisionThatIsCompacted) {
  EtcdCluster etcd{1};
  AskingClient asking{etcd.endpoints()};
  ASSERT_TRUE(asking.answers(kAll));
  Revision last{};
  for (int i = 0; i < 5; ++i) last = asking.ask(Put{"/t/a", "x", {}}).value().revision;
  ASSERT_TRUE(asking.ask(Compact{last}).has_value());
  Watched watched;
  watched.begin(asking, Revision{2});
  ASSERT_TRUE(comes_true([&] { return watched.end().has_value(); }));
  EXPECT_EQ(watched.end()->compacted, last);
}
TEST_F(Etcd, SaysWhoDoesNotAnswerAndDoesNotWaitForEver) {
  AskingClient nobody{{{"127.0.0.1", test::free_port()}, {"127.0.0.1", test::free_port()}}};
  const auto refused = nobody.ask(kAll);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().text.find("Connection refused"), std::string::npos);
  EtcdCluster etcd{1};
  AskingClient asking{etcd.endpoints(), 500ms};
  ASSERT_TRUE(asking.answers(kAll));
  etcd.signal(0, SIGSTOP);
  const auto silent = asking.ask(kAll);
  etcd.signal(0, SIGCONT);
  ASSERT_FALSE(silent.has_value());
  EXPECT_NE(silent.error().text.find("no answer in time"), std::string::npos);
}

// Three members; the leader of etcd dies by kill -9. Whoever goes on asking is answered by the
// others, a lease outlives it, and a watch begun anew after the last revision seen misses nothing.
TEST_F(Etcd, GoesOnWithTheOthersWhenItsLeaderIsKilled) {
  EtcdCluster etcd{3};
  AskingClient asking{etcd.endpoints(), 1s};
  ASSERT_TRUE(asking.answers(kAll));
  std::optional<unsigned> leader;
  ASSERT_TRUE(
      comes_true([&] { return (leader = test::leader_of(asking.io(), etcd)).has_value(); }));
  // Talk to the one that dies.
  auto members = etcd.endpoints();
  std::rotate(members.begin(), members.begin() + *leader, members.end());
  AskingClient client{members, 1s};
  const auto lease = client.ask(Grant{30s});
  ASSERT_TRUE(lease.has_value());
  const auto put = client.ask(Put{"/t/n", "0", lease->lease});
  ASSERT_TRUE(put.has_value());
  Watched before;
  before.begin(client, after(put->revision));
  ASSERT_TRUE(client.ask(Put{"/t/n", "1", lease->lease}).has_value());
  ASSERT_TRUE(comes_true([&] { return before.changes().size() == 1; }));
  etcd.kill(*leader);
  ASSERT_TRUE(comes_true([&] { return before.end().has_value(); }));
  ASSERT_TRUE(client.answers(Put{"/t/n", "2", lease->lease}));
  EXPECT_TRUE(comes_true([&] {
    const auto kept = client.ask(KeepAlive{lease->lease});
    return kept && kept->ttl == 30s;
  }));
  Watched behind;
  behind.begin(client, after(before.changes().back().now.modified));
  ASSERT_TRUE(comes_true([&] { return !behind.changes().empty(); }));
  EXPECT_EQ(behind.changes().front().now.value, "2");
  etcd.start(*leader);
  EXPECT_TRUE(client.answers(kAll));
}

}  // namespace
}  // namespace chargemill::runtime::agreement
