// Numbers that each life of a shard gives out.
#include <gtest/gtest.h>

#include <set>

#include "actors/network/succession.hpp"

namespace chargemill::network {
namespace {

TEST(Lives, TheFirstHaveWholePartsOfTheNumbersOfARun) {
  for (unsigned life = 0; life < 32; ++life) EXPECT_EQ(first_of_life(life, 17), life << 17U);
}

// A network may lose its nodes for weeks: no loss is the last that it outlives.
TEST(Lives, NoTwoOfThirtyTwoThousandBeginWithOneNumber) {
  constexpr unsigned kLives = 32'768;
  for (const unsigned bits : {17U, 23U}) {
    std::set<std::uint64_t> all;
    for (unsigned life = 0; life < kLives; ++life) {
      const auto first = first_of_life(life, bits);
      EXPECT_LT(first, std::uint64_t{1} << (bits + 5)) << life;
      EXPECT_EQ(first % (std::uint64_t{1} << (bits - 10)), 0U) << life;
      all.insert(first);
    }
    EXPECT_EQ(all.size(), kLives);
    EXPECT_EQ(first_of_life(kLives, bits), 0U);
  }
}

}  // namespace
}  // namespace chargemill::network
