// A node and what etcd says of the others, on real etcd.
#include "app/nodes/etcd_bond.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "tests/support/etcd_cluster.hpp"
#include "tests/support/socket_folder.hpp"

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;
using runtime::Exchange;
using runtime::Incarnation;
using runtime::agreement::Agreement;
using runtime::agreement::Revision;
using test::comes_true;
using test::EtcdCluster;

Agreement::Options options_of(const EtcdCluster& etcd, const std::string& name) {
  Agreement::Options options;
  options.etcd = etcd.endpoints();
  options.member.prefix = "/test/";
  options.member.name = name;
  options.member.card = "card of " + name;
  options.member.lease = 30s;  // that a slow machine does not lose
  options.member.expected = 2;
  return options;
}

/// Node 0 of two; nobody reads what is sent to the other one.
std::unique_ptr<Exchange> alone(const test::SocketFolder& folder) {
  Exchange::Options options;
  options.links.nodes = folder.endpoints(2);
  options.links.incarnation = Incarnation{1};
  options.links.window_bytes = 1 << 20;
  options.links.lost_after = 1h;
  options.is_virtual = false;
  auto opened = Exchange::open(std::move(options));
  if (!opened) throw std::runtime_error{opened.error().text};
  (*opened)->outlive_losses();
  return std::move(*opened);
}

class EtcdBonds : public testing::Test {
 protected:
  void SetUp() override {
    if (!EtcdCluster::is_there()) GTEST_SKIP() << "etcd-server is not installed";
  }
};

// The runner waits for room on the way to it, and looks at etcd when it has that behind it.
TEST_F(EtcdBonds, LetNobodyWaitForANodeThatEtcdHasNoPlaceFor) {
  EtcdCluster etcd{1};
  test::SocketFolder folder;
  EtcdBond bond{options_of(etcd, "alpha")};
  auto beta = std::make_unique<Agreement>(options_of(etcd, "beta"), Agreement::Listener{});
  ASSERT_TRUE(comes_true([&] {
    const auto who = beta->status().self;
    return who.incarnation != Revision{} && bond.agreement().status().view.has(who);
  }));
  const auto exchange = alone(folder);
  const Bound bound{&bond, *exchange};
  bond.expect(1, beta->status().self);
  std::thread runner{[&] { exchange->tell(1, std::string(std::size_t{8} << 20U, 'x')); }};
  while (exchange->links().figures_of(1).waiting_bytes < 1 << 20) std::this_thread::yield();
  beta.reset();  // in peace: nobody waits for its lease
  runner.join();
  EXPECT_EQ(exchange->failure(), "");
  EXPECT_FALSE(exchange->is_given_up(1)) << "that is the runner's";
}

// Nobody calls its workers off: they know until when they may act.
TEST_F(EtcdBonds, LetWorkersActUntilTheLeaseMayBeOver) {
  EtcdCluster etcd{1};
  test::SocketFolder folder;
  EtcdBond bond{options_of(etcd, "alpha")};
  const auto has_place = [&] { return bond.agreement().status().self.incarnation != Revision{}; };
  ASSERT_TRUE(comes_true([&] { return has_place(); }));
  const auto exchange = alone(folder);
  const Bound bound{&bond, *exchange};
  EXPECT_FALSE(exchange->tenure().is_over());
  bond.agreement().leave();
  EXPECT_TRUE(comes_true([&] { return exchange->tenure().is_over(); }));
  EXPECT_TRUE(exchange->tenure().was_ended());
}

// Whoever is told of it may be told after etcd has said the last of it.
TEST_F(EtcdBonds, LetNobodyWaitForANodeThatWasGoneBeforeItHadItsPlaceHere) {
  EtcdCluster etcd{1};
  test::SocketFolder folder;
  EtcdBond bond{options_of(etcd, "alpha")};
  auto beta = std::make_unique<Agreement>(options_of(etcd, "beta"), Agreement::Listener{});
  const auto knows_beta = [&] { return bond.agreement().status().view.find("beta") != nullptr; };
  ASSERT_TRUE(comes_true([&] { return knows_beta(); }));
  const auto who = bond.agreement().status().view.find("beta")->who;
  beta.reset();
  ASSERT_TRUE(comes_true([&] { return !knows_beta(); }));
  const auto exchange = alone(folder);
  bond.expect(1, who);
  const Bound bound{&bond, *exchange};
  exchange->tell(1, std::string(std::size_t{8} << 20U, 'x'));  // or the test never ends
  EXPECT_EQ(exchange->failure(), "");
}

}  // namespace
}  // namespace chargemill::app
