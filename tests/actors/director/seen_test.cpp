// What a monitor can find is told to the shard when it begins, and when it is over.
#include <gtest/gtest.h>

#include <vector>

#include "actors/director/director.hpp"

namespace chargemill::director {
namespace {

using std::chrono::seconds;

SimTime at(int s) { return SimTime{seconds{s}}; }

Fault fault(FaultKind kind, int begin_s, int duration_s) {
  Fault f;
  f.kind = kind;
  f.at = at(begin_s);
  f.duration = seconds{duration_s};
  return f;
}

struct Said {
  SimTime now;
  SimTime injected;  ///< kNever: it is over
};
bool operator==(const Said& a, const Said& b) { return a.now == b.now && a.injected == b.injected; }

/// What the shard of one point is told until all is over.
std::vector<Said> told(const std::vector<Fault>& faults) {
  State d = make_state({}, {{PointId{0}, ZoneId{0}}}, {}, faults);
  std::vector<Said> said;
  SimTime now{};
  const auto hear = [&](const Effects& effects) {
    for (const Effect& effect : effects) {
      const auto* to = std::get_if<ToShard>(&effect);
      if (to == nullptr) continue;
      if (const auto* seen = std::get_if<FaultInjected>(&to->message))
        said.push_back({now, seen->at});
    }
  };
  hear(step(d, PowerOn{}, now));
  while (due(d) != kNever) {
    now = due(d);
    hear(step(d, Tick{}, now));
  }
  return said;
}

// Else the next fault, of whatever kind, would count from an injection that nobody has found.
TEST(SeenFaults, ASilenceAndAKoKeyHaveAnEnd) {  // law 7
  const std::vector<Said> expected{{at(5), at(5)}, {at(6), kNever}};
  EXPECT_EQ(told({fault(FaultKind::engine_silent, 5, 1)}), expected);
  EXPECT_EQ(told({fault(FaultKind::engine_ko, 5, 1)}), expected);
}

TEST(SeenFaults, TheLastOfThemEndsIt) {
  EXPECT_EQ(told({fault(FaultKind::engine_silent, 5, 10), fault(FaultKind::engine_ko, 8, 2)}),
            (std::vector<Said>{{at(5), at(5)}, {at(8), at(8)}, {at(15), kNever}}));
  EXPECT_EQ(told({fault(FaultKind::engine_silent, 5, 10), fault(FaultKind::engine_silent, 8, 2)}),
            (std::vector<Said>{{at(5), at(5)}, {at(8), at(8)}, {at(15), kNever}}));
}

TEST(SeenFaults, ACrashEndsWithTheEngineThatStartsAgain) {  // which its shard hears
  EXPECT_EQ(told({fault(FaultKind::engine_crash, 5, 10)}), (std::vector<Said>{{at(5), at(5)}}));
}

TEST(SeenFaults, WhatNoMonitorCanFindIsNotTold) {
  EXPECT_TRUE(told({fault(FaultKind::monitor_loss, 5, 1), fault(FaultKind::start_refused, 5, 1),
                    fault(FaultKind::partition, 5, 1), fault(FaultKind::telemetry_error, 5, 1)})
                  .empty());
}

TEST(SeenFaults, DriversWhoBeginWhileCentralIsDownAreCutOff) {  // D-131
  State d =
      make_state({}, {{PointId{0}, ZoneId{0}}}, {}, {fault(FaultKind::central_restart, 10, 20)});
  const auto run_to = [&d](int s) {
    while (due(d) <= at(s)) static_cast<void>(step(d, Tick{}, due(d)));
  };
  static_cast<void>(step(d, PowerOn{}, SimTime{}));
  run_to(9);
  EXPECT_TRUE(step(d, FleetBegan{}, at(9)).empty()) << "all is well";
  run_to(11);
  const auto said = step(d, FleetBegan{}, at(11));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<ToDrivers>(said[0]));
  run_to(40);
  EXPECT_TRUE(step(d, FleetBegan{}, at(40)).empty()) << "it is back";
}

}  // namespace
}  // namespace chargemill::director
