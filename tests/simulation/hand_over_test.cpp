// Shards go from a node that lives to another one, in real time, and anybody may die over it
// (HANDOVER.md).
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/history/lives.hpp"
#include "app/nodes/order_words.hpp"
#include "app/nodes/words.hpp"
#include "tests/simulation/moving_story.hpp"

namespace chargemill::test {
namespace {

constexpr unsigned kFrom = 1;
constexpr unsigned kTo = 2;

/// Notes which shards it has seen.
class Roll final : public central::Inspection {
 public:
  std::uint32_t look(const central::ShardState& shard, SimTime, std::uint32_t) override {
    seen.push_back(index_of(shard.settings.shard));
    points += shard.points.size();
    return static_cast<std::uint32_t>(shard.points.size());
  }
  void finish(SimTime) override {
    is_over_.store(true, std::memory_order_release);  // release: `seen`; pairs with is_over()
  }
  void abandon(SimTime now) override {
    is_abandoned = true;
    finish(now);
  }
  [[nodiscard]] bool is_over() const {
    return is_over_.load(std::memory_order_acquire);  // acquire: pairs with release in finish()
  }
  std::vector<unsigned> seen;  // by one worker after the other
  std::size_t points = 0;      // likewise
  bool is_abandoned = false;   // before it is over

 private:
  std::atomic<bool> is_over_{false};
};

/// All other nodes, of which none is there.
class Nowhere final : public network::Others {
 public:
  void copy(unsigned, const network::CopyWanted&, Done done) override { done({}); }
  [[nodiscard]] std::string copy_now(unsigned, const network::CopyWanted&) override { return {}; }
  void order(unsigned, const network::Order&) override {}
  [[nodiscard]] network::Snapshot look() const override { return {}; }
  [[nodiscard]] network::Detail detail() const override { return {}; }
  void serve() override {}
};

/// The desks of the other nodes.
class Beside final : public network::Others {
 public:
  explicit Beside(RealCluster& cluster) : cluster_(cluster) {}
  void copy(unsigned node, const network::CopyWanted& wanted, Done done) override {
    cluster_.node(node).desk->copy_here(wanted, std::move(done));
  }
  [[nodiscard]] std::string copy_now(unsigned, const network::CopyWanted&) override { return {}; }
  void order(unsigned, const network::Order&) override {}
  [[nodiscard]] network::Snapshot look() const override { return {}; }
  [[nodiscard]] network::Detail detail() const override { return {}; }
  void serve() override {}

 private:
  RealCluster& cluster_;
};

/// Notes what is answered to requests by hand.
class Hands final : public driver::HandListener {
 public:
  void on_answer(const driver::HandAnswer& answer) override { answers.push_back(answer); }
  void on_update(const DriverUpdate&, SimTime) override {}
  void on_timed_out(RequestId, SimTime) override {}
  std::vector<driver::HandAnswer> answers;
};

TEST(HandOver, ShardsGoToAnotherNodeWithTheirSessionsAndNobodyNotices) {
  Story story;
  story.play(Step::route);
  EXPECT_GT(story.moved.sessions_active, 0U);
  EXPECT_TRUE(story.cluster.node(kTo).network->has(ShardId{1}));
  EXPECT_FALSE(story.cluster.node(kFrom).network->first_here().has_value());
  story.expect_all_well();
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(story.total.sessions_lost, 0U);
  EXPECT_EQ(story.total.requests_timed_out, 0U);
  EXPECT_EQ(strays(story), 0U);
  // What that node is to have counted is nothing any more.
  const auto left = network::left_of(story.seen(kFrom));
  EXPECT_EQ(left.requests_sent + left.sessions_started + left.offered, 0U);
}

TEST(HandOver, ShardsThatNoMessageCarriesStayWhereTheyAre) {
  Story story;
  auto& node = story.cluster.node(kFrom);
  HandOver here{node.coordinator(), *node.network, *node.exchange, 1'000};
  ASSERT_TRUE(here.hold(story.move).has_value());
  const app::Marks marks{story.move, std::vector<std::uint64_t>(story.cluster.places())};
  const auto given = here.give(marks, [] { return false; });
  EXPECT_TRUE(given.state.empty());
  EXPECT_THAT(given.trouble, testing::HasSubstr("more than a message carries"));
  EXPECT_EQ(given.moved.sessions_active, 0U);
  EXPECT_TRUE(node.network->has(ShardId{1}) && node.network->has(ShardId{4}));
  node.coordinator().hold_still([&] { here.route(story.order); });
  story.expect_all_well();
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(strays(story), 0U);
}

// Whoever has an actor's address at hand may use it after that has come to rest.
TEST(HandOver, WhatIsToldToAnActorThatRestsComesBackToWhoeverLeads) {
  Story story;
  auto& here = *story.cluster.node(kFrom).network;
  const PointId point{here.topology().shards[1].first_point};
  auto* const engine = here.inside_point(point);
  auto* const director = &here.director(ShardId{1});
  auto* const shard = &here.shard(ShardId{1});
  ASSERT_NE(engine, nullptr);
  story.play(Step::arrive);
  runtime::LeanActor::post(engine, charge_point::Event{Plug{}});
  runtime::LeanActor::post(director, director::Event{director::SwitchOn{point}});
  runtime::LeanActor::post(shard, central::ShardEvent{Heartbeat{point}});
  Roll all;
  runtime::LeanActor::post(shard, central::Inspect{&all, 0, ShardId{1}, false});
  story.route();
  EXPECT_TRUE(all.is_over()) << "no other shard is left there";
  std::vector<network::Order> back;
  ASSERT_TRUE(story.cluster.comes_true([&] {
    while (const auto message = story.cluster.node(0).exchange->receive(Nanos{0})) {
      const auto said = app::said_in(message->text);
      if (!said || said->word != app::Word::order) continue;
      if (const auto order = app::order_from(said->rest)) back.push_back(*order);
    }
    return back.size() == 3;
  }));
  unsigned plugs = 0;
  for (const auto& order : back) {
    EXPECT_EQ(std::visit([](const auto& o) { return o.point; }, order), point);
    const auto* const plug = std::get_if<network::PlugAt>(&order);
    plugs += plug != nullptr && plug->is_in ? 1 : 0;
  }
  EXPECT_EQ(plugs, 1U);
  EXPECT_EQ(strays(story), 0U);
  story.expect_all_well();
}

// Nobody asks by hand where it goes. Whoever asks is told, and waits for nothing.
TEST(HandOver, ARequestByHandOfADriverThatLeavesIsTurnedAway) {
  Hands hands;
  Story story;
  auto& here = story.cluster.node(kFrom);
  const DriverId id = here.network->switchboard().drivers_of[1].front();
  auto* const actor = here.network->any_driver(id);
  ASSERT_NE(actor, nullptr);
  story.play(Step::arrive);
  std::vector<driver::HandVerdict> told;
  const auto note = [&](const driver::HandAnswer& answer, const auto& /*asked*/) {
    told.push_back(answer.verdict);
  };
  ASSERT_TRUE(here.desk->ask_by_hand(id, Trip{}, note));
  ASSERT_TRUE(here.desk->cancel_by_hand(id, RequestId::none, note));
  EXPECT_THAT(told,
              testing::ElementsAre(driver::HandVerdict::elsewhere, driver::HandVerdict::elsewhere));
  here.coordinator().hold_still([&] { here.network->connect(hands); });
  runtime::LeanActor::post(actor, driver::Event{driver::AskByHand{Trip{}, 5}});
  story.route();
  ASSERT_EQ(hands.answers.size(), 1U);
  EXPECT_EQ(hands.answers[0].errand, 5U);
  EXPECT_EQ(hands.answers[0].driver, id);
  EXPECT_EQ(hands.answers[0].verdict, driver::HandVerdict::elsewhere);
}

// Whoever sends one looks where the shard is, which may have left before central hears of it.
TEST(HandOver, AnInspectionOfAShardThatHasLeftGoesOnWithTheNextOneHere) {
  Story story;
  story.move.from = 0;
  story.move.shards = {0};
  story.play(Step::route);
  auto& here = *story.cluster.node(0).network;
  ASSERT_TRUE(here.has_central() && here.has(ShardId{3}) && !here.has(ShardId{0}));
  Roll all;
  Roll one;
  runtime::LeanActor::post(&here.central(), central::Inspect{&all, 0, ShardId{0}, false});
  runtime::LeanActor::post(&here.central(), central::Inspect{&one, 0, ShardId{0}, true});
  ASSERT_TRUE(story.cluster.comes_true([&] { return all.is_over() && one.is_over(); }));
  EXPECT_THAT(all.seen, testing::ElementsAre(3U));
  EXPECT_FALSE(all.is_abandoned);
  EXPECT_THAT(one.seen, IsEmpty());
  EXPECT_TRUE(one.is_abandoned);
  story.expect_all_well();
}

// Nodes that are lost, or have no such shard any more, show nothing. Who asks is told, and there is
// room for others: a door counts what it has under way.
TEST(HandOver, AnInspectionThatNobodyCanAnswerEnds) {
  Nowhere others;
  Story story;
  auto& node = story.cluster.node(0);
  node.desk->lead(others);
  const PointId point{node.network->topology().shards[1].first_point};
  for (std::size_t i = 0; i <= network::Desk::kOpenMax; ++i) {
    const auto roll = std::make_shared<Roll>();
    ASSERT_TRUE(node.desk->inspect(point, roll)) << i;
    ASSERT_TRUE(story.cluster.comes_true([&] { return roll->is_over(); })) << i;
    ASSERT_TRUE(roll->is_abandoned) << i;
  }
}

/// However far a move has come, from whichever node. From 1 to 2, or from the one that leads to 2.
class HandOverLists : public testing::TestWithParam<std::tuple<unsigned, unsigned>> {};

// They rest on one node, and are not on the other one yet; or they are on both.
TEST_P(HandOverLists, ShowEachShardOnce) {
  Story story;
  if (std::get<1>(GetParam()) == 0) {
    story.move.from = 0;
    story.move.shards = {0, 3};
  }
  Beside others{story.cluster};
  auto& node = story.cluster.node(0);
  node.desk->lead(others);
  story.play(static_cast<Step>(std::get<0>(GetParam())));
  ASSERT_FALSE(testing::Test::HasFailure());
  const auto all = std::make_shared<Roll>();
  ASSERT_TRUE(node.desk->inspect(all));
  ASSERT_TRUE(story.cluster.comes_true([&] { return all->is_over(); }));
  EXPECT_THAT(all->seen, testing::ElementsAre(0U, 1U, 2U, 3U, 4U, 5U));
  EXPECT_EQ(all->points, 48U);
  for (const std::uint32_t shard : story.move.shards) {
    const auto one = std::make_shared<Roll>();
    const PointId point{node.network->topology().shards[shard].first_point};
    ASSERT_TRUE(node.desk->inspect(point, one));
    ASSERT_TRUE(story.cluster.comes_true([&] { return one->is_over(); }));
    EXPECT_FALSE(one->is_abandoned);
    EXPECT_THAT(one->seen, testing::ElementsAre(shard));
  }
}

INSTANTIATE_TEST_SUITE_P(AtEachStep, HandOverLists,
                         testing::Combine(testing::Range(1U, 8U), testing::Values(0U, kFrom)));

/// The first answers are from before the move, and from after it.
class Late final : public network::Others {
 public:
  explicit Late(network::Others& others) : others_(others) {}
  void copy(unsigned node, const network::CopyWanted& wanted, Done done) override {
    if (++asked <= 2) return done(node == kFrom ? std::string{} : first);
    others_.copy(node, wanted, std::move(done));
  }
  [[nodiscard]] std::string copy_now(unsigned, const network::CopyWanted&) override { return {}; }
  void order(unsigned, const network::Order&) override {}
  [[nodiscard]] network::Snapshot look() const override { return {}; }
  [[nodiscard]] network::Detail detail() const override { return {}; }
  void serve() override {}
  std::string first;   // what the node that they go to has said
  unsigned asked = 0;  // by one worker

 private:
  network::Others& others_;
};

// No node stands while others answer: one may have given away what another has not got yet.
TEST(HandOver, AListThatMissesShardsIsGatheredAnew) {
  Story story;
  Beside others{story.cluster};
  Late late{others};
  auto& node = story.cluster.node(0);
  node.desk->lead(late);
  std::atomic<bool> is_copied{false};
  story.cluster.node(kTo).desk->copy_here({}, [&](std::string bytes) {
    late.first = std::move(bytes);
    is_copied.store(true, std::memory_order_release);  // release: `first`; pairs with the acquire
  });
  ASSERT_TRUE(story.cluster.comes_true([&] { return is_copied.load(std::memory_order_acquire); }));
  story.play(Step::route);
  const auto all = std::make_shared<Roll>();
  ASSERT_TRUE(node.desk->inspect(all));
  ASSERT_TRUE(story.cluster.comes_true([&] { return all->is_over(); }));
  EXPECT_THAT(all->seen, testing::ElementsAre(0U, 1U, 2U, 3U, 4U, 5U));
  EXPECT_EQ(late.asked, 4U);
}

// Doors have threads of their own, which no hold_still() stops.
TEST(HandOver, WhoeverFindsNoShardHereFindsThatItHasLeft) {
  Story story;
  const auto& here = *story.cluster.node(kFrom).network;
  std::atomic<bool> is_over{false};
  std::uint64_t missed = 0;
  std::thread door{[&] {
    constexpr ShardId kShard{1};
    while (!is_over.load(std::memory_order_relaxed)) {  // relaxed: join() orders the rest
      if (here.shard_here(kShard) != nullptr || here.node_of(index_of(kShard)) != kFrom) continue;
      // It may have come back between the two looks.
      missed += here.shard_here(kShard) == nullptr ? 1 : 0;
    }
  }};
  for (int turn = 0; turn < 6; ++turn) {
    story.play(Step::route);
    std::swap(story.move.from, story.move.to);
    ++story.move.turns;
  }
  is_over.store(true, std::memory_order_relaxed);  // relaxed: as above
  door.join();
  EXPECT_EQ(missed, 0U);
  story.expect_all_well();
}

TEST(HandOver, TheyComeBackAndGoAgainAndStandStillForLessThanASecond) {
  Story story;
  Nanos shortest = Nanos::max();  // how long it takes while others want the cores is theirs
  for (int turn = 0; turn < 6; ++turn) {
    story.play(Step::route);
    shortest = std::min(shortest, story.pause);
    std::swap(story.move.from, story.move.to);
    ++story.move.turns;
    if (turn % 2 == 0) continue;
    ASSERT_TRUE(story.cluster.node(kFrom).network->has(ShardId{4}));
  }
  EXPECT_LT(shortest, seconds{1});
  story.expect_all_well();
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(strays(story), 0U);
}

TEST(HandOver, WithAJournalWhatWasPromisedIsSaidFirstAndItsHeirFindsAllOfItInBoth) {
  const Folder folder;
  Story story{folder.path()};
  story.play(Step::route);
  auto& to = *story.cluster.node(kTo).network;
  ASSERT_TRUE(
      story.cluster.comes_true([&] { return to.shard(ShardId{1}).look().sessions_active > 2; }));
  story.expect_all_well();
  EXPECT_EQ(story.total.sessions_failed, 0U);
  std::uint64_t open = 0;
  for (const std::uint32_t s : story.move.shards) {
    for (const auto& point : to.shard(ShardId{static_cast<std::uint16_t>(s)}).state().points)
      open += point.session != SessionId::none && point.stage != central::Stage::none ? 1 : 0;
  }
  app::LivesWanted wanted;
  wanted.first = story.cluster.journal();
  wanted.former = {kFrom, kTo};
  wanted.run = 1;
  for (unsigned n = 0; n < kNodes; ++n)
    wanted.networks.push_back(network::fingerprint(to.topology(), kNodes, n));
  wanted.origin = archive::Origin{story.cluster.scenario().run.start_unix_s};
  wanted.shards.resize(kShards);
  for (const std::uint32_t s : story.move.shards) wanted.shards[s] = true;
  wanted.shard_of = to.switchboard().shard_of;
  story.lose(kTo);
  const auto image = app::read_lives(wanted);
  ASSERT_TRUE(image.has_value()) << image.error().text;
  std::uint64_t found = 0;
  for (std::uint32_t p = 0; p < 48; ++p) {
    if (image->points[p].session != SessionId::none) ++found;
  }
  EXPECT_GT(open, 0U);
  EXPECT_EQ(found, open);
}

/// After each step each of them dies.
class HandOverDeath : public testing::TestWithParam<std::tuple<unsigned, unsigned>> {};

TEST_P(HandOverDeath, LeavesANetworkThatGoesOnAndAddsUp) {
  const auto step = static_cast<Step>(std::get<0>(GetParam()));
  const unsigned dies = std::get<1>(GetParam());
  Story story;
  auto left = story.seen(dies);  // as whoever leads has seen it before
  story.play(step);
  ASSERT_FALSE(testing::Test::HasFailure());
  if (step >= Step::commit) left = story.seen(dies);
  story.lose(dies);
  story.mend(dies);
  story.expect_all_well(network::left_of(left));
}

INSTANTIATE_TEST_SUITE_P(AtEachStep, HandOverDeath,
                         testing::Combine(testing::Range(1U, 7U), testing::Values(0U, kFrom, kTo)));

}  // namespace
}  // namespace chargemill::test
