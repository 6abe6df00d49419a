// Etcd hears all of them, they do not hear each other: who stops, and when. Times are in leases.
#include "tests/app/nodes/cuts.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace chargemill::test {
namespace {

using namespace std::chrono_literals;
using app::kNoNode;
using app::Silence;

constexpr double kSoonest = 1.7, kLatest = 1.9;  // of two leases a tenth is left for who takes over

/// What is left of `cuts` after three leases is whole, and so it was in time.
void expect_it_is_whole(const Cuts& cuts, unsigned nodes) {
  EXPECT_NE(cuts.living(), 0U);
  EXPECT_GE(cuts.took(), kSoonest);
  EXPECT_LE(cuts.took(), kLatest);
  for (unsigned a = 0; a < nodes; ++a) {
    for (unsigned b = 0; b < a; ++b) {
      const bool are_both = (cuts.living() >> a & cuts.living() >> b & 1U) != 0;
      EXPECT_FALSE(are_both && cuts.is_cut(a, b)) << a << ' ' << b;
    }
  }
}

TEST(Cuts, OfTwoThatOthersHearTheLaterOneStopsAndNeverTheOneThatLeads) {
  for (unsigned nodes = 3; nodes <= 6; ++nodes) {
    for (unsigned central = 0; central < nodes; ++central) {
      for (unsigned a = 0; a < nodes; ++a) {
        for (unsigned b = a + 1; b < nodes; ++b) {
          SCOPED_TRACE(testing::Message()
                       << nodes << " nodes, central " << central << ", " << a << " and " << b);
          Cuts cuts{nodes, central};
          cuts.cut(a, b);
          cuts.pass(3);
          EXPECT_EQ(cuts.stopped(), 1U << (central == b ? a : b));
          expect_it_is_whole(cuts, nodes);
        }
      }
    }
  }
}

TEST(Cuts, OneOfTwoPartsGoesOnWhole) {
  for (unsigned nodes = 2; nodes <= 6; ++nodes) {
    const std::uint32_t all = (1U << nodes) - 1;
    for (std::uint32_t part = 1; part < all; ++part) {
      for (unsigned central = 0; central < nodes; ++central) {
        SCOPED_TRACE(testing::Message() << nodes << " nodes, central " << central << ", " << part);
        Cuts cuts{nodes, central};
        cuts.cut_off(part);
        cuts.pass(3);
        const auto size = static_cast<unsigned>(__builtin_popcount(part));
        const bool leads = (part >> central & 1U) != 0;
        const bool goes_on = 2 * size > nodes || (2 * size == nodes && leads);
        EXPECT_EQ(cuts.living(), goes_on ? part : all & ~part);
        expect_it_is_whole(cuts, nodes);
      }
    }
  }
}

TEST(Cuts, OfTwoHalvesThatNobodyLeadsTheFirstNodesGoesOn) {
  Cuts cuts{4, kNoNode};
  cuts.cut_off(0b0110);
  cuts.pass(3);
  EXPECT_EQ(cuts.living(), 0b1001U);
}

// Whoever stops is slow to end, and lower than those who go on: none of them stops for it.
TEST(Cuts, NobodyStopsForOneThatStopsItselfHoweverLongItTakes) {
  for (const unsigned central : {0U, 2U}) {
    Cuts cuts{4, central};
    cuts.let_end_take(0, 5s);
    cuts.cut_off(0b0001);
    cuts.pass(4);
    EXPECT_EQ(cuts.stopped(), 0b0001U) << central;
  }
}

// 0 - 1 - 2 - 3: each hears its neighbours only.
// That one is gone some know before others, who must not take it for one that those hear.
TEST(Cuts, WhoeverKnowsSoonerWhoIsGoneChangesNothing) {
  for (unsigned central = 0; central < 4; ++central) {
    for (unsigned alone = 0; alone < 4; ++alone) {
      Cuts cuts{4, central};
      cuts.let_etcd_tell_in_turns(200ms);
      cuts.cut_off(1U << alone);
      cuts.pass(3);
      EXPECT_EQ(cuts.stopped(), 1U << alone) << central;
    }
  }
}

TEST(Cuts, OfAChainOfFourTwoGoOn) {
  for (unsigned central = 0; central < 4; ++central) {
    Cuts cuts{4, central};
    cuts.cut(0, 2), cuts.cut(0, 3), cuts.cut(1, 3);
    cuts.pass(3);
    const std::uint32_t stay[] = {0b0011, 0b0011, 0b0110, 0b1100};
    EXPECT_EQ(cuts.living(), stay[central]) << central;
    expect_it_is_whole(cuts, 4);
  }
}

// Each of seven hears two: fewer than half, and yet all are one network.
TEST(Cuts, ARingThatHoldsTogetherDoesNotEndAsSmallerParts) {
  Cuts cuts{7, 3};
  for (unsigned a = 0; a < 7; ++a) {
    for (unsigned b = a + 2; b < 7; ++b) {
      if (b - a < 6) cuts.cut(a, b);
    }
  }
  cuts.pass(3);
  EXPECT_EQ(cuts.living(), 0b0001100U);
  expect_it_is_whole(cuts, 7);
}

// Those in the middle go first, and those at the end do not take that for a majority of their own.
TEST(Cuts, WhoeverEndsSoonerChangesNothing) {
  Cuts cuts{7, 0};
  for (unsigned a = 0; a < 7; ++a) {
    for (unsigned b = a + 2; b < 7; ++b) cuts.cut(a, b);
    cuts.let_end_take(a, a == 2 ? 50ms : 400ms);
  }
  cuts.pass(3);
  EXPECT_EQ(cuts.living(), 0b0000011U);
}

TEST(Cuts, WhatIsHeardOneWayOnlyIsCutAlsoIfOneEndDoesNotNotice) {
  for (const bool from_first : {false, true}) {
    Cuts cuts{3, 1};
    cuts.let_one_end_notice();
    if (from_first) cuts.cut_one_way(0, 2);
    if (!from_first) cuts.cut_one_way(2, 0);
    cuts.pass(3);
    EXPECT_EQ(cuts.stopped(), 0b100U) << from_first;
    expect_it_is_whole(cuts, 3);
  }
}

// Its links say so at both ends: those who do not hear it tell it nothing.
TEST(Cuts, WhoeverIsHeardByNobodyStopsThoughAllReachIt) {
  for (unsigned central = 0; central < 3; ++central) {
    Cuts cuts{3, central};
    cuts.cut_one_way(0, 1), cuts.cut_one_way(0, 2);
    cuts.pass(3);
    EXPECT_EQ(cuts.stopped(), 0b001U) << central;
    expect_it_is_whole(cuts, 3);
  }
}

TEST(Cuts, ThatAreShorterThanPatienceStopNobodyHoweverOftenTheyCome) {
  Cuts cuts{4, 1};
  for (int i = 0; i < 10; ++i) {
    cuts.cut(0, 2), cuts.cut_off(0b1000);
    cuts.pass(1.6);
    cuts.heal();
    cuts.pass(0.06);
  }
  // Decided already, and not done yet.
  cuts.cut(0, 2);
  cuts.pass(1.7);
  cuts.heal();
  cuts.pass(3);
  EXPECT_EQ(cuts.stopped(), 0U);
}

TEST(Cuts, ThatNobodySuspectsAreNoNews) {
  Cuts cuts{3, 0};
  for (int i = 0; i < 20; ++i) {
    cuts.cut(0, 2), cuts.cut_off(0b010);
    cuts.pass(0.36);
    cuts.heal();
    cuts.pass(0.04);
  }
  EXPECT_EQ(cuts.stopped(), 0U);
  EXPECT_EQ(cuts.told(), 0U);
}

TEST(Cuts, ThatHaveHealedAreNoNewsForLong) {
  Cuts cuts{4, 0};
  cuts.cut(1, 2);
  cuts.pass(1);
  cuts.heal();
  cuts.pass(0.5);
  const unsigned told = cuts.told();
  EXPECT_GT(told, 0U);
  cuts.pass(5);
  EXPECT_EQ(cuts.told(), told);
}

// At the moment when it is decided the third node does not hear one of the two for a while.
TEST(Cuts, ThatAreShortDelayWhatIsDecidedAndDoNotPreventIt) {
  for (const unsigned central : {0U, 1U}) {
    for (const unsigned other : {0U, 2U}) {
      Cuts cuts{3, central};
      cuts.cut(0, 2);
      cuts.pass(1.2);
      cuts.cut(1, other);
      cuts.pass(0.8);
      cuts.heal();
      cuts.cut(0, 2);
      cuts.pass(1);
      EXPECT_EQ(cuts.stopped(), 0b100U) << central << other;
    }
  }
}

// Etcd's own leader has gone with them: it says so after 8.5 s of a lease of 5 s.
TEST(Cuts, NobodyStopsForTheDead) {
  for (unsigned nodes = 2; nodes <= 5; ++nodes) {
    for (unsigned dead = 1; dead < nodes; ++dead) {
      Cuts cuts{nodes, 0};
      for (unsigned n = 0; n < dead; ++n) cuts.die(n, 8500ms);
      cuts.pass(4);
      EXPECT_EQ(cuts.stopped(), 0U) << dead << " of " << nodes;
    }
  }
}

TEST(Cuts, AnyNetworkThatHoldsTogetherGoesOnAndNobodyStopsInVain) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    const unsigned nodes = 3 + below(6);
    const unsigned central = below(nodes);
    const std::chrono::seconds lease{seed % 3 == 0 ? 20 : 5};
    Cuts cuts{nodes, central, lease};
    unsigned count = 0;
    for (unsigned b = 1; b < nodes; ++b) {
      const unsigned way = below(b);  // so that there is one to each
      for (unsigned a = 0; a < b; ++a) {
        if (a == way || below(3) != 0) continue;
        cuts.cut(a, b);
        ++count;
      }
    }
    cuts.pass(3);
    if (count == 0) continue;
    expect_it_is_whole(cuts, nodes);
    EXPECT_NE(cuts.living() >> central & 1U, 0U);
    for (unsigned n = 0; n < nodes; ++n) {
      bool misses_one_who_stays = false;
      for (unsigned m = 0; m < nodes; ++m)
        if ((cuts.living() >> m & 1U) != 0 && cuts.is_cut(n, m)) misses_one_who_stays = true;
      EXPECT_EQ((cuts.stopped() >> n & 1U) != 0, misses_one_who_stays) << n;
    }
  }
}

// With the shortest lease there is time enough to tell; not always to end in time.
TEST(Cuts, WithAShortLeaseTheSameOnesStop) {
  Cuts cuts{4, 1, 2s};
  cuts.cut(0, 2);
  cuts.pass(4);
  EXPECT_EQ(cuts.stopped(), 0b0100U);
}

TEST(Cuts, AreWaitedForLongerThanALeaseAndNotTwice) {
  EXPECT_GT(app::patience_of(5s), 8500ms);
  EXPECT_LT(app::patience_of(5s), 10s);
  EXPECT_EQ(app::patience_of(2s), 3500ms);
  EXPECT_LT(app::patience_of(20s), 36s);
}

// Cut off from both others, it sees one link fall silent a look before the other: it has not
// outlived the first one with the second. They have told it nothing.
TEST(Cuts, WhoeverIsCutOffStopsThoughItsLinksFallSilentInTurn) {
  for (const auto apart : {50ms, 500ms, 1900ms, 2500ms}) {
    for (unsigned self = 0; self < 3; ++self) {
      for (const unsigned central : {0U, 1U, 2U, kNoNode}) {
        if (central == self) continue;
        const unsigned first = central != kNoNode ? central : (self == 0 ? 1 : 0);
        Silence silence{self, 5, 10s, 2s};
        bool stops = false;
        for (auto t = 0ms; t < 20s && !stops; t += 50ms) {
          const std::uint32_t later = t >= apart ? 0b111U & ~(1U << self) : 0U;
          stops = silence.look({central, 0b111, later | 1U << first}, Silence::Time{100s + t}) !=
                  kNoNode;
        }
        EXPECT_TRUE(stops) << self << " central " << central << " apart " << apart.count();
      }
    }
  }
}

// Of the two others each hears the other one, and says so before the first of three decides.
TEST(Cuts, OneOfWhichTheLinksAreCutInTurnStopsAlone) {
  for (const auto lease : {5s, 10s}) {
    for (auto apart = 0ms; apart <= 4s; apart += 50ms) {
      for (unsigned self = 0; self < 3; ++self) {
        for (unsigned central = 0; central < 3; ++central) {
          const unsigned one = self == 0 ? 1 : 0;
          for (const unsigned first : {one, 3 - self - one}) {
            Cuts cuts{3, central, lease};
            cuts.cut(self, first);
            cuts.pass(std::chrono::duration<double>(apart) / lease);
            cuts.cut_off(1U << self);
            cuts.pass(5);
            EXPECT_EQ(cuts.stopped(), 1U << self)
                << "lease " << lease.count() << ", apart " << apart.count() << " ms, " << self
                << ", central " << central << ", first " << first;
          }
        }
      }
    }
  }
}

TEST(Cuts, AnyBytesAreHeard) {
  std::mt19937 random{7};
  for (int i = 0; i < 10'000; ++i) {
    Silence silence{1, 5, 5s, 2s};
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % (i % 2 == 0 ? 256 : 40));
    silence.hear(bytes);
    EXPECT_EQ(silence.look({0, 0b111, 0}, Silence::Time{100s}), kNoNode);
  }
}

}  // namespace
}  // namespace chargemill::test
