#pragma once

#include "actors/fleet/fleet.hpp"
#include "actors/shell/essential_actor.hpp"

namespace chargemill::fleet {

/// The shell around `step`.
class FleetActor final : public EssentialActor<FleetActor, State, Event> {
 public:
  using EssentialActor::EssentialActor;
  static constexpr ActorKind kKind = ActorKind::fleet;
  const char* name() const override { return "fleet"; }

 private:
  friend CoreActor;
  friend EssentialActor;
  [[nodiscard]] std::uint32_t number() const { return state_.settings.fleet; }
  void run(const Event& event);
};

}  // namespace chargemill::fleet
