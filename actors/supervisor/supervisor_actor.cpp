#include "actors/supervisor/supervisor_actor.hpp"

#include "actors/charge_point/charge_point.hpp"
#include "actors/driver/driver.hpp"
#include "actors/monitor/monitor.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::supervisor {

void SupervisorActor::run(const Event& event) {
  const Totals before = state_.totals;
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) {
    std::visit(Overloaded{[&](const RestartChild& e) { restart(e); },
                          [&](const GiveUp& e) {
                            show(ActorLost{e.kind, e.index});
                          }},
               effect);
  }
  instruments().add(Metric::restarts, state_.totals.restarts - before.restarts);
  instruments().add(Metric::given_up, state_.totals.given_up - before.given_up);
  wake_at(due(state_));
}

void SupervisorActor::restart(const RestartChild& child) {
  switch (child.kind) {
    case ActorKind::charge_point:
      return tell<charge_point::Event>(network_.points[child.index], Restart{});
    case ActorKind::monitor:
      return tell<monitor::Event>(network_.monitors[child.index], Restart{});
    case ActorKind::driver:
      return tell<driver::Event>(network_.drivers[child.index], Restart{});
    case ActorKind::shard:
    case ActorKind::central:
    case ActorKind::fleet:
    case ActorKind::director:
      return;  // they end the run when they fail: see CoreActor::on_failure()
  }
}

}  // namespace chargemill::supervisor
