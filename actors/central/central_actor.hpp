#pragma once

#include "actors/central/central.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::central {

/// The shell around `step`.
class CentralActor final : public CoreActor<CentralActor, CentralState, CentralEvent> {
 public:
  using CoreActor::CoreActor;
  const char* name() const override { return "central"; }

 private:
  friend CoreActor;
  void run(const CentralEvent& event);
  void on_other(const runtime::Message& m);
  void perform(const CentralEffect& effect);
  template <class M>
  void tell_driver(const M& message);

  CentralEffects effects_;  // reused
};

}  // namespace chargemill::central
