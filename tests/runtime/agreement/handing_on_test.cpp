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

constexpr agreement::LeaseId kLease{7};

/// What the store answers to a look: alpha leads, and leaves.
agreement::Answer found_in(const View& view, Revision now) {
  const std::string prefix = "/town/";
  agreement::Answer found;
  found.revision = now;
  for (const auto& peer : view.members)
    found.found.push_back({prefix + "nodes/" + peer.who.name,
                           {},
                           peer.who.incarnation,
                           peer.who.incarnation,
                           kLease});
  found.found.push_back({prefix + "central", to_text(kAlpha), view.token, view.token, kLease});
  found.found.push_back(
      {prefix + "leaving/alpha", to_text(kAlpha), Revision{22}, Revision{22}, kLease});
  found.found.push_back({prefix + "shards", to_text(view.table), Revision{23}, Revision{23}, {}});
  return found;
}

/// Alpha, and what it asks the store for.
class AlphaLeads {
 public:
  explicit AlphaLeads(const View& view) : member_{options(), now_} {
    on(agreement::Tick{});
    agreement::Answer granted;
    granted.lease = kLease;
    granted.ttl = options().lease;
    answer(granted);
    answer(found_in(view, Revision{30}));
  }
  void on(const agreement::Event& event) {
    asked_.reset();
    for (const auto& action : member_.on(event, now_)) {
      const auto* const ask = std::get_if<agreement::Ask>(&action);
      if (ask != nullptr) asked_ = *ask;
    }
  }
  void answer(const agreement::Answer& with) {
    if (asked_) on(agreement::Answered{asked_->call, with});
  }
  /// What it writes with its last question; empty: that was none, or it writes nothing.
  [[nodiscard]] std::string written() const {
    const auto* const txn = asked_ ? std::get_if<agreement::Txn>(&asked_->request) : nullptr;
    return txn == nullptr || txn->puts.size() != 1 ? std::string{} : txn->puts.front().value;
  }
  [[nodiscard]] bool is_central() const { return member_.is_central(now_); }

 private:
  static agreement::MemberOptions options() {
    agreement::MemberOptions options;
    options.prefix = "/town/";
    options.name = kAlpha.name;
    options.expected = 2;
    options.course = agreement::Course::heirs;
    return options;
  }

  const MachineTime now_{};
  agreement::Member member_;
  std::optional<agreement::Ask> asked_;
};

/// The table that alpha asks the store for; none: it asks for nothing.
std::optional<agreement::ShardTable> wanted_by_alpha(const View& view) {
  const std::string text = AlphaLeads{view}.written();
  return text.empty() ? std::nullopt : agreement::shard_table_from(text);
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

// It may be that nobody else can be named then, and somebody has to lead.
TEST(HandingOn, WhoLeadsOrdersAgainOnceWhoeverItHasNamedIsGone) {
  View view = given_away();
  AlphaLeads alpha{view};
  EXPECT_EQ(alpha.written(), "") << "beta has all of it";
  alpha.on(agreement::HandOn{kBeta});
  EXPECT_EQ(alpha.written(), to_text(kBeta));
  EXPECT_FALSE(alpha.is_central());
  alpha.answer({});  // it has not come about; now it looks
  alpha.answer(found_in(view, Revision{31}));
  EXPECT_EQ(alpha.written(), to_text(kBeta)) << "once more";
  alpha.on(agreement::LeadOn{});
  EXPECT_FALSE(alpha.is_central()) << "what is on its way may come about yet";
  AlphaLeads left{view};
  left.on(agreement::HandOn{kBeta});
  left.answer({});
  view.members.pop_back();
  left.answer(found_in(view, Revision{32}));
  EXPECT_EQ(left.written(), "") << "it orders nothing, whoever is left";
  left.on(agreement::LeadOn{});
  EXPECT_TRUE(left.is_central());
  const auto table = agreement::shard_table_from(left.written());
  ASSERT_TRUE(table.has_value()) << "what beta had is alpha's";
  EXPECT_EQ(table->loads()[table->number_of(kAlpha)], kShards);
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
