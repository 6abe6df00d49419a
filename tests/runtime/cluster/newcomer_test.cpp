// Nodes that come to a place among others that talk already; real sockets, in this process.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "runtime/engine/parking.hpp"
#include "tests/runtime/cluster/exchange_cluster.hpp"
#include "tests/runtime/cluster/link_story.hpp"

namespace chargemill::runtime {
namespace {

class LinksWithNewcomers : public LinksOnThisMachine {
 protected:
  /// Nodes 0 and 1 talk; nobody has place 2 yet.
  void open_two(const std::vector<KeyPair>& keys = {}) {
    all_ = folder_.endpoints(4);
    for (std::size_t n = 0; n < keys.size(); ++n) all_[n].key = keys[n].public_key;
    keys_ = keys;
    options_.nodes = {all_[0], all_[1], {}};
    open_place(0);
    open_place(1);
    ASSERT_TRUE(nodes_[0].ear.await_state(1, PeerState::alive));
    ASSERT_TRUE(nodes_[1].ear.await_state(0, PeerState::alive));
  }
  void open_place(unsigned node) {
    options_.secret_key = keys_.empty() ? std::string{} : keys_[node].secret_key;
    open(node);
  }
  /// It knows all, and waits to be called.
  void open_newcomer() {
    options_.nodes = {all_[0], all_[1], all_[2]};
    options_.joins = true;
    open_place(2);
  }
  void expect_all_talk() {
    for (unsigned from = 0; from < 3; ++from) {
      for (unsigned to = 0; to < 3; ++to) {
        if (from == to) continue;
        ASSERT_TRUE(nodes_[from].ear.await_state(to, PeerState::alive)) << from << to;
      }
    }
    for (unsigned from = 0; from < 3; ++from) {
      for (int i = 0; i < 200; ++i) nodes_[from].send((from + 1) % 3, 100);
      EXPECT_TRUE(nodes_[(from + 1) % 3].ear.await_number(from, nodes_[from].sent));
    }
    for (auto& node : nodes_) EXPECT_EQ(node.ear.wrong(), 0);
  }

  std::vector<NodeEndpoints> all_;
  std::vector<KeyPair> keys_;
};

TEST_F(LinksWithNewcomers, SendNothingToAPlaceThatNobodyHas) {
  open_two();
  EXPECT_EQ(nodes_[0].links->state_of(2), PeerState::absent);
  EXPECT_EQ(nodes_[0].links->figures_of(2).bytes, 0U);
  for (int i = 0; i < 1'000; ++i) nodes_[0].send(2, 8'000);  // far more than a window
  nodes_[0].links->tell_all("hello");
  nodes_[0].links->give_up(2);
  ASSERT_TRUE(nodes_[1].ear.await_messages(1));
  EXPECT_EQ(nodes_[0].links->state_of(2), PeerState::absent);
}

TEST_F(LinksWithNewcomers, LetInWhoComesLater) {
  open_two();
  open_newcomer();
  for (const unsigned n : {0U, 1U}) EXPECT_TRUE(nodes_[n].links->let_in(2, all_[2]));
  expect_all_talk();
}

// Neither knew the other's key when its links were opened, or not both at the same time.
TEST_F(LinksWithNewcomers, LetInWhoseKeyNobodyKnewAndTurnNobodyAway) {
  open_two({make_key_pair(), make_key_pair(), make_key_pair()});
  open_newcomer();
  for (const unsigned n : {0U, 1U}) EXPECT_TRUE(nodes_[n].links->let_in(2, all_[2]));
  expect_all_talk();
  for (const auto& node : nodes_) EXPECT_EQ(node.links->handshakes_refused(), 0U);
}

// It dials again: whoever is turned away today may be let in tomorrow.
TEST_F(LinksWithNewcomers, LetInWhoHasCalledTooEarly) {
  open_two({make_key_pair(), make_key_pair(), make_key_pair()});
  options_.nodes = {all_[0], all_[1], all_[2]};
  open_place(2);  // and dials at once
  while (nodes_[0].links->handshakes_refused() == 0) std::this_thread::yield();
  for (const unsigned n : {0U, 1U}) EXPECT_TRUE(nodes_[n].links->let_in(2, all_[2]));
  expect_all_talk();
}

TEST_F(LinksWithNewcomers, RefuseWhoCannotBeReached) {
  open_two();
  EXPECT_FALSE(nodes_[0].links->let_in(2, {}));
  EXPECT_FALSE(nodes_[0].links->let_in(2, {"tcp://10.0.0.1:1", "tcp://10.0.0.1:2", {}}))
      << "in plain text";
  EXPECT_FALSE(nodes_[0].links->let_in(2, {"ipc:///x", "tcp://127.0.0.1:no port", {}}));
  EXPECT_EQ(nodes_[0].links->state_of(2), PeerState::absent);
}

/// Place 1 has had somebody who is taken for lost, and who does not know it.
TEST_F(LinksWithNewcomers, HearTheNextLifeOfAPlaceAndNothingMoreOfTheFormer) {
  open_two();
  nodes_[1].send(0, 50);
  ASSERT_TRUE(nodes_[0].ear.await_number(1, 50));
  nodes_[0].links->give_up(1);
  for (int i = 0; i < 1'000; ++i) nodes_[0].send(1, 8'000);  // goes nowhere
  options_.nodes = {all_[0], all_[3], {}};                   // it is reached elsewhere
  options_.joins = true;
  options_.self = 1;
  options_.incarnation = Incarnation{777};
  nodes_[2].open(options_);
  nodes_[2].sent = 50;  // an ear counts on
  ASSERT_TRUE(nodes_[0].links->let_in(1, all_[3]));
  ASSERT_TRUE(nodes_[2].ear.await_state(0, PeerState::alive));
  for (int i = 0; i < 100; ++i) nodes_[1].send(0, 10);  // the former one
  nodes_[1].links->tell(0, "I am still here");
  for (int i = 0; i < 100; ++i) nodes_[2].send(0, 10);
  nodes_[2].links->tell(0, "so am I");
  EXPECT_TRUE(nodes_[0].ear.await_number(1, nodes_[2].sent));
  ASSERT_TRUE(nodes_[0].ear.await_messages(1));
  EXPECT_EQ(nodes_[0].ear.message(0), "so am I");
  EXPECT_EQ(nodes_[0].ear.wrong(), 0);
  EXPECT_EQ(nodes_[0].links->state_of(1), PeerState::alive);
  EXPECT_LT(nodes_[0].links->figures_of(1).waiting_bytes, 1 << 20);
}

/// A process that comes to place 2 after the one that was there is lost. Nobody lives with it yet.
void open_again(Cluster& cluster, Machine& next) {
  Exchange::Options options;
  options.links.nodes = cluster.folder.endpoints(4);
  options.links.nodes[2] = options.links.nodes[3];
  options.links.nodes.resize(3);
  options.links.self = 2;
  options.links.incarnation = Incarnation{99};
  options.links.joins = true;
  options.kinds = {letter_kind<Hop, write_hop, read_hop>()};
  options.workers = 2;
  options.is_virtual = false;
  const auto where = options.links.nodes[2];
  auto opened = Exchange::open(std::move(options));
  ASSERT_TRUE(opened.has_value()) << opened.error().text;
  next.exchange = std::move(*opened);
  for (unsigned n = 0; n < 2; ++n) ASSERT_TRUE(cluster.machines[n].exchange->let_in(2, where));
  ASSERT_TRUE(next.exchange->await_all(kPatience));
  EngineOptions engine;
  engine.pacing = Pacing::paced;
  engine.workers = 2;
  engine.latency = kLatency;
  engine.nodes = 3;
  engine.node = 2;
  engine.frontier = next.exchange.get();
  engine.may_spin = false;
  next.engine = std::make_unique<Engine>(engine);
  next.exchange->attach(next.engine->coordinator());
  next.exchange->outlive_losses();
}

TEST(Exchange, TakesBackAPlaceThatWasGivenUpAndCountsItFromZero) {
  Cluster cluster{3, 2, Pacing::paced};
  constexpr std::size_t kActors = 6;
  constexpr std::size_t kWalker = 2;  // of node 2, later of node 1, and of who comes to place 2
  const auto next = [](std::size_t i) { return (i + 2) % kActors; };
  const auto spawn = [&](Machine& machine, std::size_t i) {
    auto* const actor = machine.engine->coordinator().spawn<Counting>(static_cast<unsigned>(i),
                                                                      machine.all, next(i));
    machine.counters.resize(kActors, nullptr);
    machine.counters[i] = actor;
    return Address{actor};
  };
  cluster.populate(kActors, spawn);
  for (auto& machine : cluster.machines) machine.exchange->outlive_losses();
  // It has been talked to.
  LeanActor::post(cluster.machines[0].counters[0], Hop{0});
  while (cluster.machines[2].exchange->received() < 2'000) std::this_thread::yield();
  auto& lost = cluster.machines[2];
  lost.exchange->detach();
  lost.engine.reset();
  lost.exchange.reset();
  const auto moves = [&](unsigned n, std::size_t actor, unsigned heir) {
    auto& machine = cluster.machines[n];
    auto& engine = machine.engine->coordinator();
    engine.hold_still([&] {
      machine.exchange->hold_arrivals([&] {
        if (n != heir) {
          machine.all[actor] = engine.move_on(machine.all[actor], heir);
          return;
        }
        machine.counters.resize(kActors, nullptr);
        machine.counters[actor] =
            engine.take_over<Counting>(machine.all[actor], 0, machine.all, next(actor));
        machine.all[actor] = machine.counters[actor];
      });
    });
  };
  for (unsigned n = 0; n < 2; ++n) {
    cluster.machines[n].exchange->give_up(2);
    for (const std::size_t actor : {kWalker, std::size_t{5}}) moves(n, actor, 0);
  }
  Machine again;
  ASSERT_NO_FATAL_FAILURE(open_again(cluster, again));
  std::swap(cluster.machines[2].exchange, again.exchange);
  std::swap(cluster.machines[2].engine, again.engine);
  auto& newcomer = cluster.machines[2];
  newcomer.all.clear();
  for (std::size_t i = 0; i < kActors; ++i) {
    const unsigned home = i % 3 == 2 ? 0 : static_cast<unsigned>(i % 3);
    newcomer.all.push_back(newcomer.engine->coordinator().reserve(home));
  }
  for (unsigned n = 0; n < 2; ++n) {
    EXPECT_FALSE(cluster.machines[n].exchange->is_given_up(2));
    EXPECT_EQ(cluster.machines[n].exchange->sent_to(2), 0U);
    EXPECT_EQ(cluster.machines[n].exchange->received_from(2), 0U);
  }
  // Whoever lives on node 0 is not addressed before it lives on the newcomer.
  auto& former = cluster.machines[0];
  former.engine->coordinator().hold_still([&] {
    former.exchange->hold_arrivals([&] {
      Coordinator::Parking parking{former.engine->coordinator()};
      (void)parking.park(*former.counters[kWalker]);
      former.all[kWalker] = parking.leave(kWalker + 1, 2);
      EXPECT_EQ(parking.end(*former.counters[kWalker]), 0U);
    });
  });
  moves(1, kWalker, 2);
  moves(2, kWalker, 2);
  const auto before = newcomer.exchange->received();
  EXPECT_EQ(before, 0U);
  LeanActor::post(former.counters[0], Hop{0});
  while (newcomer.exchange->received() < 2'000) std::this_thread::yield();
  ASSERT_TRUE(newcomer.engine->coordinator().freeze(kPatience));
  EXPECT_EQ(newcomer.counters[kWalker]->heard, 2'000U);
  EXPECT_EQ(newcomer.counters[kWalker]->wrong, 0U);
  EXPECT_EQ(former.exchange->sent_to(2), 2'000U);
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  for (auto& machine : cluster.machines) {
    sent += machine.exchange->sent();
    received += machine.exchange->received();
    EXPECT_EQ(machine.exchange->strays(), 0U);
    EXPECT_EQ(machine.exchange->failure(), "");
  }
  EXPECT_EQ(sent, received);
}

TEST(Exchange, WaitsForNobodyWhereNobodyIs) {
  test::SocketFolder folder;
  std::vector<std::unique_ptr<Exchange>> all;
  for (unsigned n = 0; n < 2; ++n) {
    Exchange::Options options;
    options.links.nodes = folder.endpoints(2);
    options.links.nodes.resize(8);
    options.links.self = static_cast<std::uint16_t>(n);
    options.links.incarnation = Incarnation{1 + n};
    options.kinds = {letter_kind<Hop, write_hop, read_hop>()};
    options.is_virtual = false;
    auto opened = Exchange::open(std::move(options));
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    all.push_back(std::move(*opened));
  }
  for (auto& one : all) {
    EXPECT_TRUE(one->await_all(kPatience));
    EXPECT_EQ(one->nodes(), 8U);
    EXPECT_TRUE(one->is_given_up(5));
    one->expect_leaving();
  }
  all[0]->tell_all("hello");
  const auto heard = all[1]->receive(kPatience);
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->text, "hello");
}

}  // namespace
}  // namespace chargemill::runtime
