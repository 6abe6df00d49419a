// The list of available charge points (D-130): a search that goes from shard to shard.
#include "actors/central/listing.hpp"

#include <gtest/gtest.h>

#include "actors/central/central.hpp"
#include "tests/actors/central/story.hpp"

namespace chargemill::central {
namespace {

PointSearch search_from(std::uint32_t point, const PointFilter& filter = {}) {
  return {filter.power_min, filter.price_max, {}, PointId{point}, kAna,
          filter.zone,      filter.any_zone,  0};
}
std::vector<std::uint32_t> ids_of(const std::array<PointId, kListedMax>& found,
                                  std::uint8_t count) {
  std::vector<std::uint32_t> ids;
  for (std::uint8_t i = 0; i < count; ++i) ids.push_back(index_of(found[i]));
  return ids;
}
/// What the only shard of `s` makes of it, when it is not full.
PointSearch searched(Story& s, const PointSearch& search) {
  s.said.clear();
  s.tell(search);
  return s.all<PointSearch>().empty() ? PointSearch{} : s.all<PointSearch>()[0];
}

TEST(Listing, NamesThePointsThatWouldBeAdmittedAndNoOthers) {  // D-048, D-130
  Story s(5);
  for (std::uint32_t p = 10; p < 14; ++p) s.bring_up(PointId{p});  // 14 was never heard
  s.ask_charge(1, kBen, PointId{11});                              // reserved
  s.tell(OperatorOrder{PointId{12}, OperatorAction::stop, false});
  const auto found = searched(s, search_from(0));
  EXPECT_EQ(ids_of(found.found, found.count), (std::vector<std::uint32_t>{10, 13}));
  EXPECT_EQ(index_of(found.next), 15U) << "to be asked next: whoever comes after";
  EXPECT_EQ(s.totals().sessions_started, 1U) << "nothing is reserved by looking (D-049)";
  EXPECT_EQ(s.totals().requests_denied, 0U);
}

TEST(Listing, FiltersByZonePowerAndPrice) {  // D-130
  Story s(3);
  for (std::uint32_t p = 10; p < 13; ++p) s.bring_up(PointId{p});
  s.shard.points[1].rated_w = 50'000;
  s.shard.points[2].price = Price{450'000};
  const auto count = [&](const PointFilter& filter) {
    return searched(s, search_from(10, filter)).count;
  };
  PointFilter filter;
  EXPECT_EQ(count(filter), 3U);
  filter.power_min = Power{22'001};
  EXPECT_EQ(count(filter), 1U);
  filter = {};
  filter.price_max = Price{300'000};
  EXPECT_EQ(count(filter), 2U);
  filter = {};
  filter.any_zone = false;
  filter.zone = ZoneId{2};
  EXPECT_EQ(count(filter), 0U);
  filter.zone = ZoneId{1};
  EXPECT_EQ(count(filter), 3U);
}

TEST(Listing, AFullListGoesToItsDriverAndSaysWhereToAskOn) {
  Story s(9);
  for (std::uint32_t p = 10; p < 19; ++p) s.bring_up(PointId{p});
  s.tell(search_from(0));
  ASSERT_EQ(s.all<PointList>().size(), 1U);
  const PointList list = s.all<PointList>()[0];
  EXPECT_EQ(list.driver, kAna);
  EXPECT_EQ(ids_of(list.points, list.count), (std::vector<std::uint32_t>{10, 11, 12, 13, 14, 15}));
  EXPECT_FALSE(list.is_complete);
  const auto rest = searched(s, search_from(index_of(list.next)));
  EXPECT_EQ(ids_of(rest.found, rest.count), (std::vector<std::uint32_t>{16, 17, 18}));
}

TEST(Listing, OneStepLooksAtABoundedNumberOfPoints) {  // law 6
  Story s(10'000);
  const auto first = searched(s, search_from(0));
  EXPECT_EQ(index_of(first.next), 10U + 4'096U);
  EXPECT_EQ(index_of(searched(s, first).next), 10U + 8'192U);
  EXPECT_EQ(index_of(searched(s, search_from(10 + 8'192)).next), 10U + 10'000U);
}

TEST(Listing, CentralSendsItOnAndAnswersWhenNobodyIsLeft) {
  CentralState state = make_central(2, 1, 20);
  CentralEffects effects;
  step(state, search_from(19), SimTime{}, effects);
  EXPECT_TRUE(std::holds_alternative<PointSearch>(effects.at(0)));
  PointSearch done = search_from(20);
  done.found[0] = PointId{3};
  done.count = 1;
  effects.clear();
  step(state, done, SimTime{}, effects);
  const auto& list = std::get<PointList>(effects.at(0));
  EXPECT_EQ(ids_of(list.points, list.count), (std::vector<std::uint32_t>{3}));
  EXPECT_TRUE(list.is_complete);
}

TEST(Listing, ASearchThatStrayedIsAnsweredWithWhatItHas) {
  Story s(2);
  s.tell(search_from(99));
  ASSERT_EQ(s.all<PointList>().size(), 1U);
  EXPECT_TRUE(s.all<PointList>()[0].is_complete);
}

}  // namespace
}  // namespace chargemill::central
