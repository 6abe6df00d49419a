#pragma once

#include "actors/director/director.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::director {

/// The shell around `step`.
class DirectorActor final : public CoreActor<DirectorActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  const char* name() const override { return "director"; }

 private:
  friend CoreActor;
  void run(const Event& event);
  void perform(const Effect& effect);
  template <class Event>
  void to_latecomers(const Event& e);
};

}  // namespace chargemill::director
