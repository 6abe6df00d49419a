#pragma once

#include "actors/driver/driver.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::driver {

/// The shell around `step`.
class DriverActor final : public CoreActor<DriverActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  static constexpr ActorKind kKind = ActorKind::driver;
  [[nodiscard]] std::uint64_t label() const noexcept override {
    return to_word({ActorKind::driver, index_of(state_.id)});
  }

 private:
  friend CoreActor;
  void run(const Event& event);
  void perform(const Effect& effect);
  /// On its console, or to the guest itself.
  template <class What>
  void say(const What& what);
  AfterFailure on_failure(std::string_view what) override;
};

}  // namespace chargemill::driver
