// What stays of a node that is lost: no figure vanishes, and all sums still agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/network/outcome.hpp"

namespace chargemill::network {
namespace {

using testing::IsEmpty;

/// As a look at a node that works: some of it is under way.
Totals at_work() {
  Totals t;
  t.display = {7, 2, 1, 0, 0};
  t.actors = 100;
  t.mailbox_depth = 5;
  t.requests_sent = 10;
  t.requests_accepted = 6;
  t.requests_denied = 2;
  t.requests_timed_out = 1;
  t.requests_open = 1;
  t.sessions_started = 7;
  t.sessions_completed = 3;
  t.sessions_failed = 1;
  t.sessions_active = 3;
  t.energy_sessions_mj = t.energy_delivered_mj = 900;
  t.power_w = 33'000;
  t.offered = 13;  // one is on its way to a driver
  t.done = 10;
  t.shed = 2;
  return t;
}

TEST(Losses, WhatWasOpenIsLostAndCounted) {  // law 5
  const Totals left = left_of(at_work());
  EXPECT_THAT(broken_identities(left), IsEmpty());
  EXPECT_EQ(left.sessions_lost, 3U);
  EXPECT_EQ(left.requests_lost, 1U);
  EXPECT_EQ(left.sessions_started, 7U);
  EXPECT_EQ(left.requests_sent, 10U);
  EXPECT_EQ(left.energy_sessions_mj, 900);
  EXPECT_EQ(left.display, Totals{}.display)
      << "its charge points are shown by others, or by nobody";
  EXPECT_EQ(left.actors + left.mailbox_depth, 0U);
  EXPECT_EQ(left.power_w, 0);
}

TEST(Losses, WhatComesBackIsCountedOnce) {
  Totals left = left_of(at_work());
  Totals heir;  // a shard counts the sessions that it takes over as its own
  heir.sessions_started = heir.sessions_active = 2;
  bring_back(left, 2);
  EXPECT_EQ(left.sessions_lost, 1U);
  add(heir, left);
  EXPECT_THAT(broken_identities(heir), IsEmpty());
  EXPECT_EQ(heir.sessions_started, 7U);
  // A journal knows of more than a look that is a moment old.
  bring_back(left, 5);
  EXPECT_EQ(left.sessions_lost, 0U);
  EXPECT_THAT(broken_identities(left), IsEmpty());
}

TEST(Losses, ALookThatWasNoMomentOfItsOwnStillAgrees) {
  Totals odd = at_work();
  odd.requests_sent = 8;  // counters of different workers, read one after the other
  odd.sessions_started = 5;
  EXPECT_THAT(broken_identities(left_of(odd)), IsEmpty());
  EXPECT_THAT(broken_identities(left_of(left_of(odd))), IsEmpty()) << "also if it had inherited";
}

}  // namespace
}  // namespace chargemill::network
