#pragma once

#include "actors/shell/core_actor.hpp"
#include "actors/supervisor/supervisor.hpp"

namespace chargemill::supervisor {

/// The shell around `step`.
class SupervisorActor final : public CoreActor<SupervisorActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  const char* name() const override { return "supervisor"; }

 private:
  friend CoreActor;
  void run(const Event& event);
  void restart(const RestartChild& child);
  void give_up(const GiveUp& child);
};

}  // namespace chargemill::supervisor
