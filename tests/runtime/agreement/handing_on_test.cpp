// A central that leaves names the one that leads after it: the key, and the same under faults.
#include <gtest/gtest.h>

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
