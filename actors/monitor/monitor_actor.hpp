#pragma once

#include "actors/monitor/monitor.hpp"
#include "actors/shell/core_actor.hpp"

namespace chargemill::monitor {

/// The shell around `step`.
class MonitorActor final : public CoreActor<MonitorActor, State, Event> {
 public:
  using CoreActor::CoreActor;
  static constexpr std::size_t kHotBytes = 320;  ///< as far as the state's flags

 private:
  friend CoreActor;
  void run(const Event& event);
  void perform(const Effect& effect);
  AfterFailure on_failure(std::string_view what) override;
};

}  // namespace chargemill::monitor
