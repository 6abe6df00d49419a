#pragma once

#include <cstdint>

#include "actors/shell/core_actor.hpp"
#include "actors/supervisor/supervisor.hpp"

namespace chargemill::supervisor {

/// The shell around `step`.
class SupervisorActor final : public CoreActor<SupervisorActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  /// Nobody restarts it, so it has no ActorKind; it is counted behind those.
  static constexpr auto kKind = static_cast<std::uint8_t>(ActorKind::director) + 1;
  const char* name() const override { return "supervisor"; }

 private:
  friend CoreActor;
  void run(const Event& event);
  void restart(const RestartChild& child);
  void give_up(const GiveUp& child);
};

}  // namespace chargemill::supervisor
