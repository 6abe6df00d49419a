// Engines of several nodes, all in this process, over real sockets.
#include "runtime/cluster/exchange.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/engine/engine.hpp"
#include "tests/runtime/cluster/exchange_cluster.hpp"

namespace chargemill::runtime {
namespace {

std::vector<std::uint64_t> together(std::uint64_t seed, unsigned nodes, unsigned workers) {
  Cluster cluster{nodes, workers, Pacing::virtual_time};
  cluster.populate(60, [seed](Machine& machine, std::size_t i) -> Address {
    auto* const actor = machine.engine->coordinator().spawn<Gossip>(
        static_cast<unsigned>(i / 2), seed, static_cast<std::uint32_t>(i), machine.all);
    machine.gossips.resize(60, nullptr);
    machine.gossips[i] = actor;
    return actor;
  });
  for (auto& machine : cluster.machines) {
    for (auto* actor : machine.gossips) {
      if (actor != nullptr) LeanActor::post(actor, Hop{1});
    }
  }
  // In two steps, the first of which cuts a window.
  auto& leader = cluster.machines[0].engine->coordinator();
  for (const Nanos step : {Nanos{730ms}, Nanos{2s}}) {
    leader.go_until(SimTime{step});
    for (auto& machine : cluster.machines)
      EXPECT_TRUE(machine.engine->coordinator().await_pause(kPatience));
  }
  std::vector<std::uint64_t> result(60, 0);
  for (const auto& machine : cluster.machines) {
    for (std::size_t i = 0; i < 60; ++i) {
      if (machine.gossips[i] != nullptr) result[i] = machine.gossips[i]->mixed;
    }
  }
  return result;
}

TEST(Exchange, GivesEveryActorTheSameHistoryOnAnyNumberOfNodes) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto one = alone(seed);
    for (const unsigned nodes : {2U, 3U, 4U}) {
      for (const unsigned workers : {1U, 2U})
        ASSERT_EQ(together(seed, nodes, workers), one) << nodes << " x " << workers;
    }
  }
}

TEST(Exchange, CarriesMessagesInTheOrderOfTheirSenderInRealTime) {
  Cluster cluster{3, 2, Pacing::paced};
  constexpr std::size_t kActors = 30;
  cluster.populate(kActors, [](Machine& machine, std::size_t i) -> Address {
    auto* const actor = machine.engine->coordinator().spawn<Counting>(
        static_cast<unsigned>(i), machine.all, (i + 1) % kActors);
    machine.counters.push_back(actor);
    return actor;
  });
  for (auto& machine : cluster.machines) {
    for (auto* actor : machine.counters) LeanActor::post(actor, Hop{0});
  }
  const auto under_way = [&] {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    for (const auto& machine : cluster.machines) {
      sent += machine.exchange->sent();
      received += machine.exchange->received();
    }
    return sent < kActors * 2'000 ? 1 : sent - received;
  };
  while (under_way() > 0) std::this_thread::yield();
  for (auto& machine : cluster.machines) {
    ASSERT_TRUE(machine.engine->coordinator().freeze(kPatience));
    for (const auto* actor : machine.counters) {
      EXPECT_EQ(actor->heard, 2'001U);
      EXPECT_EQ(actor->wrong, 0U);
    }
  }
}

// SH-02: what was addressed to a lost node's actor reaches who has its number now, and Mattern's
// sums are those of the living.
TEST(Exchange, OutlivesANodeWhoseActorsOthersTakeOver) {
  Cluster cluster{3, 2, Pacing::paced};
  constexpr std::size_t kActors = 6;
  // All send to the one behind the next: actor 2, of the lost node, hears of actor 0 and no other.
  const auto next = [](std::size_t i) { return (i + 2) % kActors; };
  cluster.populate(kActors, [&](Machine& machine, std::size_t i) -> Address {
    auto* const actor = machine.engine->coordinator().spawn<Counting>(static_cast<unsigned>(i),
                                                                      machine.all, next(i));
    machine.counters.resize(kActors, nullptr);
    machine.counters[i] = actor;
    return actor;
  });
  for (auto& machine : cluster.machines) machine.exchange->outlive_losses();
  auto& lost = cluster.machines[2];
  lost.exchange->detach();
  lost.engine.reset();
  lost.exchange.reset();
  for (unsigned n = 0; n < 2; ++n) {
    auto& machine = cluster.machines[n];
    machine.exchange->give_up(2);
    EXPECT_EQ(machine.exchange->failure(), "");
    auto& engine = machine.engine->coordinator();
    engine.hold_still([&] {
      machine.exchange->hold_arrivals([&] {
        // Actor 2 comes to node 1, actor 5 to node 0.
        for (const std::size_t i : {std::size_t{2}, std::size_t{5}}) {
          const unsigned heir = i == 2 ? 1 : 0;
          if (heir != n) {
            machine.all[i] = engine.move_on(machine.all[i], heir);
            continue;
          }
          machine.counters.resize(kActors, nullptr);
          machine.counters[i] = engine.take_over<Counting>(machine.all[i], 0, machine.all, next(i));
          machine.all[i] = machine.counters[i];
        }
      });
    });
  }
  LeanActor::post(cluster.machines[0].counters[0], Hop{0});  // tells actor 2 two thousand times
  const auto& a = *cluster.machines[0].exchange;
  const auto& b = *cluster.machines[1].exchange;
  while (b.received() < 2'000) std::this_thread::yield();
  EXPECT_EQ(a.sent() + b.sent(), a.received() + b.received());
  ASSERT_TRUE(cluster.machines[1].engine->coordinator().freeze(kPatience));
  const auto& heir = *cluster.machines[1].counters[2];
  EXPECT_EQ(heir.heard, 2'000U);
  EXPECT_EQ(heir.wrong, 0U);
  EXPECT_EQ(a.strays() + b.strays(), 0U);
}

// Until all have heard where it is now.
TEST(Exchange, CountsWhatIsAddressedToNobody) {
  Cluster cluster{2, 1, Pacing::paced};
  cluster.populate(2, [](Machine& machine, std::size_t i) -> Address {
    auto* const actor = machine.engine->coordinator().spawn<Counting>(0, machine.all, 1 - i);
    machine.counters.push_back(actor);
    return actor;
  });
  for (auto& machine : cluster.machines) machine.exchange->outlive_losses();
  auto& sender = cluster.machines[0];
  auto& receiver = cluster.machines[1];
  // The receiver believes that its actor is elsewhere.
  auto& engine = receiver.engine->coordinator();
  engine.hold_still([&] {
    receiver.exchange->hold_arrivals(
        [&] { (void)engine.move_on(Address::elsewhere(2, engine.workers()), 0); });
  });
  LeanActor::post(sender.counters[0], Hop{0});
  while (receiver.exchange->received() < 2'000) std::this_thread::yield();
  EXPECT_EQ(receiver.exchange->strays(), 2'000U);
  EXPECT_EQ(receiver.exchange->failure(), "");
}

// What is sent to it goes nowhere, and nobody waits for room there.
TEST(Exchange, GivesUpANodeThatIsThereAllTheSame) {
  Cluster cluster{2, 1, Pacing::paced};
  auto& here = cluster.machines[0];
  auto& zombie = cluster.machines[1];
  here.exchange->outlive_losses();
  here.exchange->give_up(1);
  zombie.exchange->tell(0, "I lead");
  for (int i = 0; i < 1'000; ++i) here.exchange->tell(1, std::string(64 * 1'024, 'x'));
  EXPECT_FALSE(here.exchange->receive(Millis{300}).has_value());
  EXPECT_TRUE(here.exchange->is_given_up(1));
  EXPECT_EQ(here.exchange->links().state_of(1), PeerState::lost);
  EXPECT_EQ(here.exchange->failure(), "");
}

TEST(Exchange, PassesOnWhatRunnersSay) {
  Cluster cluster{2, 1, Pacing::virtual_time};
  cluster.machines[1].exchange->tell(0, "ready");
  const auto heard = cluster.machines[0].exchange->receive(kPatience);
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->node, 1U);
  EXPECT_EQ(heard->text, "ready");
}

// A runner may be busy for seconds.
TEST(Exchange, KeepsManyWordsForARunnerThatIsBusy) {
  constexpr unsigned kWords = 20'000;
  Cluster cluster{2, 1, Pacing::virtual_time};
  for (unsigned i = 0; i < kWords; ++i)
    cluster.machines[1].exchange->tell(0, "word " + std::to_string(i));
  auto& here = *cluster.machines[0].exchange;
  for (unsigned i = 0; i < kWords; ++i) {
    const auto heard = here.receive(kPatience);
    ASSERT_TRUE(heard.has_value()) << here.failure();
    ASSERT_EQ(heard->text, "word " + std::to_string(i));
  }
}

TEST(Exchange, EndsWithANodeThatSaysMoreThanItsRunnerEverReceives) {
  Cluster cluster{2, 1, Pacing::virtual_time};
  const std::string word(std::size_t{1} << 20U, 'x');
  auto& here = *cluster.machines[0].exchange;
  for (std::size_t said = 0; said <= Exchange::kWaitingBytesMax; said += word.size())
    cluster.machines[1].exchange->tell(0, word);
  while (here.failure().empty()) std::this_thread::yield();
  EXPECT_EQ(here.failure(), "node 1 says more than this node hears");
  ASSERT_TRUE(here.receive(Nanos{0}).has_value()) << "what has come is there";
}

// Pages of all charge points, say, that doors ask for while the runner reads a journal.
TEST(Exchange, CutsWhatItCanDoWithoutWhereARunnerIsBusy) {
  Cluster cluster{2, 1, Pacing::virtual_time};
  constexpr std::size_t kMany = 48;
  const std::string bulk = "head, " + std::string(std::size_t{2} << 20U, 'x');
  auto& here = *cluster.machines[0].exchange;
  auto& other = *cluster.machines[1].exchange;
  for (std::size_t i = 0; i < kMany; ++i) other.tell_bulk(0, bulk, 4);
  other.tell(0, "a word");
  while (here.links().figures_of(1).bytes < kMany * bulk.size()) std::this_thread::yield();
  std::size_t cut = 0;
  for (std::size_t i = 0; i < kMany; ++i) {
    const auto heard = here.receive(kPatience);
    ASSERT_TRUE(heard.has_value()) << here.failure();
    if (heard->text.size() != bulk.size()) {
      ++cut;
      EXPECT_EQ(heard->text, "head") << i;
      EXPECT_GE(i, Exchange::kWaitingBytesMax / bulk.size()) << "so many are kept whole";
    }
    EXPECT_EQ(heard->is_bulk, heard->text.size() == bulk.size());
  }
  EXPECT_GT(cut, 0U);
  const auto last = here.receive(kPatience);
  ASSERT_TRUE(last.has_value()) << here.failure();
  EXPECT_EQ(last->text, "a word");
  EXPECT_EQ(here.failure(), "");
  other.tell_bulk(0, bulk, 4);
  const auto again = here.receive(kPatience);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->text.size(), bulk.size()) << "there is room again";
}

// What was asked for may be large, and the runner have a moment's work.
TEST(Exchange, HearsWordsBesideALargeOne) {
  Cluster cluster{2, 1, Pacing::virtual_time};
  auto& here = *cluster.machines[0].exchange;
  auto& other = *cluster.machines[1].exchange;
  const std::string large(Exchange::kWaitingBytesMax + 1, 'x');
  other.tell(0, large);
  other.tell(0, "a word");
  while (here.links().figures_of(1).bytes < large.size()) std::this_thread::yield();
  const auto first = here.receive(kPatience);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->text.size(), large.size());
  const auto second = here.receive(kPatience);
  ASSERT_TRUE(second.has_value()) << here.failure();
  EXPECT_EQ(second->text, "a word");
}

TEST(Exchange, HasNotMetWhoDoesNotHearIt) {
  const test::SocketFolder folder;
  Exchange::Options options;
  options.links.nodes = folder.endpoints(2);
  options.links.incarnation = Incarnation{1};
  const auto here = options.links.nodes[0];
  const auto exchange = std::move(*Exchange::open(std::move(options)));
  Stranger other{here};
  other.say_beat(1, Incarnation{2}, {});
  while (exchange->links().state_of(1) != PeerState::alive) std::this_thread::yield();
  EXPECT_FALSE(exchange->await_all(Nanos{0}));
  EXPECT_EQ(exchange->missing(), std::vector<unsigned>{1});
  Beat answer;
  answer.echo_ns = 1;
  other.say_beat(1, Incarnation{2}, answer);
  EXPECT_TRUE(exchange->await_all(kPatience));
}

TEST(Exchange, TellsTheOthersWhyItCannotGoOn) {
  Cluster cluster{3, 1, Pacing::virtual_time};
  cluster.machines[1].exchange->call_off("its disk is full");
  EXPECT_EQ(cluster.machines[1].exchange->failure(), "its disk is full");
  for (const unsigned other : {0U, 2U}) {
    auto& exchange = *cluster.machines[other].exchange;
    while (exchange.failure().empty()) std::this_thread::yield();
    EXPECT_EQ(exchange.failure(), "node 1: its disk is full");
  }
}

// A node that ends keeps its place until it has, and its workers may wait for one that hears
// nothing.
TEST(Exchange, LetsNoWorkerWaitOnceItIsAbandoned) {
  constexpr std::uint32_t kWindow = 1 << 16;
  constexpr std::size_t kActors = 30;
  Cluster cluster{2, 1, Pacing::paced, kWindow};
  cluster.populate(kActors, [](Machine& machine, std::size_t i) -> Address {
    auto* const actor = machine.engine->coordinator().spawn<Counting>(
        static_cast<unsigned>(i), machine.all, (i + 1) % kActors);
    machine.counters.push_back(actor);
    return actor;
  });
  auto& here = cluster.machines[0];
  cluster.machines[1].exchange->hold_arrivals([&] {
    for (auto* actor : here.counters) LeanActor::post(actor, Hop{0});
    while (here.exchange->links().figures_of(1).waiting_bytes < kWindow) std::this_thread::yield();
    here.exchange->abandon("test");
    EXPECT_TRUE(here.engine->coordinator().freeze(10s)) << "sooner than the other one is lost";
  });
}

// FE-04: its runner may be busy, and the thread that keeps its place may be late.
TEST(Exchange, FailsWhereAWorkerSeesThatItsPlaceIsGone) {
  Cluster cluster{2, 2, Pacing::paced};
  auto& machine = cluster.machines[0];
  machine.exchange->tenure().last_until(Tenure::since_boot());
  while (machine.exchange->failure().empty()) std::this_thread::yield();
  EXPECT_EQ(machine.exchange->failure(),
            "node 0 has lost its place: its lease could not be renewed in time");
  EXPECT_EQ(cluster.machines[1].exchange->failure(), "");
}

// And says why.
TEST(Exchange, LeavesTheReasonToWhoeverEndsItsTenure) {
  Cluster cluster{2, 1, Pacing::paced};
  auto& machine = cluster.machines[0];
  machine.exchange->tenure().end();
  EXPECT_FALSE(machine.engine->coordinator().freeze(24h));
  machine.exchange->on_end_of_tenure();
  EXPECT_EQ(machine.exchange->failure(), "");
}

// Whatever its runner has in hand when it wakes: who leads now says what is to be done.
TEST(Exchange, LetsNobodySpeakWhoseTenureIsOver) {
  Cluster cluster{2, 1, Pacing::paced};
  auto& here = *cluster.machines[0].exchange;
  auto& other = *cluster.machines[1].exchange;
  here.tell(1, "in time");
  here.tenure().end();
  here.tell(1, "late");
  here.tell_all("late");
  here.call_off("the last word");  // behind the others
  while (other.failure().empty()) std::this_thread::yield();
  const auto heard = other.receive(Nanos{0});
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->text, "in time");
  EXPECT_FALSE(other.receive(Nanos{0}).has_value());
}

// One is sure of a loss before the others are, and leaves.
TEST(Exchange, NamesWhoWasLostAndNotWhoLeavesBecauseOfIt) {
  test::SocketFolder folder;
  const auto endpoints = folder.endpoints(4);
  std::vector<std::unique_ptr<Exchange>> all;
  for (unsigned n = 0; n < 3; ++n) {
    Exchange::Options options;
    options.links.nodes = endpoints;
    options.links.self = static_cast<std::uint16_t>(n);
    options.links.incarnation = Incarnation{1 + n};
    options.kinds = {letter_kind<Hop, write_hop, read_hop>()};
    auto opened = Exchange::open(std::move(options));
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    all.push_back(std::move(*opened));
  }
  for (const auto& one : all) {
    while (one->missing() != std::vector<unsigned>{3}) std::this_thread::yield();
  }
  Stranger last{endpoints[1]};
  last.say_beat(3, Incarnation{9}, {});
  while (all[1]->links().state_of(3) != PeerState::alive) std::this_thread::yield();
  last.say_beat(3, Incarnation{10}, {});  // another process: the former one is gone
  while (all[1]->failure().empty()) std::this_thread::yield();
  EXPECT_EQ(all[1]->failure(), "node 3 is lost");
  all[1].reset();
  for (const unsigned other : {0U, 2U}) {
    while (all[other]->failure().empty()) std::this_thread::yield();
    EXPECT_EQ(all[other]->failure(), "node 1: node 3 is lost") << other;
  }
}

// A node goes without a word of the others: whoever waits for it at a meeting is told to stop.
TEST(Exchange, StopsTheWorkersWhenANodeIsGone) {
  Cluster cluster{2, 2, Pacing::virtual_time};
  auto& other = cluster.machines[1];
  other.exchange->abandon("test");
  other.exchange->detach();
  other.engine.reset();
  other.exchange.reset();
  auto& leader = cluster.machines[0];
  while (leader.exchange->failure().empty()) std::this_thread::yield();
  leader.engine->coordinator().go_until(SimTime{1s});
  leader.exchange->detach();
  leader.engine.reset();  // its workers end
}

}  // namespace
}  // namespace chargemill::runtime
