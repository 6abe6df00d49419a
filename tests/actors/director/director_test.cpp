#include "actors/director/director.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace chargemill::director {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

SimTime at(int s) { return SimTime{seconds{s}}; }

std::vector<Place> places(std::uint32_t n) {
  std::vector<Place> out;
  for (std::uint32_t i = 0; i < n; ++i) {
    out.push_back({PointId{i}, ZoneId{static_cast<std::uint16_t>(i % 4)}});
  }
  return out;
}

/// What the world has been told, by the director's effects alone.
struct World {
  std::map<std::uint32_t, bool> point_on, monitor_on, linked;
  std::map<std::uint32_t, SimTime> kept_until;
  std::map<std::string, int> counts;
  bool central_up = true;

  void hear(const Effect& effect) {
    if (const auto* p = std::get_if<ToPoint>(&effect)) {
      const std::uint32_t id = index_of(p->point);
      if (std::holds_alternative<PowerOn>(p->message)) point_on[id] = true;
      if (std::holds_alternative<PowerOff>(p->message)) point_on[id] = false;
      if (std::holds_alternative<LinkUp>(p->message)) linked[id] = true;
      if (std::holds_alternative<LinkDown>(p->message)) linked[id] = false;
      if (std::holds_alternative<Crash>(p->message)) ++counts["crash"];
      if (std::holds_alternative<Silence>(p->message)) ++counts["silence"];
      if (std::holds_alternative<KoKey>(p->message)) ++counts["ko"];
      if (std::holds_alternative<OkKey>(p->message)) ++counts["ok"];
      if (std::holds_alternative<RefuseStarts>(p->message)) ++counts["refuse"];
      if (std::holds_alternative<MeterFails>(p->message)) ++counts["meter fails"];
      if (std::holds_alternative<MeterWorks>(p->message)) ++counts["meter works"];
    } else if (const auto* m = std::get_if<ToMonitor>(&effect)) {
      const std::uint32_t id = index_of(m->point);
      if (std::holds_alternative<PowerOn>(m->message)) monitor_on[id] = true;
      if (std::holds_alternative<PowerOff>(m->message)) monitor_on[id] = false;
    } else if (const auto* kept = std::get_if<KeepCrashed>(&effect)) {
      kept_until[index_of(kept->point)] = kept->until;
    } else {
      const auto& shard = std::get<ToShard>(effect);
      if (std::holds_alternative<CentralDown>(shard.message)) central_up = false;
      if (std::holds_alternative<CentralUp>(shard.message)) central_up = true;
      if (const auto* seen = std::get_if<FaultInjected>(&shard.message))
        ++counts[seen->at == kNever ? "over" : "injected"];
    }
  }
  static std::size_t number_of(const std::map<std::uint32_t, bool>& states, bool wanted) {
    std::size_t n = 0;
    for (const auto& [id, is] : states) n += is == wanted ? 1 : 0;
    return n;
  }
};

/// Ticks until nothing is due up to and including `end`.
void run(State& state, World& world, SimTime end) {
  while (due(state) <= end && due(state) != kNever) {
    const auto said = step(state, Tick{}, due(state));
    ASSERT_LE(said.size(), kEffectsMax);
    for (const Effect& effect : said) world.hear(effect);
  }
}
void start(State& state, World& world) {
  for (const Effect& effect : step(state, PowerOn{}, SimTime{})) world.hear(effect);
}

Fault fault(FaultKind kind, double rate, SimTime when = kNever, Nanos duration = seconds{20}) {
  Fault f;
  f.kind = kind;
  f.rate_per_point_hour = rate;
  f.at = when;
  f.duration = duration;
  return f;
}

TEST(Director, DoesWhatPeopleDoInTheOrderOfTime) {  // D-106
  State d = make_state({}, places(3), {}, {},
                       {{at(20), PointId{1}, StartHere{Energy{5}, kNobody}},
                        {at(10), PointId{1}, Plug{}},
                        {at(30), PointId{1}, Unplug{}}});
  World world;
  start(d, world);
  run(d, world, at(9));
  std::vector<std::size_t> kinds;
  while (due(d) <= at(20)) {
    for (const Effect& effect : step(d, Tick{}, due(d))) {
      const auto& to = std::get<ToPoint>(effect);
      EXPECT_EQ(to.point, PointId{1});
      kinds.push_back(std::holds_alternative<Plug>(to.message)        ? 1
                      : std::holds_alternative<StartHere>(to.message) ? 2
                                                                      : 3);
    }
  }
  EXPECT_EQ(kinds, (std::vector<std::size_t>{1, 2}));
  static_cast<void>(step(d, Halt{}, at(25)));
  EXPECT_EQ(due(d), kNever) << "nothing new begins";
}

TEST(Director, CarriesOrdersToCentralAndWhatPeopleDoToMonitorsAndDrivers) {  // D-076, D-120, D-129
  State d = make_state({}, places(3), {}, {},
                       {{at(10), {}, OperatorOrder{PointId{}, OperatorAction::stop, true}},
                        {at(10), PointId{2}, SimulateFault{true}},
                        {at(10), {}, Leave{}, DriverId{5}}});
  World world;
  start(d, world);
  run(d, world, at(9));
  const auto said = step(d, Tick{}, at(10));
  ASSERT_EQ(said.size(), 3U);
  EXPECT_TRUE(std::get<ToCentral>(said[0]).message.all);
  EXPECT_EQ(std::get<ToMonitor>(said[1]).point, PointId{2});
  EXPECT_EQ(std::get<ToDriver>(said[2]).driver, DriverId{5});
}

TEST(Director, ABrokenMeterIsMendedWhenTheLastOfItsFailuresEnds) {  // D-104
  State d = make_state({}, places(10), {},
                       {fault(FaultKind::telemetry_error, 0.0, at(10), seconds{20}),
                        fault(FaultKind::telemetry_error, 0.0, at(15), seconds{30})});
  World world;
  start(d, world);
  run(d, world, at(40));
  EXPECT_EQ(world.counts["meter fails"], 10);
  EXPECT_EQ(world.counts["meter works"], 0);
  EXPECT_EQ(world.counts["injected"], 0) << "only a session runs into it";
  run(d, world, at(45));
  EXPECT_EQ(world.counts["meter works"], 10);
  EXPECT_EQ(d.totals.injected, 20U);
}

TEST(Director, KeysAndMetersOfPointsThatAreOffAreAsTheyAreWhenThosePointsComeOn) {  // D-104, D-105
  State d = make_state(
      {}, places(6), {{at(0), Nanos{0}, 0.0}, {at(15), Nanos{0}, 1.0}},
      {fault(FaultKind::engine_ko, 0.0, at(10)), fault(FaultKind::telemetry_error, 0.0, at(11))});
  World world;
  start(d, world);
  run(d, world, at(12));
  EXPECT_EQ(World::number_of(world.point_on, true), 0U);
  EXPECT_EQ(world.counts["ko"], 6);
  EXPECT_EQ(world.counts["meter fails"], 6);
  EXPECT_EQ(world.counts["injected"], 0) << "no monitor is there to find it";
  EXPECT_EQ(d.totals.skipped, 12U);
  run(d, world, at(40));
  EXPECT_EQ(World::number_of(world.point_on, true), 6U);
  EXPECT_EQ(world.counts["ok"], 6);
  EXPECT_EQ(world.counts["meter works"], 6);
}

TEST(Director, SwitchesEverythingOnWithinASecondAndNotInOneHerd) {
  State d = make_state({}, places(1'000), {}, {});
  World world;
  start(d, world);
  std::size_t largest = 0;
  while (due(d) != kNever) {
    const SimTime now = due(d);
    ASSERT_LE(now, at(1));
    const auto said = step(d, Tick{}, now);
    for (const Effect& effect : said) world.hear(effect);
    largest = std::max(largest, said.size());
  }
  EXPECT_EQ(World::number_of(world.point_on, true), 1'000U);
  EXPECT_EQ(World::number_of(world.monitor_on, true), 1'000U);
  EXPECT_LE(largest, 10U);
}

TEST(Director, KeepsTheConnectedShareOfARampADipAndAStorm) {
  const std::vector<ShareStage> stages{
      {at(0), seconds{100}, 0.8}, {at(200), Nanos{0}, 0.3}, {at(300), Nanos{0}, 1.0}};
  State d = make_state({}, places(4'000), stages, {});
  World world;
  start(d, world);
  run(d, world, at(50));
  EXPECT_NEAR(static_cast<double>(World::number_of(world.point_on, true)), 1'600, 5 * 31);
  run(d, world, at(150));
  EXPECT_NEAR(static_cast<double>(World::number_of(world.point_on, true)), 3'200, 5 * 26);
  const auto before = world.point_on;
  run(d, world, at(200));
  EXPECT_NEAR(static_cast<double>(World::number_of(world.point_on, true)), 1'200, 5 * 29);
  for (const auto& [id, is_on] : world.point_on) EXPECT_TRUE(!is_on || before.at(id));
  EXPECT_EQ(due(d), at(300)) << "a step switches all at once";
  run(d, world, at(300));
  EXPECT_EQ(World::number_of(world.point_on, true), 4'000U);
  EXPECT_EQ(World::number_of(world.monitor_on, true), 4'000U);
}

TEST(Director, AStageThatComesLaterFindsAllOn) {
  State d = make_state({}, places(100), {{at(10), seconds{10}, 0.0}}, {});
  World world;
  start(d, world);
  run(d, world, at(9));
  EXPECT_EQ(World::number_of(world.point_on, true), 100U);
  run(d, world, at(20));
  EXPECT_EQ(World::number_of(world.point_on, true), 0U);
}

TEST(Director, StrikesAtItsRate) {
  State d = make_state({}, places(1'000), {}, {fault(FaultKind::engine_crash, 2.0)});
  World world;
  start(d, world);
  run(d, world, SimTime{hours{1}});
  EXPECT_NEAR(world.counts["crash"], 2'000, 5 * 45);
  EXPECT_EQ(world.counts["injected"], world.counts["crash"]);
  EXPECT_EQ(d.totals.injected, static_cast<std::uint64_t>(world.counts["crash"]));
}

TEST(Director, StrikesOnlyInTheZoneOrAtThePointNamed) {
  Fault zone = fault(FaultKind::engine_silent, 5.0);
  zone.zone = ZoneId{2};
  Fault point = fault(FaultKind::engine_crash, 0.0, at(100));
  point.point = PointId{7};
  State d = make_state({}, places(40), {}, {zone, point});
  static_cast<void>(step(d, PowerOn{}, SimTime{}));
  int silences = 0;
  while (due(d) < SimTime{hours{2}}) {
    const SimTime now = due(d);
    for (const Effect& effect : step(d, Tick{}, now)) {
      const auto* to = std::get_if<ToPoint>(&effect);
      if (to == nullptr) continue;
      if (const auto* silence = std::get_if<Silence>(&to->message)) {
        EXPECT_EQ(index_of(to->point) % 4, 2U);
        EXPECT_EQ(silence->until, now + seconds{20});
        ++silences;
      }
      if (std::holds_alternative<Crash>(to->message)) {
        EXPECT_EQ(to->point, PointId{7});
        EXPECT_EQ(now, at(100));
      }
    }
  }
  EXPECT_NEAR(silences, 100, 50);
}

TEST(Director, GivesEachHarmItsEnd) {
  State d = make_state(
      {}, places(300), {},
      {fault(FaultKind::engine_ko, 0.0, at(10)), fault(FaultKind::monitor_loss, 0.0, at(20)),
       fault(FaultKind::start_refused, 0.0, at(30)), fault(FaultKind::partition, 0.0, at(50))});
  World world;
  start(d, world);
  run(d, world, at(10));
  EXPECT_EQ(world.counts["ko"], 300);
  EXPECT_EQ(world.counts["ok"], 0);
  run(d, world, at(30));
  EXPECT_EQ(world.counts["ok"], 300);
  EXPECT_EQ(world.counts["refuse"], 300);
  EXPECT_EQ(World::number_of(world.monitor_on, false), 300U);
  EXPECT_EQ(World::number_of(world.point_on, true), 300U) << "the engine does not care (D-045)";
  run(d, world, at(40));
  EXPECT_EQ(World::number_of(world.monitor_on, true), 300U);
  run(d, world, at(50));
  EXPECT_EQ(World::number_of(world.linked, false), 300U);
  EXPECT_TRUE(world.central_up);
  run(d, world, at(70));
  EXPECT_EQ(World::number_of(world.linked, true), 300U);
  EXPECT_EQ(due(d), kNever);
  EXPECT_EQ(d.totals.injected, 1'200U);
  EXPECT_EQ(world.counts["injected"], 300) << "only what a monitor can see is measured";
  EXPECT_EQ(world.counts["over"], 300);
}

TEST(Director, ACrashLastsAsLongAsItSaysElseAsTheSupervisorHasIt) {  // D-216
  State d = make_state({}, places(10), {},
                       {fault(FaultKind::engine_crash, 0.0, at(10), Nanos{0}),
                        fault(FaultKind::engine_crash, 0.0, at(20), seconds{45})});
  World world;
  start(d, world);
  run(d, world, at(10));
  EXPECT_EQ(world.counts["crash"], 10);
  EXPECT_TRUE(world.kept_until.empty());
  run(d, world, at(20));
  EXPECT_EQ(world.counts["crash"], 20);
  EXPECT_EQ(world.kept_until.size(), 10U);
  for (const auto& [point, until] : world.kept_until) EXPECT_EQ(until, at(65)) << point;
  EXPECT_EQ(due(d), kNever) << "the supervisor ends it";
}

TEST(Director, RestartsCentralAndTellsEveryLink) {  // D-214
  State d = make_state({}, places(200), {}, {fault(FaultKind::central_restart, 0.0, at(10))});
  World world;
  start(d, world);
  run(d, world, at(10));
  EXPECT_FALSE(world.central_up);
  EXPECT_EQ(World::number_of(world.linked, false), 200U);
  run(d, world, at(30));
  EXPECT_TRUE(world.central_up);
  EXPECT_EQ(World::number_of(world.linked, true), 200U);
  EXPECT_EQ(d.totals.injected, 1U);
}

TEST(Director, OverlappingCutsHealWithTheLastOne) {
  State d = make_state({}, places(4), {},
                       {fault(FaultKind::partition, 0.0, at(10), seconds{20}),
                        fault(FaultKind::central_restart, 0.0, at(15), seconds{30})});
  World world;
  start(d, world);
  run(d, world, at(31));
  EXPECT_EQ(World::number_of(world.linked, false), 4U) << "central is still down";
  run(d, world, at(45));
  EXPECT_EQ(World::number_of(world.linked, true), 4U);
}

TEST(Director, SparesPointsThatAreSwitchedOff) {
  State d = make_state({}, places(50), {{at(0), Nanos{0}, 0.0}},
                       {fault(FaultKind::engine_crash, 0.0, at(10))});
  World world;
  start(d, world);
  run(d, world, at(20));
  EXPECT_EQ(world.counts["crash"], 0);
  EXPECT_EQ(d.totals.injected, 0U);
  EXPECT_EQ(d.totals.skipped, 50U);
}

TEST(Director, BeginsNothingAfterHaltButEndsWhatItBegan) {
  State d = make_state(
      {}, places(10), {{at(60), Nanos{0}, 0.0}},
      {fault(FaultKind::monitor_loss, 0.0, at(10)), fault(FaultKind::engine_crash, 100.0)});
  World world;
  start(d, world);
  run(d, world, at(11));
  static_cast<void>(step(d, Halt{}, at(12)));
  const int crashes = world.counts["crash"];
  run(d, world, SimTime{hours{1}});
  EXPECT_EQ(world.counts["crash"], crashes);
  EXPECT_EQ(World::number_of(world.monitor_on, true), 10U);
  EXPECT_EQ(World::number_of(world.point_on, true), 10U);
}

// SH-02: what had happened does not happen again, and what it had broken is new.
TEST(Director, ResumesWithoutRepeatingWhatHasHappened) {
  const std::vector<Fault> faults{fault(FaultKind::partition, 0.0, at(20)),
                                  fault(FaultKind::engine_ko, 0.0, at(90)),
                                  fault(FaultKind::engine_silent, 3'600.0)};
  std::vector<Deed> deeds{{at(30), PointId{1}, Plug{}}, {at(95), PointId{2}, Unplug{}}};
  State director = make_state({}, places(40), {}, faults, deeds);
  World world;
  resume(director, at(60));
  for (const Effect& effect : step(director, PowerOn{}, at(66))) world.hear(effect);
  for (int s = 66; s <= 70; ++s) {
    while (due(director) <= at(s)) {
      for (const Effect& effect : step(director, Tick{}, at(s))) world.hear(effect);
    }
  }
  EXPECT_EQ(World::number_of(world.point_on, true), 40U) << "all are on at once";
  EXPECT_EQ(World::number_of(world.linked, false), 0U) << "that partition is over";
  EXPECT_LT(world.counts["silence"], 400) << "rates go on from now, and not from the beginning";
  EXPECT_EQ(world.counts["ko"], 0);
  run(director, world, at(94));
  EXPECT_EQ(world.counts["ko"], 40);
  EXPECT_EQ(director.next_deed, 1U);
}

TEST(Director, LateTicksLeaveTheSameWorldWhateverTheSeed) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Settings settings;
    settings.seed = seed;
    const std::vector<ShareStage> stages{{at(20), seconds{40}, 0.5}, {at(80), Nanos{0}, 1.0}};
    const std::vector<Fault> faults{
        fault(FaultKind::monitor_loss, 60.0), fault(FaultKind::partition, 30.0),
        fault(FaultKind::engine_ko, 30.0), fault(FaultKind::central_restart, 0.0, at(50))};
    State prompt = make_state(settings, places(60), stages, faults);
    State late = prompt;
    World a;
    World b;
    start(prompt, a);
    start(late, b);
    run(prompt, a, at(300));
    for (int s = 0; s <= 300; s += 7) {
      while (due(late) <= at(s)) {
        for (const Effect& effect : step(late, Tick{}, at(s))) b.hear(effect);
      }
    }
    while (due(late) <= at(300)) {
      for (const Effect& effect : step(late, Tick{}, at(300))) b.hear(effect);
    }
    EXPECT_EQ(a.point_on, b.point_on);
    EXPECT_EQ(a.monitor_on, b.monitor_on);
    EXPECT_EQ(a.linked, b.linked);
    EXPECT_EQ(a.counts, b.counts);
    EXPECT_EQ(prompt.totals.injected, late.totals.injected);
    static_cast<void>(step(prompt, Halt{}, at(300)));
    run(prompt, a, SimTime{hours{1}});
    EXPECT_EQ(World::number_of(a.linked, false), 0U) << "every cut heals";
    EXPECT_EQ(World::number_of(a.monitor_on, false), 0U) << "every monitor comes back";
  }
}

}  // namespace
}  // namespace chargemill::director
