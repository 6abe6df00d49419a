// Several nodes of one process on real etcd.
#include "runtime/agreement/agreement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/support/etcd_cluster.hpp"

namespace chargemill::runtime::agreement {
namespace {

using namespace std::chrono_literals;
using test::comes_true;
using test::EtcdCluster;

class Agreements : public testing::Test {
 protected:
  void SetUp() override {
    if (!EtcdCluster::is_there()) GTEST_SKIP() << "etcd-server is not installed";
  }
  void TearDown() override {
    while (!nodes_.empty()) leave(nodes_.size() - 1);
  }
  /// A node whose hand-overs reach all others at once. A lease that a slow machine does not lose.
  void join(const EtcdCluster& etcd, const std::string& name, Course course = Course::open) {
    Agreement::Options options;
    options.etcd = etcd.endpoints();
    options.member.prefix = "/test/";
    options.member.name = name;
    options.member.card = "card of " + name;
    options.member.lease = 30s;
    options.member.expected = 3;
    options.member.course = course;
    Agreement::Listener listener;
    listener.on_tell = [this](const TellLetGo& tell) {
      const std::lock_guard lock{mutex_};
      for (const auto& node : nodes_) node->let_go(tell.what);
    };
    listener.on_view = [this, name](const View& view) {
      const std::lock_guard lock{views_mutex_};
      views_[name] = view.revision;
    };
    listener.on_stop = [this](const std::string&) {
      stops_.fetch_add(1, std::memory_order_relaxed);  // relaxed: a counter; orders nothing
    };
    auto node = std::make_unique<Agreement>(std::move(options), std::move(listener));
    const std::lock_guard lock{mutex_};
    nodes_.push_back(std::move(node));
  }
  void leave(std::size_t n) {
    std::unique_ptr<Agreement> leaver;
    {
      const std::lock_guard lock{mutex_};
      leaver = std::move(nodes_[n]);
      nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(n));
    }
  }
  /// One central, the same even table for all, and nothing on its way.
  [[nodiscard]] bool are_agreed() {
    std::size_t centrals = 0;
    std::optional<Revision> epoch;
    for (const auto& node : nodes_) {
      const auto status = node->status();
      const auto& table = status.view.table;
      if (status.self.incarnation == Revision{} || table.owners.size() != nodes_.size())
        return false;
      if (table.moving() > 0 || epoch.value_or(status.view.epoch) != status.view.epoch)
        return false;
      epoch = status.view.epoch;
      centrals += status.is_central() ? 1 : 0;
      const auto loads = table.loads();
      const auto [least, most] = std::minmax_element(loads.begin(), loads.end());
      if (*most - *least > 1) return false;
    }
    return centrals == 1;
  }
  /// Of the last view that its listener was shown.
  [[nodiscard]] Revision shown_to(const std::string& name) {
    const std::lock_guard lock{views_mutex_};
    return views_[name];
  }
  [[nodiscard]] std::size_t central() {
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (nodes_[n]->status().is_central()) return n;
    }
    return nodes_.size();
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Agreement>> nodes_;  // changed under mutex_
  std::mutex views_mutex_;
  std::map<std::string, Revision> views_;  // guarded by views_mutex_; by name
  std::atomic<int> stops_{0};
};

// So whoever acts on a view has it later than those who must not wait for that.
TEST_F(Agreements, ShowAViewToTheirListenersFirst) {
  EtcdCluster etcd{1};
  for (const char* name : {"alpha", "beta", "gamma"}) join(etcd, name);
  ASSERT_TRUE(comes_true([&] {
    const auto status = nodes_[0]->status();
    EXPECT_GE(shown_to("alpha"), status.view.revision);
    return are_agreed();
  }));
  leave(2);
  ASSERT_TRUE(comes_true([&] {
    const auto status = nodes_[0]->status();
    EXPECT_GE(shown_to("alpha"), status.view.revision);
    return status.view.members.size() == 2;
  }));
}

TEST_F(Agreements, GiveEachNodeItsShareAndTakeItBack) {
  EtcdCluster etcd{1};
  for (const char* name : {"alpha", "beta", "gamma"}) join(etcd, name);
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  EXPECT_EQ(nodes_[0]->status().view.find("beta")->card, "card of beta");
  join(etcd, "delta");
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  // Whoever leaves in peace is followed at once, not after its lease.
  const Revision token = nodes_[0]->status().view.token;
  leave(central());
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }, 20s));
  EXPECT_GT(nodes_[0]->status().view.token, token);
  EXPECT_EQ(stops_.load(std::memory_order_relaxed), 0);  // relaxed: all have been heard
}

TEST_F(Agreements, GoOnWhenEtcdLosesItsLeader) {
  EtcdCluster etcd{3};
  for (const char* name : {"alpha", "beta", "gamma"}) join(etcd, name);
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  test::AskingClient asking{etcd.endpoints()};
  std::optional<unsigned> leader;
  ASSERT_TRUE(
      comes_true([&] { return (leader = test::leader_of(asking.io(), etcd)).has_value(); }));
  const Revision token = nodes_[0]->status().view.token;
  etcd.kill(*leader);
  join(etcd, "delta");
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  EXPECT_EQ(nodes_[0]->status().view.token, token);      // the central is still the one
  EXPECT_EQ(stops_.load(std::memory_order_relaxed), 0);  // relaxed: all have been heard
}

TEST_F(Agreements, SayThatEtcdIsAwayAndThatItIsBack) {
  EtcdCluster etcd{1};
  for (const char* name : {"alpha", "beta", "gamma"}) join(etcd, name, Course::fixed);
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  const auto before = nodes_[0]->status();
  etcd.kill(0);
  ASSERT_TRUE(comes_true([&] { return !nodes_[0]->status().trouble.empty(); }));
  EXPECT_EQ(nodes_[0]->status().view.epoch, before.view.epoch);
  etcd.start(0);
  ASSERT_TRUE(comes_true([&] { return nodes_[0]->status().trouble.empty(); }));
  EXPECT_TRUE(comes_true([&] { return are_agreed(); }));
  EXPECT_EQ(nodes_[0]->status().view.token, before.view.token);
}

TEST_F(Agreements, AFixedNetworkHasNoPlaceForAFourth) {
  EtcdCluster etcd{1};
  for (const char* name : {"alpha", "beta", "gamma"}) join(etcd, name, Course::fixed);
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  const auto before = nodes_[0]->status().view;
  join(etcd, "delta", Course::fixed);
  ASSERT_TRUE(comes_true([&] { return nodes_[0]->status().view.members.size() == 4; }));
  leave(central());
  // One of them is gone, and nothing changes hands.
  ASSERT_TRUE(comes_true([&] { return nodes_[0]->status().view.members.size() == 3; }));
  EXPECT_EQ(nodes_[0]->status().view.epoch, before.epoch);
  EXPECT_FALSE(nodes_[0]->status().view.central.has_value());
}

// FE-01, SH-02: the network goes on among those who began it, whoever of them is lost.
TEST_F(Agreements, HeirsShareWhatALostNodeHadAndNewcomersGetNothingUnasked) {
  EtcdCluster etcd{1};
  for (const char* name : {"alpha", "beta", "gamma"}) join(etcd, name, Course::heirs);
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  const auto before = nodes_[0]->status().view;
  join(etcd, "delta", Course::heirs);
  ASSERT_TRUE(comes_true([&] { return nodes_[0]->status().view.members.size() == 4; }));
  leave(central());
  ASSERT_TRUE(comes_true([&] {
    const auto view = nodes_[0]->status().view;
    const auto& numbers = view.table.owner;
    // For a while it has not heard of it yet.
    return view.central && view.token > before.token &&
           std::all_of(numbers.begin(), numbers.end(),
                       [&](auto number) { return view.has(view.table.owners[number]); });
  }));
  const auto after = nodes_[0]->status().view;
  EXPECT_GT(after.token, before.token);
  EXPECT_GT(after.epoch, before.epoch);
  EXPECT_NE(after.central->name, "delta");
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    const auto& owner = after.table.owners[after.table.owner[shard]];
    const auto& former = before.table.owners[before.table.owner[shard]];
    EXPECT_NE(owner.name, "delta");
    if (former == *before.central) continue;
    ASSERT_EQ(owner, former) << "only what was lost moves";
  }
}

// FE-01, R11: the key goes over in one transaction, and the next token is greater.
TEST_F(Agreements, ACentralNamesTheNextOneAndNobodyWaitsForALease) {
  EtcdCluster etcd{1};
  for (const char* name : {"alpha", "beta", "gamma"}) join(etcd, name, Course::heirs);
  ASSERT_TRUE(comes_true([&] { return are_agreed(); }));
  const std::size_t former = central();
  const std::size_t next = (former + 1) % nodes_.size();
  const auto before = nodes_[former]->status().view;
  const Owner named = nodes_[next]->status().self;
  nodes_[former]->hand_on(named);
  ASSERT_TRUE(comes_true([&] {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [&](const auto& node) { return node->status().view.central == named; });
  }));
  const auto after = nodes_[next]->status();
  EXPECT_TRUE(after.is_central());
  EXPECT_GT(after.view.token, before.token);
  EXPECT_TRUE(after.view.has(*before.central)) << "it is there, and does not lead";
  nodes_[former]->leave();
  ASSERT_TRUE(comes_true([&] { return !nodes_[next]->status().view.has(*before.central); }, 20s));
  EXPECT_EQ(nodes_[former]->status().stopped, "");
  EXPECT_EQ(stops_.load(std::memory_order_relaxed), 0);  // relaxed: all have been heard
}

TEST_F(Agreements, ANameBelongsToOneProcess) {
  EtcdCluster etcd{1};
  join(etcd, "alpha");
  ASSERT_TRUE(comes_true([&] { return nodes_[0]->status().self.incarnation != Revision{}; }));
  join(etcd, "alpha");
  ASSERT_TRUE(comes_true([&] { return nodes_[1]->status().is_name_taken; }));
  leave(0);
  ASSERT_TRUE(comes_true([&] { return nodes_[0]->status().self.incarnation != Revision{}; }));
}

}  // namespace
}  // namespace chargemill::runtime::agreement
