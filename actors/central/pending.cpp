#include "actors/central/pending.hpp"

#include "runtime/base/assert.hpp"

namespace chargemill::central {

archive::Checkpoint checkpoint_of(const ShardState& state, const PointRecord& point) {
  CHARGEMILL_ASSERT(point.stage != Stage::none);
  return {point.heard, point.session, point.begun,  point.delivered,
          point.cost,  point.id,      point.driver, state.zones[point.zone_slot].zone};
}

Pending::Slot& Pending::slot(std::uint32_t index) {
  if (slots_.empty()) slots_.resize(size_);
  if (index >= slots_.size()) slots_.resize(index + 1);  // it joined later
  Slot& one = slots_[index];
  if (!one.has_health && !one.has_checkpoint && one.owed == 0) queue_.push_back(index);
  return one;
}

void Pending::add(std::uint32_t index, const archive::Health& health) {
  Slot& one = slot(index);
  if (one.has_health) ++merged_;
  one = {health.at,       health.phase, health.reason,    health.fault, health.breaker,
         health.failures, one.owed,     health.is_faulty, true,         one.has_checkpoint};
}

void Pending::add_checkpoint(std::uint32_t index) { slot(index).has_checkpoint = true; }

void Pending::add_owed(std::uint32_t index) { slot(index).owed = kClosedKept; }

archive::Record Pending::health_of(const ShardState& state, std::uint32_t index) const {
  const Slot& one = slots_[index];
  const PointRecord& point = state.points[index];
  return archive::Health{one.at,    point.id,    state.zones[point.zone_slot].zone,
                         one.phase, one.reason,  one.is_faulty,
                         one.fault, one.breaker, one.failures};
}

}  // namespace chargemill::central
