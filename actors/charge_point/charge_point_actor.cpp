#include "actors/charge_point/charge_point_actor.hpp"

#include "actors/central/shard.hpp"
#include "actors/monitor/monitor.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "runtime/base/overloaded.hpp"

namespace chargemill::charge_point {
namespace {

constexpr Metric metric_of(NoteCode code) {
  switch (code) {
    case NoteCode::invalid_payload:
      return Metric::invalid_payloads;
    case NoteCode::telemetry_merged:
      return Metric::merged;
    case NoteCode::report_dropped:
      return Metric::reports_dropped;
    case NoteCode::phantom_start:
      return Metric::phantom_starts;
    case NoteCode::command_lost:
      return Metric::lost_commands;
    case NoteCode::local_start_refused:
      return Metric::local_refusals;
    case NoteCode::command_refused:
    case NoteCode::central_lost:
    case NoteCode::central_back:
      break;
  }
  return Metric::refused_commands;
}

/// What a person at the point should know (D-205); the others are counted.
constexpr bool is_shown(NoteCode code) {
  return code == NoteCode::invalid_payload || code == NoteCode::command_refused ||
         code == NoteCode::phantom_start || code == NoteCode::local_start_refused;
}

}  // namespace

void ChargePointActor::run(const Event& event) {
  const auto effects = step(state_, event, now());
  for (const auto& effect : effects) perform(effect);
  wake_at(due(state_));
}

// The core says what must be said; only here is it known to whom.
void ChargePointActor::perform(const Effect& effect) {
  const auto index = index_of(state_.id);
  std::visit(Overloaded{
                 [&](const Pong& e) { tell<monitor::Event>(network_.monitors[index], e); },
                 [&](const PingRefused& e) { tell<monitor::Event>(network_.monitors[index], e); },
                 [&](const Note& e) { note(e); },
                 [&](const SessionTotals& e) {
                   show(PointTotals{state_.id, state_.price, e});
                 },
                 [](const Throw&) { throw InjectedCrash{}; },
                 [&](const auto& e) { tell<central::ShardEvent>(network_.owner(state_.id), e); },
             },
             effect);
}

void ChargePointActor::note(const Note& note) {
  if (note.code == NoteCode::central_lost || note.code == NoteCode::central_back)
    return show(PointAlone{state_.id, note.code == NoteCode::central_back});
  instruments().add(metric_of(note.code), 1);
  if (is_shown(note.code)) show(PointNote{state_.id, note});
}

runtime::LeanActor::AfterFailure ChargePointActor::on_failure(std::string_view what) {
  tell_defect(what);
  crashed(state_, now());
  const auto shard = network_.shard_of[index_of(state_.id)];
  tell<supervisor::Event>(network_.supervisors[index_of(shard)],
                          ChildFailed{now(), index_of(state_.id), ActorKind::charge_point});
  wake_at(due(state_));
  return AfterFailure::survive;
}

}  // namespace chargemill::charge_point
