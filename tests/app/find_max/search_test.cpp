#include "app/find_max/search.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "app/find_max/scaled.hpp"

namespace chargemill::app {
namespace {

/// A machine that carries so much; counts what is tried.
struct Machine {
  double capacity;
  int tries = 0;
  Trial operator()(double load) {
    ++tries;
    return load <= capacity ? Trial::passes : Trial::fails;
  }
};

SearchLimits limits(double from, double most) {
  SearchLimits result;
  result.from = from;
  result.most = most;
  return result;
}

SearchResult search(Machine& machine, const SearchLimits& within) {
  return find_largest(within, [&](double load) { return machine(load); });
}

TEST(FindLargest, ComesAsCloseAsAsked) {
  for (const double capacity : {1.0, 7.0, 999.0, 123'456.0}) {
    for (const double from : {1.0, 100.0, 1e6}) {
      Machine machine{capacity};
      const auto result = search(machine, limits(from, 1e9));
      ASSERT_TRUE(result.best && result.failed) << capacity << " from " << from;
      EXPECT_LE(*result.best, capacity);
      EXPECT_GT(*result.failed, capacity);
      EXPECT_LE(*result.failed - *result.best, 0.05 * *result.best);
      EXPECT_LT(machine.tries, 45);
    }
  }
}

TEST(FindLargest, TriesWholeLoadsOnlyWhenAskedAndNoneTwice) {
  for (double capacity = 0; capacity < 70; ++capacity) {
    for (const double from : {1.0, 5.0, 33.3, 64.0}) {
      std::set<double> tried;
      auto within = limits(from, 1e6);
      within.whole = true;
      within.precision = 1e-9;
      const auto result = find_largest(within, [&](double load) {
        EXPECT_EQ(load, std::round(load));
        if (tried.insert(load).second) return load <= capacity ? Trial::passes : Trial::fails;
        ADD_FAILURE() << load << " again";
        return Trial::stop;  // or it would go on for ever
      });
      EXPECT_EQ(result.best.value_or(0.0), capacity) << "from " << from;
      EXPECT_EQ(result.failed, capacity + 1) << "from " << from;
    }
  }
}

TEST(FindLargest, StopsAtTheMostAndAtTheLeast) {
  Machine strong{1e12};
  const auto most = search(strong, limits(10, 1'000));
  EXPECT_DOUBLE_EQ(*most.best, 1'000.0);
  EXPECT_FALSE(most.failed);
  Machine weak{0.0};
  const auto none = search(weak, limits(10, 1'000));
  EXPECT_FALSE(none.best);
  EXPECT_DOUBLE_EQ(*none.failed, 1.0);
}

TEST(FindLargest, KeepsTheBestSoFarWhenItIsStopped) {
  int tries = 0;
  const auto result = find_largest(
      limits(1, 1e9), [&](double) { return ++tries == 4 ? Trial::stop : Trial::passes; });
  EXPECT_TRUE(result.interrupted);
  EXPECT_DOUBLE_EQ(*result.best, 4.0);
}

TEST(FindLargest, EndsWhereLessIsNoHelp) {
  int tries = 0;
  const auto result = find_largest(
      limits(1'000, 1e9), [&](double) { return ++tries == 4 ? Trial::hopeless : Trial::fails; });
  EXPECT_FALSE(result.best);
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(tries, 4);
  EXPECT_DOUBLE_EQ(*result.failed, 125.0);
}

TEST(ScaledScenario, GrowsDriversWithTheChargePoints) {
  network::Scenario s;
  s.network.charge_points = 100;
  s.drivers.count = 30;
  const auto twice = scaled(s, LoadKind::charge_points, 200);
  EXPECT_EQ(twice.network.charge_points, 200U);
  EXPECT_EQ(twice.drivers.count, 60U);
  const auto keys = changed_keys(twice, LoadKind::charge_points);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0], (std::pair<std::string, std::string>{"network.charge_points", "200"}));
  EXPECT_EQ(keys[1], (std::pair<std::string, std::string>{"drivers.count", "60"}));
}

TEST(ScaledScenario, PutsARateIntoStagesElseIntoASteadyOne) {
  network::Scenario s;
  s.network.charge_points = 86'400;
  s.drivers.sessions_per_cp_per_day = 2.0;
  EXPECT_DOUBLE_EQ(*load_of(s, LoadKind::request_rate), 2.0);
  const auto steady = scaled(s, LoadKind::request_rate, 5.0);
  ASSERT_EQ(steady.stages.size(), 1U) << "the profile's rate is another one at each hour";
  EXPECT_DOUBLE_EQ(steady.stages[0].value, 5.0);
  EXPECT_EQ(steady.stages[0].after, SimTime{});
  EXPECT_EQ(added_stage(s, LoadKind::request_rate, 5.0),
            "[[stage]]\nafter = \"0s\"\ntarget = \"request_rate\"\nvalue = 5\n");
  EXPECT_EQ(added_stage(s, LoadKind::charge_points, 5.0), "");
  s.stages.push_back({SimTime{}, Nanos{0}, network::StageTarget::request_rate, 10.0});
  s.stages.push_back({SimTime{}, Nanos{0}, network::StageTarget::request_rate, 40.0});
  EXPECT_DOUBLE_EQ(*load_of(s, LoadKind::request_rate), 40.0);
  const auto half = scaled(s, LoadKind::request_rate, 20.0);
  EXPECT_DOUBLE_EQ(half.stages[0].value, 5.0);
  EXPECT_DOUBLE_EQ(half.stages[1].value, 20.0);
  EXPECT_EQ(half.stages.size(), 2U);
  EXPECT_EQ(added_stage(s, LoadKind::request_rate, 20.0), "");
}

TEST(ScaledScenario, RefusesWhatCannotGrow) {
  network::Scenario s;
  s.network.points.resize(3);
  EXPECT_FALSE(load_of(s, LoadKind::charge_points));
  EXPECT_FALSE(load_of(s, LoadKind::request_rate));
}

}  // namespace
}  // namespace chargemill::app
