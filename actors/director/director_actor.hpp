#pragma once

#include "actors/director/director.hpp"
#include "actors/shell/essential_actor.hpp"

namespace chargemill::director {

/// The shell around `step`.
class DirectorActor final : public EssentialActor<DirectorActor, State, Event> {
 public:
  using EssentialActor::EssentialActor;
  static constexpr ActorKind kKind = ActorKind::director;
  const char* name() const override { return "director"; }

 private:
  friend CoreActor;
  friend EssentialActor;
  [[nodiscard]] std::uint32_t number() const { return state_.settings.shard; }
  void run(const Event& event);
  void perform(const Effect& effect);
  template <class Event>
  void to_latecomers(const Event& e);
};

}  // namespace chargemill::director
