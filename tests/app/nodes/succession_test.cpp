// Where the shards of a lost node go, by what etcd's table says.
#include "app/nodes/succession.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using runtime::agreement::assigned;
using runtime::agreement::Owner;
using runtime::agreement::Revision;
using runtime::agreement::View;

const Owner kAlpha{"alpha", Revision{11}};
const Owner kBeta{"beta", Revision{12}};
const Owner kGamma{"gamma", Revision{13}};
const std::vector<Owner> kAll{kAlpha, kBeta, kGamma};

/// As Network deals them out.
Whereabouts at_first(std::size_t shards) {
  std::vector<unsigned> node_of;
  for (std::size_t s = 0; s < shards; ++s) node_of.push_back(static_cast<unsigned>(s % 3));
  return Whereabouts::at_first(node_of);
}

View view_of(const std::vector<Owner>& live, const Owner& central) {
  View view;
  view.central = central;
  view.token = Revision{21};
  view.epoch = Revision{22};
  view.table = assigned(assigned({}, kAll), live);
  return view;
}

TEST(Succession, ShardsOfALostNodeGoToThoseThatTheTableNames) {  // SH-02
  const auto order = take_over_of(kAll, view_of({kAlpha, kBeta}, kAlpha), 0b100, at_first(7));
  ASSERT_TRUE(order.has_value());
  EXPECT_EQ(order->central, 0U);
  EXPECT_EQ(order->token, 21);
  EXPECT_EQ(order->epoch, 22);
  std::vector<unsigned> heirs;
  for (std::size_t s = 0; s < 7; ++s) {
    if (s % 3 != 2) {
      EXPECT_EQ(order->lives[s].size(), 1U) << "what was not lost stays";
      continue;
    }
    ASSERT_EQ(order->lives[s].size(), 2U);
    EXPECT_EQ(order->lives[s].front(), 2U);
    heirs.push_back(order->node_of(s));
  }
  EXPECT_EQ(heirs.size(), 2U);
  EXPECT_NE(heirs[0], heirs[1]) << "and not all to one";
}

// The number of a loss is that of the next life.
TEST(Succession, LossesAreCountedHoweverManyThereAre) {
  constexpr unsigned kLosses = 300;
  auto where = at_first(2);
  for (unsigned loss = 0; loss < kLosses; ++loss) where.go_on_at(0, loss % 3, Half::both);
  TakeOver order{where};
  order.token = 1;
  const auto read = take_over_from(to_bytes(order), 3, 2);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->losses[0], kLosses);
  EXPECT_EQ(read->fleets[0].losses, kLosses);
  EXPECT_EQ(read->losses[1], 0U);
}

TEST(Succession, NothingIsToldBeforeTheTableNamesTheLiving) {
  EXPECT_FALSE(take_over_of(kAll, view_of(kAll, kAlpha), 0b100, at_first(7)).has_value());
  auto headless = view_of({kAlpha, kBeta}, kAlpha);
  headless.central.reset();
  EXPECT_FALSE(take_over_of(kAll, headless, 0b100, at_first(7)).has_value());
}

TEST(Succession, WhatWasInheritedIsInheritedAgain) {
  const auto first = take_over_of(kAll, view_of({kAlpha, kBeta}, kAlpha), 0b100, at_first(7));
  ASSERT_TRUE(first.has_value());
  const auto second = take_over_of(kAll, view_of({kBeta}, kBeta), 0b101, *first);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->central, 1U);
  for (std::size_t s = 0; s < 7; ++s) EXPECT_EQ(second->node_of(s), 1U) << s;
  EXPECT_EQ(second->losses[1], 0U) << "it was there all the time";
  EXPECT_EQ(second->losses[0], 1U);
  EXPECT_EQ(second->turns[0], 1U);
  const auto has = [&](std::uint32_t shard) { return first->node_of(shard) == 1U; };
  std::size_t shards = 0;
  for (std::uint32_t s = 0; s < 7; ++s) shards += has(s) ? 1 : 0;
  for (const auto& legacy : legacies_of(*second, 1, has)) {
    shards += legacy.shards.size();
    ASSERT_FALSE(legacy.former.empty());
    for (const auto node : legacy.former) EXPECT_NE(node, 1U) << "nobody inherits from itself";
  }
  EXPECT_EQ(shards, 7U) << "what it has, and what comes";
}

TEST(TakeOver, ComesThroughUnchangedAndCutAnywhereIsNone) {
  const auto order = take_over_of(kAll, view_of({kAlpha, kBeta}, kAlpha), 0b100, at_first(7));
  ASSERT_TRUE(order.has_value());
  const std::string bytes = to_bytes(*order);
  const auto back = take_over_from(bytes, 3, 7);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_bytes(*back), bytes);
  EXPECT_EQ(back->since_ns, TakeOver::kUnseen);
  EXPECT_EQ(route_of(*back).node_of.size(), 7U);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(take_over_from(std::string_view{bytes}.substr(0, size), 3, 7).has_value()) << size;
  EXPECT_FALSE(take_over_from(bytes, 2, 7).has_value()) << "there is no such node";
  EXPECT_FALSE(take_over_from(bytes, 3, 8).has_value()) << "nor so many shards";
}

// A network that runs for months: shards go to and fro with each restart of a node (rolling
// restart).
TEST(TakeOver, KnowsTheLatestNodesOfAShardHoweverOftenItHasMoved) {
  TakeOver order{at_first(7)};
  for (unsigned turn = 0; turn < 1'000; ++turn) order.go_to(3, turn % 2 == 0 ? 1 : 0);
  const auto back = take_over_from(to_bytes(order), 3, 7);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->node_of(3), 0U);
  EXPECT_EQ(back->turns[3], 1'000U);
  EXPECT_EQ(back->losses[3], 0U);
  EXPECT_LT(to_bytes(order).size(), 1'000U);
}

// A leader takes what it knows of all with it, unless it has told it.
// It goes to every node at every look; most places of the table of nodes are nobody's.
TEST(LeaderSays, ComesThroughUnchangedAndSmall) {
  LeaderSays says;
  says.node = 1;
  says.noted = 4;
  says.sim = SimTime{std::chrono::seconds{7}};
  says.own.requests_sent = 300;
  says.own.energy_unreported_mj = -12;
  says.own.letters_lost = UINT64_MAX;  // the last of them
  says.left.display[1] = 127;
  says.left.actors = 128;
  says.others.resize(32);
  says.others[31].tickets_issued = 9;
  const std::string bytes = to_bytes(says);
  EXPECT_LT(bytes.size(), 160U);
  const auto back = leader_says_from(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_bytes(*back), bytes);
  EXPECT_EQ(back->own.requests_sent, 300U);
  EXPECT_EQ(back->own.energy_unreported_mj, -12);
  EXPECT_EQ(back->own.letters_lost, UINT64_MAX);
  EXPECT_EQ(back->left.display[1], 127U);
  EXPECT_EQ(back->left.actors, 128U);
  EXPECT_EQ(back->others[30].tickets_issued, 0U);
  EXPECT_EQ(back->others[31].tickets_issued, 9U);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(leader_says_from(std::string_view{bytes}.substr(0, size)).has_value()) << size;
  EXPECT_FALSE(leader_says_from(bytes + '\0').has_value());
}

// A number of more than 64 bits, more zeros than there are counters, more lists than bytes.
TEST(LeaderSays, DoesNotBelieveImpossibleNumbers) {
  constexpr std::size_t kOwnAt = 16;  // behind its number, those noted and the time
  const std::string sound = to_bytes(LeaderSays{});
  constexpr std::size_t kCounters = sizeof(network::Totals) / sizeof(std::uint64_t);
  static_assert(kCounters < 0x7F, "how many zeros there are is one byte");
  // The first counter is those bytes, and all others are zero.
  const auto with = [&](std::string_view bytes) {
    const std::string others{'\0', static_cast<char>(kCounters - 2)};
    return sound.substr(0, kOwnAt) + std::string{bytes} + others + sound.substr(kOwnAt + 2);
  };
  EXPECT_TRUE(leader_says_from(sound).has_value());
  const auto most = leader_says_from(with("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"));
  ASSERT_TRUE(most.has_value());
  EXPECT_EQ(most->own.display[0], UINT64_MAX);
  EXPECT_FALSE(leader_says_from(with("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02")).has_value());
  EXPECT_FALSE(leader_says_from(with("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x81\x01")).has_value());
  std::string zeros = sound;
  ++zeros[kOwnAt + 1];
  EXPECT_FALSE(leader_says_from(zeros).has_value());
  std::string lists = sound;
  lists.back() = '\x7F';
  EXPECT_FALSE(leader_says_from(lists).has_value());
  LeaderSays many;
  many.others.resize(1'024);
  EXPECT_TRUE(leader_says_from(to_bytes(many)).has_value());
  many.others.resize(1'025);
  EXPECT_FALSE(leader_says_from(to_bytes(many)).has_value()) << "more than there can be nodes";
}

TEST(LeaderSays, WhatIsLeftOfThoseWhoAreLostWithItOrAfterIt) {
  LeaderSays says;
  says.node = 0;
  says.noted = 0b1000;
  says.own.requests_sent = says.own.requests_denied = 3;
  says.left.requests_sent = says.left.requests_denied = 5;  // node 3, lost before
  says.others.resize(4);
  says.others[1].requests_sent = says.others[1].requests_denied = 7;
  says.others[2].requests_sent = 11;
  says.others[2].requests_denied = 10;
  says.others[2].requests_open = 1;
  const auto back = leader_says_from(to_bytes(says));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(left_of(*back, 0b1001).requests_denied, 8U) << "the leader alone";
  const auto both = left_of(*back, 0b1101);
  EXPECT_EQ(both.requests_denied, 18U) << "and node 2 in the same moment";
  EXPECT_EQ(both.requests_lost, 1U);
  EXPECT_FALSE(leader_says_from("x").has_value());
}

TEST(LeaderSays, OfNodesThatNoBitNamesNobodyIsLost) {
  LeaderSays says;
  says.others.resize(40);
  says.others[33].requests_sent = says.others[33].requests_denied = 7;
  EXPECT_EQ(left_of(says, ~std::uint32_t{0}).requests_denied, 0U);
}

// A look is a moment old: what ended since, the journal knows.
TEST(Adopted, WhatIsKnownToHaveEndedIsNotLost) {
  network::Totals left;
  left.sessions_started = 10;
  left.sessions_completed = 3;
  left.sessions_lost = 7;
  Adopted all;
  left.tickets_issued = 5;
  all.restored.sessions = 4;
  all.restored.tickets = 2;
  all.completed = 2;
  all.failed = 5;  // of which some had been seen
  bring_back(left, all);
  EXPECT_EQ(left.sessions_lost, 0U);
  EXPECT_EQ(left.sessions_started, 6U) << "the others are counted where they go on";
  EXPECT_EQ(left.sessions_completed, 5U);
  EXPECT_EQ(left.sessions_failed, 1U);
  EXPECT_EQ(left.tickets_issued, 3U) << "so are tickets that nobody has confirmed";
}

TEST(Adopted, ComesThroughUnchanged) {
  Adopted answer;
  answer.shards = 3;
  answer.restored = {40, 5, 6};
  answer.read_s = 0.25;
  answer.trouble = "no journal is kept";
  const auto back = adopted_from(to_bytes(answer));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_bytes(*back), to_bytes(answer));
  EXPECT_EQ(back->restored.sessions, 5U);
  EXPECT_FALSE(adopted_from("x").has_value());
}

// Else nobody would lead: the others have none who could.
TEST(Succession, WhoLeadsGoesOnOnceWhoeverItHasNamedIsGone) {
  View view = view_of({kAlpha, kBeta}, kAlpha);
  for (const auto& owner : {kAlpha, kBeta}) view.members.push_back({owner, "", {}, {}});
  EXPECT_TRUE(leads_on(view, kAlpha, std::nullopt)) << "it has named nobody";
  EXPECT_FALSE(leads_on(view, kAlpha, kBeta)) << "what it has asked for may come about";
  view.leaving = {kBeta};
  EXPECT_FALSE(leads_on(view, kAlpha, kBeta)) << "likewise";
  view.members.pop_back();
  EXPECT_TRUE(leads_on(view, kAlpha, kBeta));
  EXPECT_TRUE(leads_on(view, kAlpha, kGamma));
  view.central = kBeta;
  EXPECT_FALSE(leads_on(view, kAlpha, kGamma)) << "it does not lead";
  view.central.reset();
  EXPECT_FALSE(leads_on(view, kAlpha, std::nullopt)) << "nor here";
}

}  // namespace
}  // namespace chargemill::app
