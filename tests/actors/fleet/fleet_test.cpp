#include "actors/fleet/fleet.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace chargemill::fleet {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

struct Given {
  Settings settings;
  double rate = 0.0;  ///< per second
  std::uint32_t places = 10;
  std::uint32_t drivers = 1'000;
  std::vector<ReplayTrip> replay;
};

State make(const Given& given) {
  ArrivalSettings arrivals;
  arrivals.seed = given.settings.seed;
  if (given.rate > 0.0) arrivals.stages = {{SimTime{}, Nanos{0}, given.rate}};
  std::vector<Place> places;
  for (std::uint32_t i = 0; i < given.places; ++i) {
    places.push_back({PointId{i}, ZoneId{static_cast<std::uint16_t>(i % 3)}, Power{11'000}});
  }
  std::vector<DriverId> drivers;
  for (std::uint32_t i = 0; i < given.drivers; ++i) drivers.push_back(DriverId{i});
  return make_state(given.settings, Arrivals(arrivals), &builtin_profile(ProfileName::public_),
                    places, drivers, given.replay);
}

/// Ticks until nothing is due before `end`; all that was handed out.
std::vector<Dispatch> run(State& state, SimTime end) {
  std::vector<Dispatch> out;
  static_cast<void>(step(state, PowerOn{}, SimTime{}));
  while (due(state) < end) {
    const SimTime now = due(state);
    for (const Effect& effect : step(state, Tick{}, now)) out.push_back(std::get<Dispatch>(effect));
  }
  return out;
}

TEST(Fleet, HandsTripsToIdleDriversAndShedsTheRest) {  // law 5: offered = done + shed
  Given given;
  given.rate = 10.0;
  given.drivers = 50;
  State fleet = make(given);
  const auto out = run(fleet, SimTime{seconds{60}});
  std::set<DriverId> drivers;
  for (const Dispatch& d : out) drivers.insert(d.driver);
  EXPECT_EQ(out.size(), 50U);
  EXPECT_EQ(drivers.size(), 50U) << "nobody makes two trips at once";
  EXPECT_EQ(fleet.totals.done, 50U);
  EXPECT_GT(fleet.totals.shed, 400U);
  EXPECT_EQ(fleet.totals.offered, fleet.totals.done + fleet.totals.shed);
  static_cast<void>(step(fleet, DriverIdle{DriverId{3}}, due(fleet)));
  const auto next = step(fleet, Tick{}, due(fleet));
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(std::get<Dispatch>(next[0]).driver, DriverId{3});
}

TEST(Fleet, ALateTickBringsTheSameTripsWithTheirOwnDueTimes) {  // law 7, open loop
  Given given;
  given.rate = 20.0;
  State prompt = make(given);
  const auto expected = run(prompt, SimTime{seconds{20}});
  State late = make(given);
  static_cast<void>(step(late, PowerOn{}, SimTime{}));
  std::vector<Dispatch> out;
  while (due(late) < SimTime{seconds{20}}) {
    const auto said = step(late, Tick{}, SimTime{seconds{20}});
    EXPECT_LE(said.size(), kDispatchesMax);
    for (const Effect& effect : said) {
      const auto& dispatch = std::get<Dispatch>(effect);
      if (dispatch.trip.due < SimTime{seconds{20}}) out.push_back(dispatch);
    }
  }
  ASSERT_EQ(out.size(), expected.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i].trip.due, expected[i].trip.due);
    EXPECT_EQ(out[i].trip.point, expected[i].trip.point);
    EXPECT_EQ(out[i].trip.target, expected[i].trip.target);
  }
}

TEST(Fleet, StartsWarmWithTheShareOfPointsThatIsAsked) {
  Given given;
  given.places = 5'000;
  given.drivers = 5'000;
  given.settings.initial_supplying = 0.2;
  State fleet = make(given);
  const auto out = run(fleet, SimTime{seconds{10}});
  EXPECT_NEAR(static_cast<double>(out.size()), 1'000.0, 5 * 29);
  std::set<PointId> points;
  for (const Dispatch& d : out) {
    points.insert(d.trip.point);
    EXPECT_GE(d.trip.due, SimTime{fleet.settings.warm_from});
    EXPECT_LE(d.trip.due, SimTime{fleet.settings.warm_from + fleet.settings.warm_ramp});
    EXPECT_GT(d.trip.target.mj, 0);
    EXPECT_LE(d.trip.target, Power{11'000} * d.trip.stay);
    EXPECT_FALSE(d.trip.any_in_zone);
  }
  EXPECT_EQ(points.size(), out.size()) << "one vehicle a point";
  EXPECT_EQ(due(fleet), kNever);
}

TEST(Fleet, ShedsWarmTripsWithoutDrivers) {
  Given given;
  given.drivers = 3;
  given.settings.initial_supplying = 1.0;
  State fleet = make(given);
  EXPECT_EQ(run(fleet, SimTime{seconds{10}}).size(), 3U);
  EXPECT_EQ(fleet.totals.offered, 10U);
  EXPECT_EQ(fleet.totals.shed, 7U);
}

// SH-02: vehicles came whether anybody counted them or not, and none came twice.
TEST(Fleet, ResumesWhereItsFormerLifeEnded) {
  Given given;
  given.rate = 10.0;
  given.settings.initial_supplying = 1.0;
  for (int s = 0; s < 60; ++s)
    given.replay.push_back({SimTime{seconds{s}}, Energy{5}, seconds{1}, 0});
  State fleet = make(given);
  const SimTime since{seconds{40}};
  const SimTime now{seconds{46}};
  resume(fleet, since);
  static_cast<void>(step(fleet, PowerOn{}, now));
  std::size_t replayed = 0;
  std::size_t late = 0;
  while (due(fleet) < SimTime{seconds{60}}) {
    for (const Effect& effect : step(fleet, Tick{}, std::max(now, due(fleet)))) {
      const Trip& trip = std::get<Dispatch>(effect).trip;
      ASSERT_GT(trip.due, since);
      late += trip.due < now ? 1 : 0;
      replayed += trip.target == Energy{5} ? 1 : 0;
    }
  }
  EXPECT_EQ(replayed, 19U) << "seconds 41 to 59";
  EXPECT_GT(late, 30U) << "what was due meanwhile is asked for late, and its latency says so";
  EXPECT_EQ(fleet.totals.offered, fleet.totals.done + fleet.totals.shed);
}

TEST(Fleet, ReplaysEachSessionToTheMillijoule) {
  Given given;
  given.replay = {{SimTime{seconds{9}}, Energy{0}, hours{1}, 2},
                  {SimTime{seconds{5}}, Energy{3'600'000'001}, hours{2}, 1},
                  {SimTime{seconds{7}}, Energy{36'000'000'000}, seconds{60}, 0}};
  State fleet = make(given);
  const auto out = run(fleet, SimTime{hours{1}});
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0].trip.point, PointId{1}) << "in the order of time";
  EXPECT_EQ(out[0].trip.target, Energy{3'600'000'001});
  EXPECT_EQ(out[0].trip.stay, hours{2});
  EXPECT_LE(out[1].trip.target, Power{11'000} * out[1].trip.stay) << "the stay gives way";
  EXPECT_EQ(fleet.totals.bounded, 1U);
  EXPECT_EQ(Power{350'000} * out[2].trip.stay, Energy{0}) << "0 kWh stays 0, at any power";
  EXPECT_GT(out[2].trip.stay.count(), 0) << "0 would mean: no limit";
}

TEST(Fleet, AsksForAZoneIfSoConfigured) {
  Given given;
  given.rate = 5.0;
  given.settings.any_in_zone = true;
  State fleet = make(given);
  for (const Dispatch& d : run(fleet, SimTime{seconds{10}})) {
    EXPECT_TRUE(d.trip.any_in_zone);
    EXPECT_EQ(index_of(d.trip.zone), index_of(d.trip.point) % 3);
  }
}

TEST(Fleet, VisitsAllPointsEvenly) {
  Given given;
  given.rate = 100.0;
  given.drivers = 20'000;
  State fleet = make(given);
  std::vector<double> visits(10);
  const auto out = run(fleet, SimTime{seconds{100}});
  for (const Dispatch& d : out) visits[index_of(d.trip.point)] += 1;
  for (const double n : visits) EXPECT_NEAR(n, 1'000.0, 5 * 32);
}

TEST(Fleet, MakesNoTripBeforePowerOnNorAfterHalt) {
  Given given;
  given.rate = 10.0;
  State fleet = make(given);
  EXPECT_EQ(due(fleet), kNever);
  EXPECT_TRUE(step(fleet, Tick{}, SimTime{seconds{5}}).empty());
  static_cast<void>(step(fleet, PowerOn{}, SimTime{}));
  EXPECT_LT(due(fleet), SimTime{seconds{10}});
  static_cast<void>(step(fleet, Halt{}, SimTime{seconds{1}}));
  EXPECT_EQ(due(fleet), kNever);
  EXPECT_TRUE(step(fleet, Tick{}, SimTime{seconds{5}}).empty());
}

}  // namespace
}  // namespace chargemill::fleet
