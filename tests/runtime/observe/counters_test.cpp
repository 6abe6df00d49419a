#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/observe/counter_shard.hpp"
#include "runtime/observe/published.hpp"
#include "tests/support/stress.hpp"

namespace chargemill::runtime {
namespace {

enum class Fruit : std::size_t { apples, pears, count };
using Shards = std::vector<std::unique_ptr<CounterShard<Fruit>>>;

Shards shards(std::size_t count) {
  Shards result(count);
  for (auto& shard : result) shard = std::make_unique<CounterShard<Fruit>>();
  return result;
}

TEST(CounterShard, CountsEachNameApart) {
  CounterShard<Fruit> shard;
  shard.add(Fruit::apples);
  shard.add(Fruit::pears, 5);
  shard.add(Fruit::pears, 0);
  EXPECT_EQ(shard.value(Fruit::apples), 1U);
  EXPECT_EQ(shard.value(Fruit::pears), 5U);
}
TEST(CounterShard, AddsUpOverAllShards) {
  const Shards all = shards(3);
  EXPECT_EQ(total(all, Fruit::apples), 0U);
  for (std::size_t i = 0; i < all.size(); ++i) all[i]->add(Fruit::apples, i + 1);
  EXPECT_EQ(total(all, Fruit::apples), 6U);
  EXPECT_EQ(total(all, Fruit::pears), 0U);
}
TEST(CounterShard, SharesNoCacheLineWithItsNeighbour) {
  static_assert(alignof(CounterShard<Fruit>) >= 128);
  static_assert(sizeof(CounterShard<Fruit>) % 128 == 0);
}
TEST(CounterShard, LosesNothingAndNeverGoesBackWhileOthersLook) {
  const std::uint64_t each = test::stress_count(200'000);
  const Shards all = shards(2);
  std::vector<std::thread> writers;
  for (const auto& shard : all) {
    writers.emplace_back([&shard, each] {
      for (std::uint64_t i = 0; i < each; ++i) {
        shard->add(Fruit::apples);
        shard->add(Fruit::pears, 2);
      }
    });
  }
  std::uint64_t seen = 0;
  while (seen < 2 * each) {
    const std::uint64_t now = total(all, Fruit::apples);
    ASSERT_GE(now, seen);
    ASSERT_LE(now, 2 * each);
    seen = now;
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(total(all, Fruit::apples), 2 * each);
  EXPECT_EQ(total(all, Fruit::pears), 4 * each);
}

struct Figures {
  std::uint64_t rises = 0;
  std::int64_t falls = 0;
  std::array<std::uint64_t, 3> more{};
};

TEST(Published, ShowsWhatWasStoredLast) {
  Published<Figures> published;
  EXPECT_EQ(published.load().rises, 0U);
  published.store({7, -7, {1, 2, 3}});
  const Figures seen = published.load();
  EXPECT_EQ(seen.rises, 7U);
  EXPECT_EQ(seen.falls, -7);
  EXPECT_EQ(seen.more, (std::array<std::uint64_t, 3>{1, 2, 3}));
}
TEST(Published, KeepsEachFieldWholeWhileOthersLook) {
  const std::uint64_t stores = test::stress_count(200'000);
  constexpr std::uint64_t kHalves = 0x1'0000'0001;  // a torn field would have unequal halves
  Published<Figures> published;
  std::thread writer{[&] {
    for (std::uint64_t i = 1; i <= stores; ++i)
      published.store({i * kHalves, -static_cast<std::int64_t>(i), {i, i, i}});
  }};
  std::uint64_t seen = 0;
  while (seen < stores) {
    const Figures now = published.load();
    ASSERT_EQ(now.rises >> 32, now.rises & 0xFFFF'FFFF);
    ASSERT_GE(now.rises / kHalves, seen);
    seen = now.rises / kHalves;
  }
  writer.join();
  EXPECT_EQ(published.load().falls, -static_cast<std::int64_t>(stores));
}

}  // namespace
}  // namespace chargemill::runtime
