#include "app/simulation/memory_limit.hpp"

#include <gtest/gtest.h>

namespace chargemill::app {
namespace {

constexpr std::int64_t kGib = std::int64_t{1} << 30;

TEST(MemoryLimit, LetsThroughWhatFits) { EXPECT_TRUE(check_memory(2 * kGib, 2 * kGib)); }

TEST(MemoryLimit, SaysHowMuchIsMissingAndWhatHelps) {
  const auto checked = check_memory(190 * kGib, 24 * kGib);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::environment);
  EXPECT_EQ(checked.error().text,
            "not enough memory: the scenario needs about 190.0 GiB, 24.0 GiB can be had; try fewer "
            "--charge-points and --drivers, or a larger limit");
}

TEST(MemoryLimit, KnowsThisMachine) {
  EXPECT_GT(available_memory(), 64 << 20);
  EXPECT_LT(available_memory(), std::int64_t{1} << 50);
}

}  // namespace
}  // namespace chargemill::app
