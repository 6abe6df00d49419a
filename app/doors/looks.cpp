#include "app/doors/looks.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace chargemill::app {

using central::PointRecord;
using central::ShardState;

std::uint32_t PointLook::look(const ShardState& shard, SimTime now, std::uint32_t) {
  const auto at = central::find(shard, point_);
  if (at == central::kNowhere) return static_cast<std::uint32_t>(shard.points.size());
  const PointRecord& point = shard.points[at];
  seen_ = {point, shard.journal_behind, objection_to(shard, point, now)};
  return kEnough;
}

void PointLook::finish(SimTime now) {
  CHARGEMILL_ASSERT(seen_.record.id == point_);
  then_(seen_, now);
}

bool PageLook::is_wanted(const ShardState& shard, const PointRecord& point) const {
  if (!wanted_.only_free) return true;
  if (point.free_slot == central::kNowhere) return false;
  return !wanted_.zone || shard.zones[point.zone_slot].zone == *wanted_.zone;
}

std::uint32_t PageLook::look(const ShardState& shard, SimTime, std::uint32_t from) {
  const auto& points = shard.points;
  const auto size = static_cast<std::uint32_t>(points.size());
  if (from == 0) {
    const auto first =
        std::lower_bound(points.begin(), points.end(), wanted_.first,
                         [](const PointRecord& record, PointId id) { return record.id < id; });
    from = static_cast<std::uint32_t>(first - points.begin());
  }
  const auto end = std::min(size, from + central::kPointsALook);
  for (; from < end; ++from) {
    const PointRecord& point = points[from];
    if (!is_wanted(shard, point)) continue;
    if (page_.points.size() == wanted_.most) {
      page_.next = point.id;
      return kEnough;
    }
    page_.points.push_back({point.id, point.display});
  }
  return from;
}

void PageLook::finish(SimTime) { then_(std::move(page_)); }

}  // namespace chargemill::app
