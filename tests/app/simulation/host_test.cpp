// How many threads an engine of a run has, and how they wait for others.
#include "app/simulation/host.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <utility>

#include "runtime/cluster/exchange.hpp"
#include "tests/support/socket_folder.hpp"

namespace chargemill::app {
namespace {

TEST(WorkersOfEach, AreAsManyAsThereAreCoresForAndOneAtLeast) {
  EXPECT_EQ(workers_of_each(1, 8), 8U);
  EXPECT_EQ(workers_of_each(2, 8), 4U);
  EXPECT_EQ(workers_of_each(3, 8), 2U);
  EXPECT_EQ(workers_of_each(4, 2), 1U);
  EXPECT_EQ(workers_of_each(1, 0), 1U) << "it is not known how many there are";
  EXPECT_EQ(workers_of_each(0, 8), 8U);
}

TEST(WorkersOf, AreThoseThatTheScenarioAsksForOrAShareOfTheCores) {
  network::Scenario scenario;
  scenario.run.nodes = 2;
  EXPECT_EQ(workers_of(scenario), workers_of_each(2, std::thread::hardware_concurrency()));
  scenario.run.workers = 7;
  EXPECT_EQ(workers_of(scenario), 7U);
}

class EngineOfARun : public testing::Test {
 protected:
  EngineOfARun() {
    scenario_.run.workers = 1;
    scenario_.run.nodes = 2;
    runtime::Exchange::Options options;
    options.links.nodes = folder_.endpoints(2);
    options.links.self = 1;
    options.links.leave_for = Nanos{0};
    auto opened = runtime::Exchange::open(std::move(options));
    EXPECT_TRUE(opened.has_value());
    exchange_ = std::move(*opened);
  }

  test::SocketFolder folder_;
  network::Scenario scenario_;
  std::unique_ptr<runtime::Exchange> exchange_;
};

// Two nodes of one worker each have cores enough on most machines, and wait for each other at every
// window all the same.
TEST_F(EngineOfARun, DoesNotSpinWhileItWaitsForOtherNodes) {
  for (const bool is_virtual : {false, true}) {
    scenario_.run.speed.max = is_virtual;
    const auto options = engine_options(scenario_, exchange_.get());
    EXPECT_EQ(options.nodes, 2U);
    EXPECT_EQ(options.node, 1U);
    EXPECT_EQ(options.workers, 1U);
    EXPECT_FALSE(options.may_spin);
  }
}

TEST_F(EngineOfARun, MaySpinWhereAllThatItWaitsForAreItsOwnWorkers) {
  scenario_.run.nodes = 1;
  const auto options = engine_options(scenario_, nullptr);
  EXPECT_EQ(options.nodes, 1U);
  EXPECT_TRUE(options.may_spin);
}

}  // namespace
}  // namespace chargemill::app
