// Whom nobody waits for any more, by what etcd says.
#include "app/nodes/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

using runtime::agreement::Owner;
using runtime::agreement::Revision;
using runtime::agreement::View;
using testing::ElementsAre;
using testing::IsEmpty;

const Owner kAlpha{"alpha", Revision{11}};
const Owner kBeta{"beta", Revision{12}};
const Owner kNextBeta{"beta", Revision{31}};

View view_of(const std::vector<Owner>& live, Revision revision) {
  View view;
  view.revision = revision;
  for (const auto& owner : live) view.members.push_back({owner, "", {}, {}});
  return view;
}

TEST(Places, TellOnceWhoIsGone) {
  Places places;
  places.put(1, kAlpha);
  places.put(2, kBeta);
  EXPECT_THAT(places.take_gone(view_of({kAlpha, kBeta}, Revision{20})), IsEmpty());
  EXPECT_THAT(places.take_gone(view_of({kAlpha}, Revision{21})), ElementsAre(2U));
  EXPECT_THAT(places.take_gone(view_of({kAlpha}, Revision{22})), IsEmpty());
  EXPECT_THAT(places.take_gone(view_of({}, Revision{23})), ElementsAre(1U));
}

// Else its link would be closed with that of the former one.
TEST(Places, TakeTheNextLifeOfANameForAnotherOne) {
  Places places;
  places.put(2, kBeta);
  EXPECT_THAT(places.take_gone(view_of({kNextBeta}, Revision{31})), ElementsAre(2U));
  places.put(2, kNextBeta);
  EXPECT_THAT(places.take_gone(view_of({kNextBeta}, Revision{32})), IsEmpty());
  EXPECT_THAT(places.take_gone(view_of({}, Revision{33})), ElementsAre(2U));
}

// Its place is blank while it is let in: what a late view says of the former one is not said of it.
TEST(Places, TellNothingOfAPlaceThatSomebodyIsAboutToHave) {
  Places places;
  places.put(2, kBeta);
  places.put(2, {});
  EXPECT_THAT(places.take_gone(view_of({}, Revision{33})), IsEmpty());
}

// Others may have told of it sooner.
TEST(Places, BelieveNoViewThatIsOlderThanALife) {
  Places places;
  places.put(2, kNextBeta);
  EXPECT_THAT(places.take_gone(view_of({kAlpha}, Revision{30})), IsEmpty());
  EXPECT_THAT(places.take_gone(view_of({kAlpha}, Revision{31})), ElementsAre(2U));
}

TEST(Places, TellAllOnceWhereThisNodeHasNoPlaceItself) {
  Places places;
  places.put(1, kAlpha);
  places.put(3, kBeta);
  EXPECT_THAT(places.take_all(), ElementsAre(1U, 3U));
  EXPECT_THAT(places.take_all(), IsEmpty());
}

}  // namespace
}  // namespace chargemill::app
