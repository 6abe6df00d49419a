#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "runtime/base/digest.hpp"
#include "runtime/base/inline_vector.hpp"
#include "runtime/base/random_stream.hpp"
#include "runtime/base/rare.hpp"
#include "runtime/base/units.hpp"

namespace chargemill {
namespace {

using namespace std::chrono_literals;
__extension__ using Wide = __int128;

TEST(Units, EnergyOfAYearAt350KilowattsDoesNotOverflow) {
  constexpr Nanos kYear = 365 * 24h;
  EXPECT_EQ((Power{350'000} * kYear).mj, 350'000LL * 365 * 24 * 3'600 * 1'000);
}

// D-108: energy is a function of time; parts rounded down never exceed the whole.
TEST(Units, EnergyIsExactToTheMillijouleRoundedDown) {
  RandomStream random{1, 0, Purpose::choice};
  for (int i = 0; i < 100'000; ++i) {
    const Power p{static_cast<std::int64_t>(1 + random.below(400'000))};
    const Nanos t{static_cast<std::int64_t>(random.bits() >> (14 + random.below(40)))};
    ASSERT_EQ((p * t).mj, static_cast<std::int64_t>(Wide{p.w} * t.count() / 1'000'000));
  }
}

TEST(Units, EnergyOfASessionIsRoundedHalfToEvenOnce) {  // D-111
  EXPECT_EQ(rounded_energy(Power{7'200}, Nanos{1'000'000'070}).mj, 7'200'001);
  // Half a millijoule above an even and above an odd amount.
  EXPECT_EQ(rounded_energy(Power{1'000}, Nanos{2'000'500}).mj, 2'000);
  EXPECT_EQ(rounded_energy(Power{1'000}, Nanos{2'001'500}).mj, 2'002);
  RandomStream random{5, 0, Purpose::choice};
  for (int i = 0; i < 100'000; ++i) {
    const Power p{static_cast<std::int64_t>(1 + random.below(400'000))};
    const Nanos t{static_cast<std::int64_t>(random.bits() >> (14 + random.below(40)))};
    const Wide product = Wide{p.w} * t.count();
    const Wide down = product / 1'000'000;
    const Wide rest = 2 * (product % 1'000'000);
    const bool up = rest > 1'000'000 || (rest == 1'000'000 && (down & 1) != 0);
    ASSERT_EQ(rounded_energy(p, t).mj, static_cast<std::int64_t>(down + (up ? 1 : 0)));
    ASSERT_LE((p * t).mj, rounded_energy(p, t).mj);
  }
}

TEST(Units, TimeToDeliverIsTheShortestThatSuffices) {
  RandomStream random{2, 0, Purpose::choice};
  for (int i = 0; i < 100'000; ++i) {
    const Power p{static_cast<std::int64_t>(1 + random.below(400'000))};
    const Energy e{static_cast<std::int64_t>(random.below(1'000'000'000'000))};
    const Nanos t = time_to_deliver(e, p);
    ASSERT_LE(e, p * t);
    if (t > Nanos{0}) {
      ASSERT_LT(p * (t - Nanos{1}), e);
    }
  }
}

TEST(Units, MoneyIsRoundedHalfToEvenOnce) {  // D-111
  // Half a micro-euro above an even and above an odd amount.
  EXPECT_EQ(cost_of(Energy{kMillijoulesPerKwh / 2}, Price{4}), Money{2});
  EXPECT_EQ(cost_of(Energy{kMillijoulesPerKwh / 2}, Price{5}), Money{2});
  EXPECT_EQ(cost_of(Energy{kMillijoulesPerKwh / 2}, Price{7}), Money{4});
  EXPECT_EQ(cost_of(Energy{kMillijoulesPerKwh * 3 / 2}, Price{5}), Money{8}) << "7.5, not 5 + 2.5";
  RandomStream random{3, 0, Purpose::choice};
  for (int i = 0; i < 100'000; ++i) {
    const Energy e{static_cast<std::int64_t>(random.below(3'600'000'000'000))};
    const Price p{static_cast<std::int64_t>(random.below(2'000'000'000))};
    const Wide product = Wide{e.mj} * p.microeur_per_kwh;
    const Wide down = product / kMillijoulesPerKwh;
    const Wide rest = 2 * (product % kMillijoulesPerKwh);
    const bool up = rest > kMillijoulesPerKwh || (rest == kMillijoulesPerKwh && (down & 1) != 0);
    ASSERT_EQ(cost_of(e, p).microeur, static_cast<std::int64_t>(down + (up ? 1 : 0)));
  }
}

TEST(RandomStream, DiffersBySeedEntityAndPurposeAndRepeatsItself) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t entity = 0; entity < 20; ++entity) {
      for (const auto purpose : {Purpose::arrivals, Purpose::faults, Purpose::retries}) {
        RandomStream stream{seed, entity, purpose};
        RandomStream again{seed, entity, purpose};
        const auto first = stream.bits();
        ASSERT_EQ(first, again.bits());
        firsts.insert(first);
      }
    }
  }
  EXPECT_EQ(firsts.size(), 20U * 20U * 3U);
}

// A chi-squared test over 64 cells: 63 degrees of freedom, beyond 120 once in 100,000 tries.
TEST(RandomStream, IsUniform) {
  for (std::uint64_t entity = 0; entity < 10; ++entity) {
    RandomStream stream{42, entity, Purpose::demand};
    std::array<int, 64> cells{};
    constexpr int kDraws = 64'000;
    for (int i = 0; i < kDraws; ++i) ++cells[stream.below(64)];
    double chi = 0.0;
    for (const int n : cells) chi += (n - 1'000.0) * (n - 1'000.0) / 1'000.0;
    EXPECT_LT(chi, 120.0) << entity;
  }
}

TEST(RandomStream, ExponentialHasMeanOneAndIsNeverInfinite) {
  RandomStream stream{1, 0, Purpose::arrivals};
  double sum = 0.0;
  for (int i = 0; i < 200'000; ++i) {
    const double x = stream.exponential();
    ASSERT_GE(x, 0.0);
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
  }
  EXPECT_NEAR(sum / 200'000, 1.0, 0.01);
}

TEST(InlineVector, HoldsWhatFitsInOrder) {
  InlineVector<int, 3> v;
  EXPECT_TRUE(v.empty());
  EXPECT_TRUE(v.try_push_back(1));
  v.push_back(2);
  v.push_back(3);
  EXPECT_TRUE(v.full());
  EXPECT_FALSE(v.try_push_back(4));
  const auto copy = v;
  v.pop_front();
  EXPECT_EQ(std::vector<int>(v.begin(), v.end()), (std::vector<int>{2, 3}));
  EXPECT_EQ(std::vector<int>(copy.begin(), copy.end()), (std::vector<int>{1, 2, 3}));
  v.clear();
  EXPECT_EQ(v.size(), 0U);
}

TEST(Digest, IsASumThatKnowsWhoIsWho) {
  const auto of = [](std::uint32_t index, int state) {
    DigestWriter w{0, index};
    w.add(state);
    return w.finish();
  };
  Digest ab = of(1, 10);
  ab += of(2, 20);
  Digest ba = of(2, 20);
  ba += of(1, 10);
  EXPECT_EQ(ab, ba) << "no order";
  Digest swapped = of(1, 20);
  swapped += of(2, 10);
  EXPECT_NE(ab, swapped) << "but each entity in its place";
  EXPECT_EQ(ab.hex().size(), 32U);
}

TEST(Rare, CopiesItsValueAndCostsAPointer) {
  static_assert(sizeof(Rare<std::array<int, 100>>) == sizeof(void*));
  Rare<int> empty;
  EXPECT_FALSE(empty);
  Rare<int> five;
  five = 5;
  Rare<int> copy{five};
  five = 6;
  EXPECT_EQ(*copy, 5);
  copy = five;
  EXPECT_EQ(*copy, 6);
  five.reset();
  EXPECT_EQ(*copy, 6);
  copy = empty;
  EXPECT_FALSE(copy);
}

}  // namespace
}  // namespace chargemill
