// Shards go from a node that lives to another one, in real time, and anybody may die over it
// (HANDOVER.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/history/lives.hpp"
#include "app/simulation/hand_over.hpp"
#include "tests/simulation/real_cluster.hpp"

namespace chargemill::test {
namespace {

using app::HandOver;
using app::Move;
using app::TakeOver;
using std::chrono::seconds;
using testing::IsEmpty;

constexpr unsigned kNodes = 3;
constexpr unsigned kFrom = 1;
constexpr unsigned kTo = 2;
constexpr std::uint32_t kShards = 6;

/// 48 charge points in six shards, two to a node; busy drivers, who ask at any of them.
network::Scenario busy() {
  network::Scenario s;
  s.run.duration = std::chrono::hours{900};
  s.run.speed.factor = 10.0;
  s.run.seed = 7;
  s.network.charge_points = 48;
  s.network.max_session = seconds{60};
  s.run.start_unix_s += 17 * 3'600;  // people come home
  s.central.shards = kShards;
  s.drivers.count = 96;
  s.drivers.sessions_per_cp_per_day = 3'000;
  s.drivers.initial_supplying = 0.5;
  s.drivers.choose = network::Choice::any_in_zone;
  return s;
}

enum class Step : unsigned { hold = 1, give, hear, take, commit, arrive, route };

/// What whoever leads does, without etcd; it may stop after any step.
class Story {
 public:
  explicit Story(const std::string& journal = {}) : cluster{busy(), kNodes, journal} {
    for (unsigned n = 0; n < kNodes; ++n) {
      auto& node = cluster.node(n);
      parts_.push_back(
          std::make_unique<HandOver>(node.coordinator(), *node.network, *node.exchange));
    }
    order.token = RealCluster::kFirstToken;
    for (std::uint8_t s = 0; s < kShards; ++s)
      order.lives.push_back({static_cast<std::uint8_t>(s % kNodes)});
    move.token = RealCluster::kFirstToken;
    move.from = kFrom, move.to = kTo;
    move.shards = {1, 4};
    EXPECT_TRUE(cluster.comes_true([&] { return cluster.look().sessions_active > 20; }));
  }

  /// What is seen of a node while nothing moves.
  [[nodiscard]] network::Totals seen(unsigned n) { return cluster.node(n).network->look().totals; }

  void play(Step last) {
    const auto begun = std::chrono::steady_clock::now();
    const auto never = [] { return false; };
    app::Marks marks{move, std::vector<std::uint64_t>(kNodes)};
    each([&](unsigned n) {
      const auto sent = parts_[n]->hold(move);
      ASSERT_TRUE(sent.has_value());
      marks.sent[n] = *sent;
    });
    if (last == Step::hold) return;
    app::Given given = parts_[move.from]->give(marks, never);
    ASSERT_EQ(given.trouble, "");
    ASSERT_FALSE(given.state.empty());
    moved = given.moved;
    if (last == Step::give) return;
    marks.sent = given.sent;
    each([&](unsigned n) { ASSERT_TRUE(parts_[n]->hear(marks, never)) << n; });
    if (last == Step::hear) return;
    ASSERT_TRUE(parts_[move.to]->take({move, given.at, std::move(given.state)}, never));
    if (last == Step::take) return;
    for (const std::uint32_t s : move.shards)
      order.lives[s].push_back(static_cast<std::uint8_t>(move.to));
    if (last == Step::commit) return;
    arrive();
    if (last == Step::arrive) return;
    route();
    pause = std::chrono::steady_clock::now() - begun;
  }
  void arrive() {
    each([&](unsigned n) { parts_[n]->arrive(cluster.scenario(), order); });
  }
  void route() {
    each([&](unsigned n) {
      cluster.node(n).coordinator().hold_still([&] { parts_[n]->route(order); });
    });
  }
  /// What was to follow, after a death: shards of the lost one begin anew with others.
  void mend(unsigned lost) {
    cluster.give_up(lost);
    order.lost |= 1U << lost;
    if (order.central == lost) {
      order.central = lost == 0 ? 1 : 0;
      ++order.token;
    }
    unsigned next = 0;
    for (auto& lives : order.lives) {
      if (lives.back() != lost) continue;
      do next = (next + 1) % kNodes;
      while (next == lost);
      lives.push_back(static_cast<std::uint8_t>(next));
    }
    arrive();
    cluster.on_each([&](unsigned n, network::Network& here) {
      network::Inheritance to;
      for (std::uint32_t s = 0; s < kShards; ++s) {
        if (order.node_of(s) == n && !here.has(ShardId{static_cast<std::uint16_t>(s)}))
          to.shards.push_back(s);
      }
      to.since = here.look().sim;
      to.life = 2;
      to.central = order.central == n;
      here.adopt(cluster.scenario(), to);
    });
    route();
  }
  /// It goes on, and everything adds up.
  void expect_all_well(network::Totals left = {}) {
    const auto before = cluster.look().sessions_completed;
    ASSERT_TRUE(
        cluster.comes_true([&] { return cluster.look().sessions_completed > before + 30; }));
    ASSERT_TRUE(cluster.comes_true([&] {
      const auto& display = cluster.look().display;
      std::uint64_t sum = 0;
      for (const auto count : display) sum += count;
      return sum == 48 && display[static_cast<std::size_t>(DisplayState::disconnected)] == 0;
    })) << "all are heard";
    total = cluster.count();
    add(total, left);
    EXPECT_THAT(network::broken_identities(total), IsEmpty());
  }
  template <class F>
  void each(F f) {
    for (unsigned n = 0; n < kNodes; ++n) {
      if (cluster.is_there(n)) f(n);
    }
  }
  void lose(unsigned n) {
    parts_[n].reset();
    cluster.lose(n);
  }

  RealCluster cluster;
  TakeOver order;
  Move move;
  network::Totals moved;
  network::Totals total;
  Nanos pause{};

 private:
  std::vector<std::unique_ptr<HandOver>> parts_;
};

std::uint64_t strays(Story& story) {
  std::uint64_t sum = 0;
  story.each([&](unsigned n) { sum += story.cluster.node(n).exchange->strays(); });
  return sum;
}

TEST(HandOver, ShardsGoToAnotherNodeWithTheirSessionsAndNobodyNotices) {
  Story story;
  story.play(Step::route);
  EXPECT_GT(story.moved.sessions_active, 0U);
  EXPECT_TRUE(story.cluster.node(kTo).network->has(ShardId{1}));
  EXPECT_FALSE(story.cluster.node(kFrom).network->first_here().has_value());
  EXPECT_LT(story.pause, seconds{1});
  story.expect_all_well();
  EXPECT_EQ(story.total.sessions_failed, 0U);
  EXPECT_EQ(story.total.sessions_lost, 0U);
  EXPECT_EQ(story.total.requests_timed_out, 0U);
  EXPECT_EQ(strays(story), 0U);
  // What that node is to have counted is nothing any more.
  const auto left = network::left_of(story.seen(kFrom));
  EXPECT_EQ(left.requests_sent + left.sessions_started + left.offered, 0U);
}

TEST(HandOver, TheyComeBackAndGoAgain) {
  Story story;
  for (int turn = 0; turn < 6; ++turn) {
    story.play(Step::route);
    std::swap(story.move.from, story.move.to);
    ++story.move.lives;
    if (turn % 2 == 0) continue;
    ASSERT_TRUE(story.cluster.node(kFrom).network->has(ShardId{4}));
  }
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
