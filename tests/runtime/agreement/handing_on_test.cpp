// A central that leaves names the one that leads after it: the key, and the same under faults.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/runtime/agreement/handing_on_cluster.hpp"
#include "tests/runtime/agreement/leaving_cluster.hpp"

namespace chargemill::test {
namespace {

using agreement::Owner;
using agreement::Peer;
using agreement::View;

const Owner kAlpha{"alpha", Revision{11}};
const Owner kBeta{"beta", Revision{12}};

View two() {
  View view;
  view.members = {Peer{kAlpha, {}, {}, {}}, Peer{kBeta, {}, {}, {}}};
  view.central = kAlpha;
  view.token = Revision{21};
  view.table = agreement::assigned({}, {kAlpha, kBeta});
  return view;
}

TEST(HandingOn, LeadsWhoHasTheRoleAndPartAndStays) {
  EXPECT_TRUE(two().could_lead(kBeta));
  EXPECT_FALSE(two().could_lead(Owner{"beta", Revision{13}})) << "another life";
  View one = two();
  one.leaving = {kBeta};
  EXPECT_FALSE(one.could_lead(kBeta)) << "it leaves itself";
  one = two();
  one.members[1].roles.central = false;
  EXPECT_FALSE(one.could_lead(kBeta)) << "it is not there for that";
  one = two();
  one.table = agreement::assigned({}, {kAlpha});
  EXPECT_FALSE(one.could_lead(kBeta)) << "it knows nothing of the network yet";
}

/// `two()`, once all that alpha had is with beta and the latter may not lead.
View given_away() {
  View view = two();
  for (auto* const all : {&view.table.owner, &view.table.fleet}) all->fill(1);
  view.members[1].roles.central = false;
  return view;
}

TEST(HandingOn, WhoLeadsAndHasGivenAllAwayStillBelongsToTheNetwork) {
  View view = given_away();
  EXPECT_FALSE(view.belongs(kAlpha)) << "it knows nothing of the network yet";
  EXPECT_EQ(missing_role(agreement::roles_left(view)), Role::central);
  view.leaving = {kAlpha};
  EXPECT_TRUE(view.belongs(kAlpha));
  EXPECT_FALSE(missing_role(agreement::roles_left(view)).has_value());
  view.members.erase(view.members.begin());
  EXPECT_FALSE(view.belongs(kAlpha)) << "it is lost";
  EXPECT_EQ(missing_role(agreement::roles_left(view)), Role::central);
}

/// The table that alpha, which leads and leaves, asks the store for; none: it asks for nothing.
std::optional<agreement::ShardTable> wanted_by_alpha(const View& view) {
  const std::string prefix = "/town/";
  const agreement::LeaseId lease{7};
  agreement::MemberOptions options;
  options.prefix = prefix;
  options.name = kAlpha.name;
  options.expected = 2;
  options.course = agreement::Course::heirs;
  agreement::Member member{options, MachineTime{}};
  const auto asked = [](const std::vector<agreement::Action>& actions) {
    std::optional<agreement::Ask> last;
    for (const auto& action : actions) {
      const auto* const ask = std::get_if<agreement::Ask>(&action);
      if (ask != nullptr) last = *ask;
    }
    return last;
  };
  const auto grant = asked(member.on(agreement::Tick{}, MachineTime{}));
  if (!grant) return std::nullopt;
  agreement::Answer granted;
  granted.lease = lease;
  granted.ttl = options.lease;
  const auto look = asked(member.on(agreement::Answered{grant->call, granted}, MachineTime{}));
  if (!look) return std::nullopt;
  agreement::Answer found;
  found.revision = Revision{30};
  for (const auto& peer : view.members)
    found.found.push_back(
        {prefix + "nodes/" + peer.who.name, {}, peer.who.incarnation, peer.who.incarnation, lease});
  found.found.push_back({prefix + "central", to_text(kAlpha), view.token, view.token, lease});
  found.found.push_back(
      {prefix + "leaving/alpha", to_text(kAlpha), Revision{22}, Revision{22}, lease});
  found.found.push_back({prefix + "shards", to_text(view.table), Revision{23}, Revision{23}, {}});
  const auto wish = asked(member.on(agreement::Answered{look->call, found}, MachineTime{}));
  const auto* const txn = wish ? std::get_if<agreement::Txn>(&wish->request) : nullptr;
  if (txn == nullptr || txn->puts.size() != 1) return std::nullopt;
  return agreement::shard_table_from(txn->puts.front().value);
}

TEST(HandingOn, WhoLeadsTakesBackWhatIsLostIfNobodyElseCould) {
  View view = given_away();
  EXPECT_FALSE(wanted_by_alpha(view).has_value()) << "beta has all of it";
  view.members.pop_back();
  const auto table = wanted_by_alpha(view);
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->loads()[table->number_of(kAlpha)], kShards);
  EXPECT_EQ(table->moving(), 0U);
}

// At random moments who leads leaves, and names who follows it; everybody may die, sleep or not be
// heard meanwhile, the one that is named above all. Never may two order, no token comes again, no
// charge point is booked twice, and in the end one of those who are left leads.
TEST(HandingOnSimulation, KeepsItsLawsUnderAnyFaults) {
  const auto one = seed_from("CHARGEMILL_AGREEMENT_SEED", 0);
  const auto first = one > 0 ? one : 1;
  const auto last = one > 0 ? one : seed_from("CHARGEMILL_AGREEMENT_SEEDS", 300);
  Tally sum;
  unsigned asked = 0;
  unsigned handed_on = 0;
  unsigned gave_up = 0;
  unsigned named_and_lost = 0;
  for (auto seed = first; seed <= last; ++seed) {
    HandingOnCluster cluster{{seed}};
    const std::string broken = cluster.play();
    ASSERT_EQ(broken, "") << "CHARGEMILL_AGREEMENT_SEED=" << seed << " plays it again";
    sum.booked += cluster.tally().booked;
    sum.refused_tokens += cluster.tally().refused_tokens;
    sum.crashes += cluster.tally().crashes;
    asked += cluster.asked();
    handed_on += cluster.handed_on();
    gave_up += cluster.gave_up();
    named_and_lost += cluster.named_and_lost();
  }
  std::printf(
      "%llu seeds: asked %u, handed on %u, gave up %u, died when named %u, booked %u, "
      "refused %u, crashes %u\n",
      static_cast<unsigned long long>(last - first + 1), asked, handed_on, gave_up, named_and_lost,
      sum.booked, sum.refused_tokens, sum.crashes);
  if (one > 0) return;
  const auto seeds = static_cast<unsigned>(last);
  EXPECT_GT(handed_on, seeds / 3);
  EXPECT_GT(named_and_lost, seeds / 50);
  EXPECT_GT(sum.booked, seeds);
}

TEST(HandingOnSimulation, WhoIsNamedOrdersWithinASecondWhileNothingGoesWrong) {  // R11
  unsigned asked = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    HandingOnCluster cluster{{seed, 0.01, false}};
    ASSERT_EQ(cluster.play(), "") << seed;
    EXPECT_EQ(cluster.handed_on(), cluster.asked()) << seed;
    EXPECT_EQ(cluster.gave_up(), 0U) << seed;
    EXPECT_EQ(cluster.tally().stops, 0U) << seed;
    EXPECT_LT(cluster.longest_gap(), std::chrono::seconds{1}) << seed;
    asked += cluster.asked();
  }
  EXPECT_GT(asked, 20U);
}

}  // namespace
}  // namespace chargemill::test
