// Several pasts, asked as one, say what one of all their records would have said.
#include "actors/archive/past_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "actors/archive/chronicle.hpp"

namespace chargemill::archive {
namespace {

using namespace std::chrono_literals;

Chronicle::Namer namer() {
  return {[](PointId id) { return "CP-" + std::to_string(index_of(id)); },
          [](DriverId id) { return "driver-" + std::to_string(index_of(id)); }};
}
Fault fault(std::uint32_t point, SimTime at, EventType type) {
  return {at, PointId{point}, ZoneId{}, type, Reason::ko_key};
}

/// The same records in one past, and dealt out to three by point.
struct Dealt {
  Chronicle one{Origin{1'000}, namer()};
  std::vector<std::unique_ptr<Past>> parts;
  std::vector<Chronicle*> nodes;

  Dealt() {
    for (int n = 0; n < 3; ++n) {
      auto part = std::make_unique<Chronicle>(Origin{1'000}, namer());
      nodes.push_back(part.get());
      parts.push_back(std::move(part));
    }
  }
  void add(const Fault& record) {
    one.add(record);
    nodes[index_of(record.point) % nodes.size()]->add(record);
  }
};

/// Faults and recoveries of ten points in turn, at times of which no two are the same.
Dealt any_history(unsigned seed) {
  Dealt dealt;
  std::mt19937 random{seed};
  std::array<bool, 10> faulty{};
  for (int i = 0; i < 200; ++i) {
    const auto point = static_cast<std::uint32_t>(random() % faulty.size());
    faulty[point] = !faulty[point];
    dealt.add(
        fault(point, SimTime{i * 1s}, faulty[point] ? EventType::fault : EventType::recovery));
  }
  return dealt;
}

TEST(PastSet, ShowsTheNewestOfAllMembersAndNoMore) {  // D-164, D-165
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Dealt dealt = any_history(seed);
    PastSet set{std::move(dealt.parts)};
    for (const std::uint64_t limit : {0U, 1U, 7U, 1'000U}) {
      Filter filter;
      filter.limit = limit;
      const auto expected = dealt.one.faults(filter);
      const auto found = set.faults(filter);
      ASSERT_TRUE(expected && found);
      ASSERT_EQ(found->size(), expected->size());
      for (std::size_t i = 0; i < found->size(); ++i) {
        EXPECT_EQ((*found)[i].time, (*expected)[i].time);
        EXPECT_EQ((*found)[i].point, (*expected)[i].point);
      }
    }
  }
}

TEST(PastSet, AddsUpStatistics) {  // D-175
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Dealt dealt = any_history(seed);
    const auto expected = dealt.one.statistics("", UtcMicros::min()).value();
    PastSet set{std::move(dealt.parts)};
    const auto found = set.statistics("", UtcMicros::min()).value();
    EXPECT_EQ(found.total_events, 200U);
    EXPECT_EQ(found.fault_count, expected.fault_count);
    EXPECT_EQ(found.recovery_count, expected.recovery_count);
    EXPECT_EQ(found.currently_faulty, expected.currently_faulty);
    EXPECT_EQ(found.recoveries_measured, expected.recoveries_measured);
    EXPECT_EQ(found.last_fault, expected.last_fault);
    ASSERT_TRUE(found.mean_recovery_s && expected.mean_recovery_s);
    EXPECT_NEAR(*found.mean_recovery_s, *expected.mean_recovery_s, 1e-9);
  }
}

TEST(PastSet, IsFollowedToItsEndInSmallLooksAndShowsEveryRecordOnce) {
  Dealt dealt = any_history(7);
  PastSet set{std::move(dealt.parts)};
  std::vector<std::uint64_t> ids;
  Position at{std::vector<Position::Sequence>(3, 0)};
  for (bool is_more = true; is_more;) {
    const auto next = set.follow(at, 6, [&](const Found& found, const Position& reached) {
      ids.push_back(found.sequence);
      // Whoever goes on from here misses nothing and sees nothing twice.
      EXPECT_EQ(reached.records(), ids.size());
    });
    ASSERT_TRUE(next);
    is_more = next->records() > at.records();
    at = *next;
  }
  EXPECT_EQ(ids.size(), 200U);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end()) << "ids are of one record each";
  EXPECT_EQ(set.newest().value().records(), 200U);
}

TEST(Position, ComesBackFromItsText) {
  EXPECT_EQ(to_text(Position{12}), "12");
  const Position three{std::vector<Position::Sequence>{12, 0, 9}};
  EXPECT_EQ(to_text(three), "12.0.9");
  const auto back = position_from("12.0.9");
  ASSERT_TRUE(back && back->journals() == 3U);
  EXPECT_EQ(to_text(*back), "12.0.9");
  for (const char* text : {"", ".", "1.", ".1", "1..2", "x", "1.x", "-1", "1,2", "1 ", " 1",
                           "18446744073709551615", "1.18446744073709551616"})
    EXPECT_FALSE(position_from(text).has_value()) << text;
  std::string many = "1";
  for (std::size_t j = 1; j < Position::kJournalsMax; ++j) many += ".1";
  EXPECT_TRUE(position_from(many).has_value());
  EXPECT_FALSE(position_from(many + ".1").has_value());
}

TEST(Position, GoesNoFurtherThanAnother) {
  const Position wanted{std::vector<Position::Sequence>{5, 9}};
  const Position newest{std::vector<Position::Sequence>{7, 3}};
  EXPECT_EQ(to_text(wanted.at_most(newest)), "5.3");
}

}  // namespace
}  // namespace chargemill::archive
