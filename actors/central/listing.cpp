#include "actors/central/listing.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace chargemill::central {
namespace {

/// Records that one step looks at; then the search comes to this shard once more.
constexpr std::uint32_t kLookedMax = 4'096;

bool is_wanted(const ShardState& state, const PointRecord& point, const PointSearch& search) {
  if (point.free_slot == kNowhere) return false;
  if (!search.any_zone && state.zones[point.zone_slot].zone != search.zone) return false;
  return point.rated_w >= search.power_min.w &&
         point.price.microeur_per_kwh <= search.price_max.microeur_per_kwh;
}

}  // namespace

PointList list_of(const PointSearch& search, bool is_complete) noexcept {
  return {search.found, search.next, search.driver, search.count, is_complete};
}

void on_search(Turn& turn, const PointSearch& e) {
  CHARGEMILL_ASSERT(e.count < kListedMax);
  PointSearch search = e;
  const auto& points = turn.state.points;
  if (points.empty() || points.back().id < e.next) {  // not ours: an id from outside
    turn.out.push_back(list_of(search, true));
    return;
  }
  auto next =
      std::lower_bound(points.begin(), points.end(), e.next,
                       [](const PointRecord& record, PointId id) { return record.id < id; });
  for (std::uint32_t looked = 0; next != points.end() && looked < kLookedMax; ++looked, ++next) {
    if (search.count == kListedMax) break;
    if (is_wanted(turn.state, *next, search)) search.found[search.count++] = next->id;
  }
  search.next = next != points.end() ? next->id : PointId{index_of(points.back().id) + 1};
  if (search.count < kListedMax) {
    turn.out.push_back(search);
  } else {
    turn.out.push_back(list_of(search, false));
  }
}

}  // namespace chargemill::central
