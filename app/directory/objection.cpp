#include "app/directory/objection.hpp"

#include "actors/central/availability.hpp"
#include "actors/central/shard.hpp"
#include "actors/texts.hpp"

namespace chargemill::app {

Objection objection_to(const central::ShardState& shard, const central::PointRecord& point,
                       SimTime now) noexcept {
  if (!shard.up) return {Reason::not_available, Phase::disconnected};
  return {central::objection(point, shard.settings.breaker, now), central::effective_phase(point)};
}

std::string objection_text(const Objection& objection) {
  DriverUpdate denied{};
  denied.status = UpdateStatus::denied;
  denied.reason = objection.reason;
  denied.phase = objection.phase;
  return update_text(denied);
}

}  // namespace chargemill::app
