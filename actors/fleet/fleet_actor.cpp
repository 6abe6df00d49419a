#include "actors/fleet/fleet_actor.hpp"

#include "actors/driver/driver.hpp"

namespace chargemill::fleet {

void FleetActor::run(const Event& event) {
  const Totals before = state_.totals;
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) {
    const auto& dispatch = std::get<Dispatch>(effect);
    tell<driver::Event>(network_.drivers[index_of(dispatch.driver)], dispatch.trip);
  }
  instruments().add(Metric::offered, state_.totals.offered - before.offered);
  instruments().add(Metric::shed, state_.totals.shed - before.shed);
  rest_until(due(state_));
}

}  // namespace chargemill::fleet
