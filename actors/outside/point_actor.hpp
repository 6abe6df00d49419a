#pragma once

#include "actors/outside/point.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::outside {

/// What the outside says of a charge point. To a PointActor.
using PointSays = std::variant<Arrived, Left, SaidState, SaidEnergy, SaidEnd>;

/// The shell around `step`, in the place of a charge point's own: it is told what a
/// charge_point::Event is, and what those outside say.
class PointActor final : public CoreActor<PointActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  static constexpr ActorKind kKind = ActorKind::charge_point;
  const char* name() const override { return "charge point outside"; }
  [[nodiscard]] std::uint64_t label() const noexcept override {
    return to_word({ActorKind::charge_point, index_of(state_.id)});
  }

 private:
  friend CoreActor;
  void run(const Event& event);
  void on_other(const runtime::Message& m);
  void perform(const Effect& effect);
  void note(const Note& note);
};

}  // namespace chargemill::outside
