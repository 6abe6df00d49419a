// The newest by time are shown, in whatever order they were told.
#include "actors/archive/newest_first.hpp"

#include "tests/actors/archive/told.hpp"

namespace chargemill::archive {
namespace {

TEST(NewestFirst, ShowsTheNewestStartsHoweverFewAreAskedFor) {  // D-174
  Told told;
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto admitted = static_cast<std::int64_t>(i) * 1s;
    told.start(admitted, SessionId{i + 1}, i % 2 == 0 ? kOne : kTwo);
    // Each other one waited for its plug for half a minute.
    Checkpoint begun{};
    begun.session = SessionId{i + 1};
    begun.begun = SimTime{i % 4 == 0 ? admitted + 30s : admitted};
    told.tell(begun);
  }
  auto history = told.history();
  Filter all;
  const auto whole = history.sessions(all).value();
  ASSERT_EQ(whole.size(), 40U);
  EXPECT_EQ(whole[0].start, utc(66s));
  for (std::uint64_t limit = 0; limit <= 40; ++limit) {
    SCOPED_TRACE(limit);
    for (const char* const point : {"", "CP-001", "CP-002"}) {
      Filter filter = of_point(point);
      const auto reference = history.sessions(filter).value();
      filter.limit = limit;
      const auto rows = history.sessions(filter).value();
      ASSERT_EQ(rows.size(), std::min<std::size_t>(limit, reference.size()));
      for (std::size_t i = 0; i < rows.size(); ++i)
        EXPECT_EQ(rows[i].session, reference[i].session) << point;
    }
  }
}

TEST(NewestFirst, ShowsTheNewestFaultsAlsoBehindThoseThatWereToldLate) {  // D-117, D-164
  Told told;
  for (int i = 0; i < 30; ++i) told.event(100s + i * 1s, kTwo, EventType::fault);
  for (int i = 0; i < 200; ++i) told.event(i * 100ms, kOne, EventType::fault);  // a link was cut
  auto history = told.history();
  Filter few;
  few.limit = 10;
  const auto rows = history.faults(few).value();
  ASSERT_EQ(rows.size(), 10U);
  for (std::size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i].time, utc(129s - static_cast<std::int64_t>(i) * 1s));
}

TEST(NewestFirst, LooksNoFurtherThanItMay) {
  Filter all;
  all.limit = 2;
  NewestFirst order = by_record(all);
  order.add(5s);
  EXPECT_FALSE(order.is_settled(UtcMicros::min())) << "there is not one row too many yet";
  order.add(4s);
  unsigned looked = 0;
  while (!order.is_settled(9s)) ++looked;  // each might still be wanted
  EXPECT_EQ(looked, NewestFirst::kBeyondMax);
  Filter one = of_point("CP-001");
  one.limit = 1;
  NewestFirst strict = by_record(one);
  EXPECT_FALSE(strict.is_complete());
  strict.add(5s);
  EXPECT_TRUE(strict.is_complete()) << "the records of a point are in order";
}

TEST(NewestFirst, ComparesTimesHoweverFarApart) {
  Filter all;
  all.limit = 1;
  NewestFirst order = by_start(all);
  order.add(UtcMicros::max());
  unsigned looked = 0;
  while (!order.is_settled(UtcMicros::min())) ++looked;
  EXPECT_LT(looked, 32U);
}

}  // namespace
}  // namespace chargemill::archive
