#include "runtime/engine/model_clock.hpp"

#include <gtest/gtest.h>

namespace chargemill::runtime {
namespace {

using namespace std::chrono_literals;

// A node that joins a network begins where the others are.
TEST(ModelClock, BeginsAtAnyTimeAndGoesOnFromThere) {
  for (const double speed : {1.0, 10.0, 0.5}) {
    ModelClock clock{Pacing::paced, speed};
    EXPECT_EQ(clock.target(ModelClock::wall_now()), SimTime{});
    const auto before = ModelClock::wall_now();
    clock.start(SimTime{90min});
    const auto after = ModelClock::wall_now();
    EXPECT_TRUE(clock.started());
    // To the nanosecond that the speed makes of the wall's.
    const auto zero = clock.wall_of(SimTime{});
    const auto passed = std::chrono::duration_cast<Nanos>(Nanos{90min} / speed);
    EXPECT_GE(zero + passed, before - 1ns) << speed;
    EXPECT_LE(zero + passed, after + 1ns) << speed;
    EXPECT_GE(clock.target(after), SimTime{90min} - 1us) << speed;
    EXPECT_LE(clock.lateness(SimTime{90min}, after), after - before + 1ns) << speed;
  }
}

}  // namespace
}  // namespace chargemill::runtime
