#pragma once

#include "actors/monitor/monitor.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::monitor {

/// The shell around `step`.
class MonitorActor final : public CoreActor<MonitorActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  static constexpr ActorKind kKind = ActorKind::monitor;
  [[nodiscard]] std::uint64_t label() const noexcept override {
    return to_word({ActorKind::monitor, index_of(state_.id)});
  }

 private:
  friend CoreActor;
  void run(const Event& event);
  void perform(const Effect& effect);
  void foresee_wake() const override;
  AfterFailure on_failure(std::string_view what) override;
};
static_assert(sizeof(MonitorActor) <= 320, "with CAF's control block, three eighths of a kibibyte");

}  // namespace chargemill::monitor
