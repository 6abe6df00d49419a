// An inspection of a copy sees what it would have seen of the shard.
#include "actors/network/shard_copy.hpp"

#include <gtest/gtest.h>

#include <cstddef>

#include "actors/central/availability.hpp"

namespace chargemill::network {
namespace {

using namespace std::chrono_literals;
using central::ShardState;

ShardState shard(std::uint16_t id, std::uint32_t first, std::uint32_t count) {
  central::ShardSettings settings;
  settings.shard = ShardId{id};
  settings.breaker = {3, 30'000ms, 2};
  std::vector<central::OwnedPoint> owned;
  for (std::uint32_t p = first; p < first + count; ++p)
    owned.push_back(
        {PointId{p}, ZoneId{static_cast<std::uint16_t>(p % 3)}, Price{300'000}, Power{22'000}});
  auto state = central::make_shard(settings, owned);
  central::ShardEffects effects;
  for (std::uint32_t p = first; p < first + count; p += 2)
    central::step(state, Register{Price{310'000}, PointId{p}}, SimTime{1s}, effects);
  return state;
}

std::string copied(const std::vector<ShardState>& shards, CopyWanted wanted = {}) {
  ShardCopier copier{wanted};
  for (const auto& one : shards) {
    for (std::uint32_t from = 0; from < one.points.size();)
      from = copier.look(one, SimTime{2s}, from);
  }
  return copier.take();
}

void expect_same(const ShardState& copy, const ShardState& was) {
  EXPECT_EQ(copy.settings.shard, was.settings.shard);
  EXPECT_EQ(copy.up, was.up);
  ASSERT_EQ(copy.points.size(), was.points.size());
  for (std::uint32_t i = 0; i < was.points.size(); ++i) {
    const auto& a = copy.points[i];
    const auto& b = was.points[i];
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.display, b.display);
    EXPECT_EQ(a.registered, b.registered);
    EXPECT_EQ(copy.zones[a.zone_slot].zone, was.zones[b.zone_slot].zone);
    EXPECT_EQ(central::is_available(a, copy.settings.breaker, SimTime{2s}),
              central::is_available(b, was.settings.breaker, SimTime{2s}));
    EXPECT_EQ(central::find(copy, b.id), i);
  }
}

TEST(ShardCopy, OfManyShardsInSmallLooksIsThoseShards) {
  // More points than one look passes.
  const std::vector<ShardState> shards{shard(0, 0, 3), shard(2, 100, 1'200), shard(4, 5'000, 1)};
  const auto copies = copies_from(copied(shards));
  ASSERT_TRUE(copies.has_value());
  ASSERT_EQ(copies->size(), shards.size());
  for (std::size_t s = 0; s < shards.size(); ++s) expect_same((*copies)[s], shards[s]);
}

TEST(ShardCopy, OfOnePointIsThatPoint) {
  const std::vector<ShardState> shards{shard(0, 0, 30), shard(2, 100, 30)};
  const auto copies = copies_from(copied(shards, {PointId{107}}));
  ASSERT_TRUE(copies.has_value());
  ASSERT_EQ(copies->size(), 1U);
  ASSERT_EQ(copies->front().points.size(), 1U);
  EXPECT_EQ(copies->front().points.front().id, PointId{107});
  EXPECT_EQ(central::find(copies->front(), PointId{107}), 0U);
  EXPECT_TRUE(copies_from(copied(shards, {PointId{77}}))->empty()) << "nobody has it";
}

TEST(ShardCopy, HasWhatWasDeniedOnlyIfThatIsWanted) {
  auto one = shard(1, 0, 1'200);
  one.recent_denials.remember({RequestId{7}, SimTime{3s}, DriverId{4}, PointId{5}, ZoneId{}, false,
                               Reason::circuit_open, Phase::activated});
  const auto found = [&](CopyWanted wanted) {
    const auto copies = copies_from(copied({one}, wanted));
    EXPECT_EQ(copies->size(), 1U);
    const auto* denial = copies->front().recent_denials.find(RequestId{7});
    return denial == nullptr ? PointId{} : denial->point;
  };
  EXPECT_EQ(found({kUnknownPoint, true}), PointId{5});
  EXPECT_EQ(found({}), PointId{});
}

TEST(ShardCopy, IsNoneWhenCutAnywhere) {
  const std::string bytes = copied({shard(0, 0, 2), shard(1, 2, 1)});
  const std::string first = copied({shard(0, 0, 2)});
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const bool is_whole = size == first.size();
    ASSERT_EQ(copies_from(std::string_view{bytes}.substr(0, size)).has_value(), is_whole) << size;
  }
  EXPECT_TRUE(copies_from("")->empty());
  // Lengths that nothing follows.
  EXPECT_FALSE(copies_from(std::string(64, '\xFF')).has_value());
}

TEST(ShardCopy, WhoseFlagsAreNoneIsNone) {
  auto one = shard(1, 0, 1);
  one.recent_denials.remember({RequestId{7}, SimTime{3s}, DriverId{4}, PointId{5}, ZoneId{}, false,
                               Reason::circuit_open, Phase::activated});
  const std::string sound = copied({one}, {kUnknownPoint, true});
  constexpr std::size_t kUpAt = sizeof(ShardId);
  ASSERT_EQ(sound[kUpAt], '\1');
  std::string bytes = sound;
  bytes[kUpAt] = '\2';
  EXPECT_FALSE(copies_from(bytes).has_value());
  using Denial = central::RecentDenials::Denial;
  const std::size_t denial_at = sound.size() - sizeof(central::PointRecord) - sizeof(Denial);
  bytes = sound;
  bytes[denial_at + offsetof(Denial, any_in_zone)] = '\2';
  EXPECT_FALSE(copies_from(bytes).has_value());
  bytes = sound;
  bytes[denial_at + offsetof(Denial, phase)] = '\x7F';
  EXPECT_FALSE(copies_from(bytes).has_value()) << "no phase";
}

TEST(ShardCopy, OfMoreShardsThanThereCanBeIsNone) {
  const std::string bytes = copied({shard(0, 0, 2), shard(1, 2, 1), shard(0, 0, 2)});
  EXPECT_EQ(copies_from(bytes, 3)->size(), 3U);
  EXPECT_FALSE(copies_from(bytes, 2).has_value());
}

}  // namespace
}  // namespace chargemill::network
