#pragma once

#include "actors/central/central.hpp"
#include "actors/shell/essential_actor.hpp"

namespace chargemill::central {

/// The shell around `step`.
class CentralActor final : public EssentialActor<CentralActor, CentralState, CentralEvent> {
 public:
  using EssentialActor::EssentialActor;
  static constexpr ActorKind kKind = ActorKind::central;
  const char* name() const override { return "central"; }

 private:
  friend CoreActor;
  friend EssentialActor;
  [[nodiscard]] static std::uint32_t number() { return 0; }
  void run(const CentralEvent& event);
  void on_other(const runtime::Message& m);
  void perform(const CentralEffect& effect);
  template <class M>
  void tell_driver(const M& message);
  template <class M>
  void tell_shard(runtime::Address to, const M& message);

  CentralEffects effects_;  // reused
};

}  // namespace chargemill::central
