#include "actors/charge_point/transitions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

namespace chargemill::charge_point {
namespace {

constexpr Context kAllowed{true, true};

std::optional<Phase> after(Phase from, On event, Context context = kAllowed) {
  const Outcome outcome = transition(from, event, context);
  if (!outcome.accepted()) return std::nullopt;
  return outcome.to;
}

std::set<On> valid(Phase from) {
  const auto events = valid_events(from);
  return {events.begin(), events.end()};
}

TEST(Transitions, T09ConnectActivatesADisconnectedPoint) {
  EXPECT_EQ(after(Phase::disconnected, On::connect), Phase::activated);
}

TEST(Transitions, T10AnAuthorisedAndPluggedStartSupplies) {
  EXPECT_EQ(after(Phase::activated, On::start_supply), Phase::supplying);
}

TEST(Transitions, T11AStartWithoutAuthorisationSaysSo) {
  const Outcome outcome = transition(Phase::activated, On::start_supply);  // D-035: the default
  EXPECT_EQ(outcome.refusal, Refusal::not_authorised);
  EXPECT_EQ(outcome.to, Phase::activated);
  EXPECT_EQ(error_text(outcome.refusal, Phase::activated, On::start_supply),
            "START_SUPPLY requires authorization from Central");
}

TEST(Transitions, T12StopSupplyActivates) {
  EXPECT_EQ(after(Phase::supplying, On::stop_supply), Phase::activated);
}

TEST(Transitions, T13AFaultIsDetectedInEachOperationalPhase) {
  for (const Phase from : {Phase::activated, Phase::supplying, Phase::stopped}) {
    EXPECT_EQ(after(from, On::fault_detected), Phase::fault);
  }
}

TEST(Transitions, T14AClearedFaultActivates) {
  EXPECT_EQ(after(Phase::fault, On::fault_cleared), Phase::activated);
}

TEST(Transitions, T15StopAndResume) {
  EXPECT_EQ(after(Phase::activated, On::stop_cp), Phase::stopped);
  EXPECT_EQ(after(Phase::stopped, On::resume_cp), Phase::activated);
}

TEST(Transitions, T16IllegalEventsAreErrorsThatNameThemselves) {  // D-034
  for (const auto& [from, event] : {std::pair{Phase::stopped, On::start_supply},
                                    std::pair{Phase::activated, On::stop_supply}}) {
    const Outcome outcome = transition(from, event, kAllowed);
    EXPECT_EQ(outcome.refusal, Refusal::invalid_transition);
    EXPECT_EQ(outcome.to, from);
    EXPECT_EQ(error_text(outcome.refusal, from, event).rfind("Invalid transition: ", 0), 0U);
  }
}

TEST(Transitions, T17DisconnectIsLegalEverywhereButInDisconnected) {
  for (const Phase from : {Phase::activated, Phase::supplying, Phase::stopped, Phase::fault}) {
    EXPECT_EQ(after(from, On::disconnect), Phase::disconnected);
  }
  EXPECT_EQ(after(Phase::disconnected, On::disconnect), std::nullopt);
}

TEST(Transitions, T18ValidEventsAreTheRowsOfTheTable) {  // D-037
  EXPECT_EQ(valid(Phase::activated),
            (std::set{On::start_supply, On::stop_cp, On::disconnect, On::fault_detected}));
  EXPECT_EQ(valid(Phase::supplying),
            (std::set{On::stop_supply, On::stop_cp, On::disconnect, On::fault_detected}));
}

TEST(Transitions, T19OnlyAnActivatedPointCanSupply) {  // D-037
  EXPECT_TRUE(can_supply(Phase::activated));
  for (const Phase p : {Phase::supplying, Phase::stopped, Phase::fault, Phase::disconnected}) {
    EXPECT_FALSE(can_supply(p));
  }
}

TEST(Transitions, T20FaultAndDisconnectedAreNotOperational) {  // D-037
  for (const Phase p : {Phase::activated, Phase::supplying, Phase::stopped}) {
    EXPECT_TRUE(is_operational(p));
  }
  EXPECT_FALSE(is_operational(Phase::fault));
  EXPECT_FALSE(is_operational(Phase::disconnected));
}

TEST(Transitions, T21AWholeLifeEndsDisconnected) {
  Phase phase = Phase::disconnected;
  for (const On event : {On::connect, On::start_supply, On::stop_supply, On::disconnect}) {
    const auto next = after(phase, event);
    ASSERT_TRUE(next) << word(event);
    phase = *next;
  }
  EXPECT_EQ(phase, Phase::disconnected);
}

TEST(Transitions, T22AFaultInASupplyIsClearedToActivated) {
  EXPECT_EQ(after(Phase::supplying, On::fault_detected), Phase::fault);
  EXPECT_EQ(after(Phase::fault, On::fault_cleared), Phase::activated);
}

TEST(Transitions, AuthorisationIsAskedBeforeThePlug) {  // D-036
  const auto refusal = [](Context c) {
    return transition(Phase::activated, On::start_supply, c).refusal;
  };
  EXPECT_EQ(refusal({false, false}), Refusal::not_authorised);
  EXPECT_EQ(refusal({true, false}), Refusal::not_plugged);
  EXPECT_EQ(refusal({true, true}), Refusal::none);
}

TEST(Transitions, ADisconnectedPointHasNoFault) {  // D-038
  EXPECT_EQ(after(Phase::disconnected, On::fault_detected), std::nullopt);
}

// D-033 once more, in the layout of the reference: a second hand against slips of the first.
TEST(Transitions, AllFortyPairsAreAsTheTableOfTheReferenceSays) {
  constexpr const char* kTable[kPhases][kEvents] = {
      {"A", "-", "-", "-", "-", "-", "-", "-"},  // DISCONNECTED
      {"-", "D", "S", "-", "T", "-", "F", "-"},  // ACTIVATED
      {"-", "D", "-", "-", "-", "A", "F", "-"},  // STOPPED
      {"-", "D", "-", "A", "T", "-", "F", "-"},  // SUPPLYING
      {"-", "D", "-", "-", "-", "-", "-", "A"},  // FAULT
  };
  const auto letter = [](std::optional<Phase> p) {
    return p ? "DATSF"[static_cast<int>(*p)] : '-';
  };
  int legal = 0;
  for (std::size_t p = 0; p < kPhases; ++p) {
    for (std::size_t e = 0; e < kEvents; ++e) {
      const auto from = static_cast<Phase>(p);
      const auto event = static_cast<On>(e);
      EXPECT_EQ(letter(after(from, event)), kTable[p][e][0]) << p << " " << word(event);
      EXPECT_EQ(valid(from).count(event) == 1, kTable[p][e][0] != '-');
      legal += kTable[p][e][0] != '-' ? 1 : 0;
    }
  }
  EXPECT_EQ(legal, 14);
}

TEST(Transitions, EachOfTheTwentySixIllegalPairsIsAnErrorThatChangesNothing) {  // D-034
  int illegal = 0;
  for (std::size_t p = 0; p < kPhases; ++p) {
    for (std::size_t e = 0; e < kEvents; ++e) {
      const auto from = static_cast<Phase>(p);
      const auto event = static_cast<On>(e);
      if (valid(from).count(event) == 1) continue;
      ++illegal;
      const Outcome outcome = transition(from, event, kAllowed);
      EXPECT_EQ(outcome.to, from);
      EXPECT_EQ(error_text(outcome.refusal, from, event).rfind("Invalid transition: ", 0), 0U);
    }
  }
  EXPECT_EQ(illegal, 26);
}

}  // namespace
}  // namespace chargemill::charge_point
