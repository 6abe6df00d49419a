#include "actors/network/shard_copy.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace chargemill::network {
namespace {

using central::PointRecord;
using central::ShardState;

using Denial = central::RecentDenials::Denial;

/// Before the records of a piece of a shard. Zones follow it, then denials, then the records.
struct Head {
  ShardId shard{};
  bool up = true;
  std::uint32_t zones = 0;
  std::uint32_t points = 0;
  std::uint32_t denials = 0;  ///< in the first piece
  runtime::BreakerLimits breaker;
};
static_assert(std::is_trivially_copyable_v<Head>);
static_assert(std::is_trivially_copyable_v<PointRecord>);
static_assert(std::is_trivially_copyable_v<Denial>);

void append(std::string& bytes, const void* from, std::size_t size) {
  if (size > 0) bytes.append(static_cast<const char*>(from), size);
}

template <class T>
bool take(std::string_view& bytes, T* to, std::size_t count) {
  if (count > bytes.size() / sizeof(T)) return false;
  if (count > 0) std::memcpy(static_cast<void*>(to), bytes.data(), count * sizeof(T));
  bytes.remove_prefix(count * sizeof(T));
  return true;
}

/// Any byte has come where it lies: who reads another one as a flag may find anything.
bool is_flag(const bool& flag) noexcept {
  std::uint8_t byte = 0;
  std::memcpy(&byte, &flag, sizeof byte);
  return byte <= 1;
}
bool is_denial(const Denial& denial) noexcept {
  return is_flag(denial.any_in_zone) && denial.phase <= Phase::fault;
}

/// Zone slots lead into the zones of their shard.
bool is_sound(const ShardState& shard) {
  return std::all_of(shard.points.begin(), shard.points.end(), [&](const PointRecord& point) {
    return point.zone_slot < shard.zones.size() &&
           static_cast<std::size_t>(point.display) < kDisplayStates &&
           point.stage <= central::Stage::restored && point.phase <= Phase::fault;
  });
}

}  // namespace

std::uint32_t ShardCopier::look(const ShardState& shard, SimTime, std::uint32_t from) {
  Head head{shard.settings.shard,  shard.up, static_cast<std::uint32_t>(shard.zones.size()), 0, 0,
            shard.settings.breaker};
  const auto size = static_cast<std::uint32_t>(shard.points.size());
  std::uint32_t end = std::min(size, from + central::kPointsALook);
  if (wanted_.only != kUnknownPoint) {
    from = central::find(shard, wanted_.only);
    if (from == central::kNowhere) return size;
    end = from + 1;
  }
  std::vector<Denial> denials;
  if (wanted_.denials && from == 0)
    shard.recent_denials.for_each([&](const Denial& denial) { denials.push_back(denial); });
  head.points = end - from;
  head.denials = static_cast<std::uint32_t>(denials.size());
  append(bytes_, &head, sizeof head);
  for (const auto& zone : shard.zones) append(bytes_, &zone.zone, sizeof zone.zone);
  append(bytes_, denials.data(), sizeof(Denial) * denials.size());
  append(bytes_, shard.points.data() + from, sizeof(PointRecord) * head.points);
  return wanted_.only == kUnknownPoint ? end : kEnough;
}

std::optional<std::vector<ShardState>> copies_from(std::string_view bytes, std::size_t shards_max) {
  std::vector<ShardState> shards;
  while (!bytes.empty()) {
    Head head;
    if (!take(bytes, &head, 1) || !is_flag(head.up)) return std::nullopt;
    std::vector<ZoneId> zones;
    if (head.zones > bytes.size() / sizeof(ZoneId)) return std::nullopt;
    zones.resize(head.zones);
    if (!take(bytes, zones.data(), head.zones)) return std::nullopt;
    if (head.denials > bytes.size() / sizeof(Denial)) return std::nullopt;
    std::vector<Denial> denials(head.denials);
    if (!take(bytes, denials.data(), head.denials)) return std::nullopt;
    if (!std::all_of(denials.begin(), denials.end(), is_denial)) return std::nullopt;
    if (head.points > bytes.size() / sizeof(PointRecord)) return std::nullopt;
    if (shards.empty() || shards.back().settings.shard != head.shard) {
      if (shards.size() == shards_max) return std::nullopt;
      ShardState& fresh = shards.emplace_back();
      fresh.settings.shard = head.shard;
      fresh.settings.breaker = head.breaker;
      fresh.up = head.up;
      fresh.zones.resize(zones.size());
      for (std::size_t z = 0; z < zones.size(); ++z) fresh.zones[z].zone = zones[z];
    }
    for (const Denial& denial : denials) {
      if (denial.request != RequestId::none) shards.back().recent_denials.remember(denial);
    }
    auto& points = shards.back().points;
    const std::size_t before = points.size();
    points.resize(before + head.points);
    if (!take(bytes, points.data() + before, head.points)) return std::nullopt;
  }
  if (!std::all_of(shards.begin(), shards.end(), is_sound)) return std::nullopt;
  return shards;
}

}  // namespace chargemill::network
