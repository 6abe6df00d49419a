// Against real etcd processes of this machine.
#include "runtime/agreement/etcd_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

#include "runtime/net/tls_context.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/etcd_cluster.hpp"
#include "tests/support/folder.hpp"

namespace chargemill::runtime::agreement {
namespace {

using namespace std::chrono_literals;
using test::AskingClient;
using test::comes_true;
using test::EtcdCluster;
using testing::HasSubstr;

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
  // Longer than a slow disk keeps the next steps waiting.
  const auto lease = asking.ask(Grant{15s});
  ASSERT_TRUE(lease.has_value());
  ASSERT_TRUE(asking.ask(Put{"/t/n", "1", lease->lease}).has_value());
  EXPECT_EQ(asking.ask(KeepAlive{lease->lease}).value().ttl, 15s);
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
  const auto ports = test::free_ports(2);
  AskingClient nobody{{{"127.0.0.1", ports[0]}, {"127.0.0.1", ports[1]}}};
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
  AskingClient asking{etcd.endpoints()};
  ASSERT_TRUE(asking.answers(kAll));
  std::optional<unsigned> leader;
  ASSERT_TRUE(
      comes_true([&] { return (leader = test::leader_of(asking.io(), etcd)).has_value(); }));
  // Talk to the one that dies.
  auto members = etcd.endpoints();
  std::rotate(members.begin(), members.begin() + *leader, members.end());
  AskingClient client{{members, 30s, 50ms}};
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

/// Three members, of which the first one that is asked hangs; it does not lead the others.
class EtcdThatHangs : public Etcd {
 protected:
  void hang() {
    AskingClient asking{etcd_.endpoints()};
    ASSERT_TRUE(asking.answers(kAll));
    std::optional<unsigned> leader;
    ASSERT_TRUE(
        comes_true([&] { return (leader = test::leader_of(asking.io(), etcd_)).has_value(); }));
    const unsigned hung = (*leader + 1) % 3;
    members_ = etcd_.endpoints();
    std::rotate(members_.begin(), members_.begin() + hung, members_.end());
    lease_ = asking.ask(Grant{kLease}).value().lease;
    ASSERT_TRUE(asking.ask(Put{"/t/n", "1", lease_}).has_value());
    etcd_.signal(hung, SIGSTOP);
  }
  /// Who is asked next.
  static Endpoint next(AskingClient& client) {
    return client.on_thread([&client] { return client.client().member(); });
  }

  static constexpr std::chrono::seconds kLease{30};
  EtcdCluster etcd_{3};
  std::vector<Endpoint> members_;
  LeaseId lease_{};
};

// FE-04. With one member at a time the first of these would take all of the patience, which is
// longer than the lease, and fail.
TEST_F(EtcdThatHangs, CostsNoLeaseForAnotherMemberIsAskedToo) {
  hang();
  using Clock = std::chrono::steady_clock;
  auto last = Clock::now();
  Nanos gap_max{0};
  for (int round = 0; round < 3; ++round) {
    AskingClient fresh{{members_, 2 * Nanos{kLease}, 100ms}};  // it talks to the one that hangs
    for (int i = 0; i < 5; ++i) {
      const auto kept = fresh.ask(KeepAlive{lease_});
      ASSERT_TRUE(kept.has_value()) << kept.error().text;
      EXPECT_EQ(kept->ttl, kLease);
      gap_max = std::max(gap_max, Nanos{Clock::now() - std::exchange(last, Clock::now())});
      EXPECT_FALSE(next(fresh) == members_[0]) << "who has answered is asked next";
    }
  }
  EXPECT_LT(gap_max, Nanos{kLease} / 2);
  AskingClient looking{{members_, 2 * Nanos{kLease}, 100ms}};
  const auto all = looking.ask(kAll);
  ASSERT_TRUE(all.has_value()) << all.error().text;
  ASSERT_EQ(all->found.size(), 1U);
  EXPECT_EQ(all->found[0].lease, lease_);
}
// ET-03: what may have happened is not asked for twice.
TEST_F(EtcdThatHangs, IsAloneToHearAWrite) {
  hang();
  AskingClient client{{members_, 400ms, 10ms}};
  const auto put = client.ask(Put{"/t/n", "2", lease_});
  ASSERT_FALSE(put.has_value());
  EXPECT_THAT(put.error().text, HasSubstr(to_text(members_[0]) + ": no answer in time"));
  EXPECT_EQ(next(client), members_[1]);
  AskingClient patient{{members_, 2 * Nanos{kLease}, 10ms}};
  EXPECT_EQ(patient.ask(kAll).value().found.at(0).value, "1");
}

/// A member that is asked inside TLS, shows a certificate for its address alone, and wants one of
/// whoever comes. Issue 7, section 2.
class EtcdBehindTls : public Etcd {
 protected:
  [[nodiscard]] static TlsContext tls(const test::Certificate& believed,
                                      const test::Certificate* shown) {
    return open_client_tls({true, believed.cert(), shown == nullptr ? "" : shown->cert(),
                            shown == nullptr ? "" : shown->key()})
        .value();
  }
  [[nodiscard]] TlsContext good() const { return tls(authority_, &node_); }
  /// Why an attempt comes to nothing.
  [[nodiscard]] static std::string why(std::vector<Endpoint> members, TlsContext tls) {
    AskingClient asking{std::move(members), 30s, std::move(tls)};
    const auto answer = asking.ask(kAll);
    return answer ? "nothing is wrong" : answer.error().text;
  }

  const test::Folder folder_;
  const test::Certificate authority_{
      folder_.path(), "authority", {"DNS:authority", -3'600, 3'600, true}};
  const test::Certificate door_{
      folder_.path(), "door", {"IP:127.0.0.1", -3'600, 3'600, false, &authority_}};
  const test::Certificate node_{
      folder_.path(), "node", {"DNS:node", -3'600, 3'600, false, &authority_}};
  const test::Certificate stranger_{folder_.path(), "stranger"};
  const EtcdCluster::Tls files_{door_.cert(), door_.key(), authority_.cert()};
};

TEST_F(EtcdBehindTls, IsAskedAndWatchedAsOneWithoutIt) {
  EtcdCluster etcd{3, files_};
  AskingClient asking{etcd.endpoints(), 30s, good()};
  ASSERT_TRUE(asking.answers(kAll));
  const auto lease = asking.ask(Grant{60s});
  ASSERT_TRUE(lease.has_value()) << lease.error().text;
  const auto first =
      asking.ask(Put{"/t/0", std::string(100'000, 'x'), lease->lease}).value().revision;
  Watched watched;
  watched.begin(asking, after(first));
  constexpr std::size_t kChanges = 50;
  for (std::size_t i = 0; i < kChanges; ++i)
    ASSERT_TRUE(asking.ask(Put{"/t/1", std::to_string(i), lease->lease}).has_value());
  ASSERT_TRUE(comes_true([&] { return watched.changes().size() >= kChanges; }));
  EXPECT_EQ(watched.changes().back().now.value, std::to_string(kChanges - 1));
  EXPECT_EQ(asking.ask(kAll).value().found.at(0).value.size(), 100'000U);
  EXPECT_EQ(asking.ask(KeepAlive{lease->lease}).value().ttl, 60s);
  EXPECT_FALSE(watched.end().has_value());
}
TEST_F(EtcdBehindTls, BelievesAndIsBelievedOrSaysWhyNot) {
  EtcdCluster etcd{1, files_};
  ASSERT_TRUE((AskingClient{etcd.endpoints(), 30s, good()}.answers(kAll)));
  const auto members = etcd.endpoints();
  EXPECT_THAT(why(members, tls(stranger_, &node_)), HasSubstr("is not to be believed"));
  EXPECT_THAT(why({{"localhost", members[0].port}}, good()), HasSubstr("hostname mismatch"));
  EXPECT_THAT(why(members, tls(authority_, nullptr)),
              HasSubstr(to_text(members[0]) + " wants a certificate"));
  EXPECT_THAT(why(members, tls(authority_, &stranger_)),
              HasSubstr(to_text(members[0]) + " does not take the certificate of this client"));
  EXPECT_THAT(why(members, nullptr), HasSubstr("as one does that speaks TLS alone"));
}
TEST_F(EtcdBehindTls, IsNotOneThatSpeaksPlainly) {
  EtcdCluster plain{1};
  ASSERT_TRUE(AskingClient{plain.endpoints()}.answers(kAll));
  EXPECT_THAT(why(plain.endpoints(), good()), HasSubstr("does not seem to speak TLS"));
}
TEST_F(EtcdBehindTls, DoesNotKeepAnybodyWaitingWhenItHangs) {  // law 6
  EtcdCluster etcd{1, files_};
  ASSERT_TRUE((AskingClient{etcd.endpoints(), 30s, good()}.answers(kAll)));
  etcd.signal(0, SIGSTOP);
  AskingClient asking{etcd.endpoints(), 500ms, good()};
  const auto silent = asking.ask(kAll);
  ASSERT_FALSE(silent.has_value());
  EXPECT_THAT(silent.error().text, HasSubstr("no answer in time"));
  Watched watched;
  watched.begin(asking, Revision{1});
  EXPECT_TRUE(comes_true([&] { return watched.end().has_value(); }));
}

}  // namespace
}  // namespace chargemill::runtime::agreement
