#pragma once

#include "actors/charge_point/charge_point.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::charge_point {

/// The shell around `step`: it carries messages, it decides nothing.
class ChargePointActor final : public CoreActor<ChargePointActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  static constexpr ActorKind kKind = ActorKind::charge_point;
  [[nodiscard]] std::uint64_t label() const noexcept override {
    return to_word({ActorKind::charge_point, index_of(state_.id)});
  }

 private:
  friend CoreActor;
  void run(const Event& event);
  void perform(const Effect& effect);
  void note(const Note& note);
  AfterFailure on_failure(std::string_view what) override;
};
static_assert(sizeof(ChargePointActor) <= 448, "with CAF's control block, half a kibibyte");

}  // namespace chargemill::charge_point
