#pragma once

#include "actors/charge_point/charge_point.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::charge_point {

/// The shell around `step`: it carries messages, it decides nothing.
class ChargePointActor final : public CoreActor<ChargePointActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  static constexpr std::size_t kHotBytes = 448;  ///< as far as the state's price

 private:
  friend CoreActor;
  void run(const Event& event);
  void perform(const Effect& effect);
  AfterFailure on_failure(std::string_view what) override;
};

}  // namespace chargemill::charge_point
