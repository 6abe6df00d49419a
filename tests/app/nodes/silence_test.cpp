// Etcd hears all of them, they do not hear each other: one side stops, and never both.
#include "app/nodes/silence.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace chargemill::app {
namespace {

using namespace std::chrono_literals;

/// Who stops of so many nodes, by bit, where `hears[i]` are those whom node i hears: first those
/// that are to stop when patience ends; only where there are none, the silence lasts for a lease
/// more.
std::uint32_t who_stops(unsigned central, const std::vector<std::uint32_t>& hears) {
  const std::uint32_t all = (1U << hears.size()) - 1;
  std::uint32_t result = 0;
  for (const std::uint32_t mute : {0U, all}) {
    for (unsigned i = 0; i < hears.size(); ++i) {
      const std::uint32_t silent = all & ~hears[i] & ~(1U << i);
      if (stops_for({i, central, all, silent, silent & mute}) != kNoNode) result |= 1U << i;
    }
    if (result != 0) break;
  }
  return result;
}

TEST(Silence, WhoeverIsAloneStopsAlsoIfItLeads) {
  for (unsigned central = 0; central < 3; ++central) {
    for (unsigned alone = 0; alone < 3; ++alone) {
      std::vector<std::uint32_t> hears(3, 0b111U & ~(1U << alone));
      hears[alone] = 0;
      EXPECT_EQ(who_stops(central, hears), 1U << alone) << central << alone;
    }
  }
}

TEST(Silence, OfTwoHalvesTheOneThatLeadsGoesOn) {
  EXPECT_EQ(who_stops(0, {0, 0}), 0b10U);
  EXPECT_EQ(who_stops(1, {0, 0}), 0b01U);
  EXPECT_EQ(who_stops(2, {0b0011, 0b0011, 0b1100, 0b1100}), 0b0011U);
  EXPECT_EQ(who_stops(0, {0b0011, 0b0011, 0b1100, 0b1100}), 0b1100U);
}

TEST(Silence, OfTwoThatOthersHearTheLaterOneStopsAndNeverTheOneThatLeads) {
  // Nodes 0 and 2 do not hear each other; node 1 hears both.
  const std::vector<std::uint32_t> chain{0b011, 0b111, 0b110};
  EXPECT_EQ(who_stops(1, chain), 0b100U);
  EXPECT_EQ(who_stops(0, chain), 0b100U);
  EXPECT_EQ(who_stops(2, chain), 0b001U);
  // Not before a smaller part would have stopped, and etcd would have said so.
  EXPECT_EQ(stops_for({2, 0, 0b111, 0b001, 0}), kNoNode);
}

TEST(Silence, WhoHearsAllAndWhoIsLostStopsNobody) {
  EXPECT_EQ(stops_for({0, 0, 0b111, 0, 0}), kNoNode);
  EXPECT_EQ(stops_for({0, 0, 0b011, 0b100, 0b100}), kNoNode);
}

// Whatever the cut between two parts is, one of them goes on.
TEST(Silence, OneOfTwoPartsGoesOnWhole) {
  for (unsigned nodes = 2; nodes <= 6; ++nodes) {
    const std::uint32_t all = (1U << nodes) - 1;
    for (std::uint32_t part = 1; part < all; ++part) {
      for (unsigned central = 0; central < nodes; ++central) {
        std::vector<std::uint32_t> hears;
        for (unsigned i = 0; i < nodes; ++i)
          hears.push_back((part >> i & 1U) != 0 ? part : all & ~part);
        const auto stopped = who_stops(central, hears);
        EXPECT_TRUE(stopped == part || stopped == (all & ~part)) << nodes << ' ' << part;
      }
    }
  }
}

TEST(Silence, IsWaitedForLongerThanALeaseAndNotTwice) {
  EXPECT_GT(patience_of(5s), 8500ms);
  EXPECT_LT(patience_of(5s), 10s);
  EXPECT_EQ(patience_of(2s), 3500ms);
  EXPECT_LT(patience_of(20s), 36s);
}

}  // namespace
}  // namespace chargemill::app
