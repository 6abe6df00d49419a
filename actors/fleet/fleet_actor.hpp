#pragma once

#include "actors/fleet/fleet.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::fleet {

/// The shell around `step`.
class FleetActor final : public CoreActor<FleetActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  const char* name() const override { return "fleet"; }

 private:
  friend CoreActor;
  void run(const Event& event);
};

}  // namespace chargemill::fleet
