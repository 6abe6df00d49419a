#include "actors/monitor/monitor_actor.hpp"

#include "actors/central/shard.hpp"
#include "actors/charge_point/charge_point.hpp"
#include "actors/charge_point/charge_point_actor.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::monitor {

void MonitorActor::run(const Event& event) {
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) perform(effect);
  wake_at(due(state_));
}

// Each wake-up but a time-out is a health check: its charge point reads the message next.
void MonitorActor::foresee_wake() const {
  foresee_activation<charge_point::ChargePointActor>(network_.points[index_of(state_.id)]);
}

void MonitorActor::perform(const Effect& effect) {
  const auto index = index_of(state_.id);
  std::visit(Overloaded{
                 [&](const Ping& e) { tell<charge_point::Event>(network_.points[index], e); },
                 [&](const Note& e) {
                   if (e.code == NoteCode::fault_found) instruments().add(Metric::faults_raised);
                   show(MonitorNote{state_.id, e.code});
                 },
                 [](const Throw&) { throw InjectedCrash{}; },
                 [&](const auto& e) { tell<central::ShardEvent>(network_.owner(state_.id), e); },
             },
             effect);
}

runtime::LeanActor::AfterFailure MonitorActor::on_failure(std::string_view what) {
  tell_defect(what);
  crashed(state_, now());
  const auto shard = network_.shard_of[index_of(state_.id)];
  tell<supervisor::Event>(network_.supervisors[index_of(shard)],
                          ChildFailed{now(), index_of(state_.id), ActorKind::monitor});
  wake_at(due(state_));
  return AfterFailure::survive;
}

}  // namespace chargemill::monitor
